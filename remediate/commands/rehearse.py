"""`remediate rehearse`: any revision of the project, proven or refuted on a scratch PostgreSQL."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from remediate.catalog import catalog
from remediate.commands.choice import Cast, ancestors, cast_of, chosen
from remediate.commands.plan import options
from remediate.config import Config
from remediate.errors import Refused, UsageProblem
from remediate.findings.finding import Finding
from remediate.lint import NOTHING, learn, lint
from remediate.postgres.sql import ident, literal
from remediate.project.inspection import Reading, enrich, read
from remediate.project.project import Environment, Project
from remediate.rehearsal import defects
from remediate.rehearsal.database import Scene, Stage, laid
from remediate.rehearsal.process import Hands, Settings, serving
from remediate.rehearsal.result import Defect, Rehearsal, Rehearsed
from remediate.rehearsal.scratch import scratch
from remediate.rehearsal.trial import Hand, Theatre, rehearse
from remediate.rules import RULES
from remediate.snapshots.history import History, Revision, broken
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Column, Name, Table
from remediate.system.paths import STARTED_IN

if TYPE_CHECKING:
    import subprocess

Say = Callable[[str], None]


def rehearse_revisions(config: Config, words: Sequence[str], timeout: float, say: Say) -> Rehearsal:
    """Each of these revisions (by default those that the database has not run), and its defects.

    Raises UsageProblem where there is no project or no such revision, and Refused where no state
    can be made to rehearse them in.
    """
    reading = read(config)
    if reading.project is None or reading.environment is None:
        raise UsageProblem(
            "there is no Alembic project here", "Run it in the folder of alembic.ini."
        )
    history = reading.declared.history
    shown = chosen(history, words)
    drafts = tuple(r for r in shown if r not in history.revisions)
    history = replace(history, revisions=(*history.revisions, *drafts))
    cast = cast_of(history, shown)
    database = reading.live.database
    where = f"{database.host}/{database.name}"
    if not cast.shown:
        return Rehearsal(where, "", "", (), _of_graph(history, ()))
    with (
        scratch(config.scratch_url) as server,
        laid(server, database, reading.libpq, _scene(reading, cast)) as stage,
        serving(stage.url, reading.project.folder) as process,
    ):
        hands = _hands(reading, cast, stage, process, timeout)
        theatre = _theatre(reading, config, stage, hands, say)
        heads = () if cast.from_base else reading.environment.heads
        if cast.from_base:
            _make_schemas(stage, theatre, history)
        _stamp(stage, theatre.version_table, heads)
        revisions = tuple(_played(cast, history, heads, theatre, say))
    graph = _of_graph(history, cast.shown)
    start = _start(cast, heads, where)
    return Rehearsal(where, server.source, start, revisions, graph, stage.limits)


def _scene(reading: Reading, cast: Cast) -> Scene:
    if cast.from_base:
        return Scene((), (), (), empty=True)
    places = tuple((t, key) for t in reading.live.tables if (key := _with_rows(t)) is not None)
    return Scene(places, reading.live.sequences, (), whole=True)


def _with_rows(table: Table) -> Column | None:
    """The key whose lowest and highest ids are laid, too."""
    key = table.single_key
    return key if key is not None and key.is_integer and key.extremes is not None else None


def _start(cast: Cast, heads: tuple[str, ...], where: str) -> str:
    if cast.from_base:
        number = len(cast.before)
        return f"an empty database, and {number} earlier revision{'s' * (number != 1)} run on it"
    return f"the schema of {where} at {', '.join(heads) or 'no revision'}"


def _hands(
    reading: Reading, cast: Cast, stage: Stage, process: "subprocess.Popen[str]", timeout: float
) -> Hands:
    project, environment = reading.project, reading.environment
    assert project is not None  # noqa: S101  (rehearse_revisions has looked)
    assert environment is not None  # noqa: S101
    return Hands(
        server=process,
        url=stage.url,
        role="" if cast.from_base else stage.migrating,
        search_path=reading.live.database.search_path,
        settings=_settings(project),
        version_table=environment.version_table,
        arguments=_arguments(environment),
        timeout=timeout,
    )


def _theatre(reading: Reading, config: Config, stage: Stage, hands: Hands, say: Say) -> Theatre:
    """The rules are run on what the scratch database holds, with the project's models."""
    schema, table = hands.version_table
    qualified = Name(schema or reading.live.database.default_schema, table)
    rules = [rule for rule in RULES if rule.provable and not rule.alone and not rule.asked_for]
    decided = options(reading, config)

    def look() -> tuple[Live, Mapping[str, Finding]]:
        engine = sa.create_engine(stage.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            live = catalog.read(connection, hands.version_table)
            live = enrich(connection, live, reading.declared, config)
        found = [v for r in rules for v in r.find(live, reading.declared, decided)]
        left_out = reading.left_out.all
        kept = (f for f in found if isinstance(f, Finding) and f.place.table not in left_out)
        return live, {finding.id: finding for finding in kept}

    return Theatre(stage, hands, qualified, look, say)


def _settings(project: Project) -> Settings:
    config = project.config
    return Settings(
        file=config.config_file_name,
        toml=str(config.toml_file_name) if config.toml_file_name else None,
        section=config.config_ini_section,
        x=tuple(getattr(config.cmd_opts, "x", None) or ()),
    )


def _arguments(environment: Environment) -> Mapping[str, object]:
    """What env.py hands to the revisions; Refused for what cannot go to another process."""
    for name, value in environment.arguments.items():
        if not isinstance(value, str | int | float | None):
            raise Refused(
                f"env.py hands a {type(value).__name__} to its revisions ({name}=), which a "
                "rehearsal must not use: it could reach the live database",
                "Only texts and numbers can be handed to a revision that is rehearsed.",
            )
    return environment.arguments


def _make_schemas(stage: Stage, theatre: Theatre, history: History) -> None:
    """Those that env.py, or somebody, made before the first revision: no revision makes them."""
    needed = {theatre.version_table.schema, *theatre.hands.search_path}
    made = re.findall(r"CREATE\s+SCHEMA\b[^;\n]*", "\n".join(r.text for r in history.revisions))
    for schema in sorted(needed):
        if not any(schema in text for text in made):
            stage.superuser.execute(f"CREATE SCHEMA IF NOT EXISTS {ident(schema)}".encode())


def _stamp(stage: Stage, table: Name, heads: tuple[str, ...]) -> None:
    """A dump of the schema does not say where the database is."""
    insert = f"INSERT INTO {table.sql} (version_num) VALUES"
    for head in heads:
        stage.superuser.execute(f"{insert} ({literal(head)})".encode())


def _played(
    cast: Cast, history: History, heads: tuple[str, ...], theatre: Theatre, say: Say
) -> Iterator[Rehearsed]:
    """Each in its turn; one that follows a revision that fails is not rehearsed."""
    known = NOTHING
    if not cast.from_base:
        applied = [r.text for r in history.in_order if r.id in history.applied]
        known = learn(applied, known)
    failed: set[str] = set()
    if cast.before:
        failed |= _before(cast.before, heads, history, theatre)
    for revision in cast.shown:
        bad = failed & ancestors(history, [revision])
        if bad:
            failed.add(revision.id)
            yield Rehearsed(
                revision.id, revision.source.file, _title(revision), applies=False,
                skipped=f"not rehearsed: it follows {min(bad)}, which fails",
            )  # fmt: skip
            continue
        say(f"rehearsing {revision.id} ({revision.source.file})")
        hand = _hand(revision, history, heads)
        wrong, hazards = defects.of_text(lint(revision.text, known), revision.source.file)
        graph = tuple(defects.of_graph(b) for b in broken(history) if b.subject == revision.id)
        made = rehearse(replace(hand, wrong=(*graph, *wrong), hazards=hazards), theatre)
        known = learn([revision.text], known)
        if not made.applies:
            failed.add(revision.id)
        yield made


def _before(
    revisions: tuple[Revision, ...], heads: tuple[str, ...], history: History, theatre: Theatre
) -> set[str]:
    """Run what has to stand before; the ids of those that do not."""
    moves = [_hand(r, history, heads).move("upgrade") for r in revisions]
    run = theatre.hands.run(moves)
    if run.passed:
        return set()
    applied = {
        row[0] for row in theatre.stage.superuser.execute(
            f"SELECT version_num FROM {theatre.version_table.sql}".encode()
        )
    }  # fmt: skip
    done = applied | ancestors(history, [history.by_id[a] for a in applied if a in history.by_id])
    return {r.id for r in revisions} - done


def _hand(revision: Revision, history: History, heads: tuple[str, ...]) -> Hand:
    """Where the parent is nowhere to be found, as if it followed what the database has run."""
    known = all(parent in history.by_id for parent in revision.down)
    return Hand(
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
