"""`remediate rehearse`: any revision of the project, proven or refuted on a scratch PostgreSQL."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from remediate.catalog import catalog
from remediate.commands.choice import Selection, ancestors, chosen, selection_of
from remediate.commands.judgement import options as decided_options
from remediate.commands.progress import Progress, silent
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.findings.finding import Finding
from remediate.lint import Known, learn, lint
from remediate.plans.proof import Gap, Limit
from remediate.postgres.sql import ident
from remediate.project.inspection import ProjectReading, Reading, enrich, read
from remediate.rehearsal import defects
from remediate.rehearsal.candidate import Candidate, Trial
from remediate.rehearsal.database import Stage, Subset, prepare
from remediate.rehearsal.process import Settings, Worker, open_channel
from remediate.rehearsal.result import Defect, Rehearsal, Rehearsed, Start
from remediate.rehearsal.scratch import scratch
from remediate.rehearsal.trial import rehearse as attempt
from remediate.rehearsal.versions import version_table
from remediate.rules import RULES
from remediate.snapshots.history import History, Revision, broken
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Table
from remediate.system.paths import STARTED_IN


@dataclass(frozen=True, slots=True)
class RehearseOptions:
    """Which revisions are rehearsed, and for how long."""

    revisions: tuple[str, ...] = ()
    """Ids, files, head, or a range a:b; empty: what the database has not run."""
    timeout: float = 60
    """Seconds that a statement may take."""


def rehearse(
    config: Config, options: RehearseOptions = RehearseOptions(), progress: Progress = silent
) -> Rehearsal:
    """Each of these revisions, by default those that the database has not run, and its defects.

    Raises UsageProblem where there is no project or no such revision, or env.py hands it more than
    texts and numbers, and Refused where no state can be made to rehearse them in.
    """
    reading = read(config)
    if not isinstance(reading, ProjectReading):
        raise UsageProblem(
            "there is no Alembic project here", "Run it in the folder of alembic.ini."
        )
    history = reading.declared.history
    shown = chosen(history, options.revisions)
    if options.revisions and not shown:
        raise UsageProblem(
            f"nothing to rehearse: {' '.join(options.revisions)} means no revision",
            "See: alembic history   (a range a:b begins behind a)",
        )
    drafts = tuple(r for r in shown if r not in history.revisions)
    history = replace(history, revisions=(*history.revisions, *drafts))
    selection = selection_of(history, shown)
    database = reading.live.database
    where = f"{database.host}/{database.name}"
    if not selection.shown:
        return Rehearsal(where, "", Start(), (), _of_graph(history, ()))
    arguments = reading.environment.plain_arguments(
        "Only texts and numbers can be handed to a revision that is rehearsed."
    )
    table = version_table(reading.libpq, reading.environment.version_table, database)
    with (
        scratch(config.scratch_url) as server,
        prepare(server, database, reading.libpq, _subset(reading, selection)) as stage,
        open_channel(stage.url, reading.project.folder) as channel,
    ):
        role = "" if selection.from_base else stage.migrating
        worker = Worker(
            channel, stage.url, role, database.search_path,
            Settings.of(reading.project.config, reading.environment.configured),
            reading.environment.version_table, arguments, options.timeout,
        )  # fmt: skip
        look = _look(reading, config, stage, worker)
        trial = Trial(stage, worker, table, look, progress)
        heads = () if selection.from_base else reading.environment.heads
        if selection.from_base:
            _make_schemas(stage, trial, history)
        stage.stamp(trial.version_table, heads)
        revisions = tuple(_rehearse_each(selection, history, heads, trial, progress))
    graph = _of_graph(history, selection.shown)
    start = Start(heads, len(selection.before) if selection.from_base else None)
    tips = len(history.tips)
    lacking = (Limit(Gap.LEFT_IN_ENV, what) for what in reading.environment.configured.lacking)
    limits = (*stage.limits, *lacking)
    return Rehearsal(where, server.source, start, revisions, graph, limits, tips)


def _subset(reading: Reading, selection: Selection) -> Subset:
    if selection.from_base:
        return Subset((), (), (), empty=True)
    places = tuple((t, key) for t in reading.live.tables if (key := with_rows(t)) is not None)
    return Subset(places, reading.live.sequences, (), whole=True)


def with_rows(table: Table) -> Column | None:
    """The key whose lowest and highest ids are laid, too."""
    key = table.single_key
    return key if key is not None and key.is_integer and key.extremes is not None else None


def _look(
    reading: Reading, config: Config, stage: Stage, worker: Worker
) -> Callable[[], tuple[Live, Mapping[str, Finding]]]:
    """The rules are run on what the scratch database holds, with the project's models."""
    rules = [rule for rule in RULES if rule.provable and not rule.alone and not rule.asked_for]
    decided = decided_options(reading, config)

    def look() -> tuple[Live, Mapping[str, Finding]]:
        engine = sa.create_engine(stage.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            live = catalog.read(connection, worker.version_table)
            live = enrich(connection, live, reading.declared, config)
        found = [v for r in rules for v in r.find(live, reading.declared, decided)]
        left_out = reading.left_out.all
        kept = (f for f in found if isinstance(f, Finding) and f.place.table not in left_out)
        return live, {finding.id: finding for finding in kept}

    return look


def _make_schemas(stage: Stage, trial: Trial, history: History) -> None:
    """Those that env.py, or somebody, made before the first revision: no revision makes them."""
    needed = {trial.version_table.schema, *trial.worker.search_path}
    made = re.findall(r"CREATE\s+SCHEMA\b[^;\n]*", "\n".join(r.text for r in history.revisions))
    for schema in sorted(needed):
        if not any(schema in text for text in made):
            stage.superuser.execute(f"CREATE SCHEMA IF NOT EXISTS {ident(schema)}".encode())


def _rehearse_each(
    selection: Selection, history: History, heads: tuple[str, ...], trial: Trial, say: Progress
) -> Iterator[Rehearsed]:
    """Each in its turn; one that follows a revision that fails is not rehearsed."""
    known = Known(driver=history.driver)
    if not selection.from_base:
        applied = [r.text for r in history.in_order if r.id in history.applied]
        known = learn(applied, known)
    failed: set[str] = set()
    faults = broken(history)
    if selection.before:
        failed |= _run_earlier(selection.before, heads, history, trial)
    for revision in selection.shown:
        bad = failed & ancestors(history, [revision])
        if bad:
            failed.add(revision.id)
            yield Rehearsed(
                revision.id, revision.source.file, _title(revision), applies=False,
                after=min(bad),
            )  # fmt: skip
            continue
        say(f"rehearsing {revision.id} ({revision.source.file})")
        candidate = _candidate(revision, history, heads)
        wrong, hazards = defects.of_text(lint(revision.text, known), revision.source.file)
        graph = tuple(defects.of_graph(b) for b in faults if b.subject == revision.id)
        made = attempt(replace(candidate, wrong=(*graph, *wrong), hazards=hazards), trial)
        known = learn([revision.text], known)
        if not made.applies:
            failed.add(revision.id)
        yield made


def _run_earlier(
    revisions: tuple[Revision, ...], heads: tuple[str, ...], history: History, trial: Trial
) -> set[str]:
    """Run the revisions that come before; the ids of those that fail."""
    moves = [_candidate(r, history, heads).move("upgrade") for r in revisions]
    run = trial.worker.run(moves)
    if run.passed:
        return set()
    applied = {
        row[0] for row in trial.stage.superuser.execute(
            f"SELECT version_num FROM {trial.version_table.sql}".encode()
        )
    }  # fmt: skip
    done = applied | ancestors(history, [history.by_id[a] for a in applied if a in history.by_id])
    return {r.id for r in revisions} - done


def _candidate(revision: Revision, history: History, heads: tuple[str, ...]) -> Candidate:
    """Where the parent is nowhere to be found, as if it followed what the database has run."""
    known = all(parent in history.by_id for parent in revision.down)
    return Candidate(
        revision=revision.id,
        path=str((STARTED_IN / revision.source.file).resolve()),
        file=revision.source.file,
        title=_title(revision),
        parents=revision.down if known else heads,
        text=revision.text,
    )


def _title(revision: Revision) -> str:
    """The first line of its docstring."""
    text = revision.text.lstrip()
    for quotes in ('"""', "'''"):
        if text.startswith(quotes):
            return text[3:].lstrip().partition("\n")[0].removesuffix(quotes).strip()
    return Path(revision.source.file).stem


def _of_graph(history: History, shown: Sequence[Revision]) -> tuple[Defect, ...]:
    """What stops Alembic and is no fault of one of these."""
    ids = {r.id for r in shown}
    return tuple(defects.of_graph(b) for b in broken(history) if b.fatal and b.subject not in ids)
