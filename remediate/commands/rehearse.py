"""`remediate rehearse`: any revision of the project, proven or refuted on a scratch PostgreSQL."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from remediate.analysis.filling import meant_by_models
from remediate.commands.by_scripts import unfinished
from remediate.commands.choice import Selection, ancestors, chosen, selection_of
from remediate.commands.hotfixes import hotfixes
from remediate.commands.judgement import judge
from remediate.commands.one_run import of_other_runs
from remediate.commands.progress import Progress, silent
from remediate.commands.staging import Wanted, staged, title
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.lint import Known, learn, lint
from remediate.plans.proof import Gap, Limit
from remediate.project.inspection import read
from remediate.project.reading import ProjectReading
from remediate.rehearsal import defects, earlier, fitting
from remediate.rehearsal.candidate import Trial
from remediate.rehearsal.earlier import Stuck
from remediate.rehearsal.held import State
from remediate.rehearsal.result import Defect, Rehearsal, Rehearsed, Start
from remediate.rehearsal.scratch import Server, scratch
from remediate.rehearsal.trial import rehearse as attempt
from remediate.rehearsal.way_back import left_behind
from remediate.snapshots.history import History, Revision, broken
from remediate.system import stages


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

    Where env.py runs them for one schema after the other, as for the first, and the rest is told.

    Raises UsageProblem where there is no project or no such revision, or env.py hands it more than
    texts and numbers, and Refused where no state can be made to rehearse them in.
    """
    reading = read(config)
    if not isinstance(reading, ProjectReading):
        raise UsageProblem(
            "there is no Alembic project here", "Run it in the folder of alembic.ini."
        )
    history = reading.declared.history
    done = _done_by_psql(reading, config)
    history = history.stamped(done)
    shown = chosen(history, options.revisions)
    if options.revisions and not shown:
        raise UsageProblem(
            f"nothing to rehearse: {' '.join(options.revisions)} names no revision",
            "See: alembic history   (a range a:b begins behind a)",
        )
    drafts = tuple(r for r in shown if r not in history.revisions)
    history = replace(history, revisions=(*history.revisions, *drafts))
    selection = selection_of(history, shown)
    database = reading.live.database
    where = f"{database.host}/{database.name}"
    done = () if options.revisions else done
    unjudged = tuple(_unrecorded(history.by_id[id_]) for id_ in done)
    others = (*of_other_runs(reading.environment.tenants),)
    if not selection.shown:
        start, graph = Start(history.heads or ()), _of_graph(history, ())
        return Rehearsal(where, "", start, unjudged, graph, others, to_stamp=done)
    arguments = reading.environment.plain_arguments(
        "A rehearsal can hand only texts and numbers to a revision."
    )
    wanted = Wanted(reading, history, config, arguments, options.timeout, progress)
    stages.begin("starting a scratch PostgreSQL")
    with scratch(config.scratch_url, database.version // 10000) as server:
        made = _made(wanted, selection, server)
    lacking = tuple(Limit(Gap.LEFT_IN_ENV, w) for w in reading.environment.configured.lacking)
    return Rehearsal(
        where, server.source, made.start, (*unjudged, *made.revisions),
        _of_graph(history, selection.shown),
        (*made.limits, *lacking, *others), len(history.tips), done,
    )  # fmt: skip


def _done_by_psql(reading: ProjectReading, config: Config) -> tuple[str, ...]:
    """The revisions that lack only `alembic stamp`, the next one first."""
    if not hotfixes(reading):
        return ()
    found = {f.id: f.severity for f in judge(reading, config).findings}
    return unfinished(reading, found).to_stamp


def _unrecorded(revision: Revision) -> Rehearsed:
    return Rehearsed(
        revision.id, revision.source.file, title(revision), applies=False,
        reason="psql has repaired this on the database, but alembic stamp has not recorded it",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Made:
    """What came of them, from which state."""

    start: Start
    revisions: tuple[Rehearsed, ...]
    limits: tuple[Limit, ...]
    stuck: Stuck | None = None  # a revision that the live database has run, and that does not run


def _made(wanted: Wanted, selection: Selection, server: Server) -> _Made:
    """Of what has run, on what the project's revisions make; else on the live schema, taken back.

    A history that starts from create_all, or from rows, does not run on an empty database.
    """
    made = _forward(wanted, selection, server)
    if not selection.from_base:
        return replace(made, revisions=_together(wanted, selection, made.revisions, server))
    if made.stuck is None:
        return made
    back = _taken_back(wanted, selection, server)
    limit = Limit(Gap.NOT_FROM_BASE, made.stuck.revision, made.stuck.why)
    if back.stuck is None:
        return replace(back, limits=(limit, *back.limits))
    return replace(made, revisions=tuple(_unjudged(made, back.stuck, wanted)))


def _forward(wanted: Wanted, selection: Selection, server: Server) -> _Made:
    """On an empty database where one of them has run, else on the live schema."""
    heads = () if selection.from_base else wanted.heads
    start = Start(heads, len(selection.before) if selection.from_base else None)
    with staged(wanted, server, empty=selection.from_base) as trial:
        stuck = earlier.forward([wanted.candidate(r) for r in selection.before], trial)
        applied = () if selection.from_base else wanted.history.applied
        rows = None if selection.from_base else fitting.start(trial.stage, trial.worker.search_path)
        if rows is not None and selection.before:
            rows = rows.all_lost()
        revisions = tuple(_rehearse_each(wanted, selection, applied, trial, stuck, rows))
        return _Made(
            start, revisions, trial.stage.limits, stuck or _stuck(wanted.history, revisions)
        )


def _together(
    wanted: Wanted, selection: Selection, made: tuple[Rehearsed, ...], server: Server
) -> tuple[Rehearsed, ...]:
    """Those that are proven one by one also as one `alembic upgrade` runs them."""
    several = [wanted.candidate(r) for r in (*selection.before, *selection.shown)]
    if len(several) == 1 or not all(one.proven for one in made):
        return made
    wanted.say(f"rehearsing all {len(several)} in one upgrade")
    with staged(wanted, server, empty=False) as trial:
        wrong = earlier.together(several, trial)
    if wrong is None:
        return made
    failed, defect = wrong
    return tuple(replace(one, defects=(defect,)) if one.revision == failed else one for one in made)


def _taken_back(wanted: Wanted, selection: Selection, server: Server) -> _Made:
    """On the live schema, from which what follows the first of them is taken back."""
    history, ids = wanted.history, {r.id for r in selection.shown}
    undone = [
        r
        for r in history.in_order
        if r.id in history.applied and (r.id in ids or ids & ancestors(history, [r]))
    ]
    start = Start(wanted.heads, back=len(undone))
    with staged(wanted, server, empty=False) as trial:
        former = trial.schema() if len(undone) == 1 else ""
        stuck = earlier.back([wanted.candidate(r) for r in reversed(undone)], trial)
        if stuck is not None:
            return _Made(start, (), trial.stage.limits, stuck)
        applied = history.applied - {r.id for r in undone}
        lacking = [r for r in selection.before if r.id not in applied]
        stuck = earlier.forward([wanted.candidate(r) for r in lacking], trial)
        # A downgrade that does nothing is no way back, and refutes nothing.
        moved = len(undone) == 1 and trial.schema() != former
        found = tuple(_rehearse_each(wanted, selection, applied, trial, stuck))
        revisions = (left_behind(found[0]),) if moved and len(found) == 1 else found
        if revisions == found:
            stuck = stuck or _stuck(history, found)
        return _Made(start, revisions, trial.stage.limits, stuck)


def _stuck(history: History, revisions: Sequence[Rehearsed]) -> Stuck | None:
    """The first that the live database has run, and that does not run here."""
    for one in revisions:
        if one.revision in history.applied and not one.ran and not one.after and one.defects:
            first = one.defects[0]
            place = f"{first.file}:{first.line}" if first.line else first.file
            return Stuck(one.revision, f"{place}: {(first.evidence or first.what).splitlines()[0]}")
    return None


def _unjudged(made: _Made, back: Stuck, wanted: Wanted) -> Iterator[Rehearsed]:
    """What the live database has run is not refuted by a state that nobody can make again."""
    alone = ", or rehearse the last revision alone" if len(made.revisions) > 1 else ""
    for one in made.revisions:
        if one.revision not in wanted.history.applied or one.ran:
            yield one
            continue
        first = made.stuck.why if made.stuck else ""
        yield Rehearsed(
            one.revision, one.file, one.title, applies=False,
            reason=f"on an empty database {first}; and the schema of the live database does not "
                f"lead back either: {back.why}. For a verdict, make one of the two ways "
                f"run{alone}",
        )  # fmt: skip


def _rehearse_each(
    wanted: Wanted,
    selection: Selection,
    applied: frozenset[str] | tuple[()],
    trial: Trial,
    stuck: Stuck | None,
    rows: State | None = None,
) -> Iterator[Rehearsed]:
    """Each in its turn; one that follows a revision that fails is not rehearsed.

    `rows`: of the live database, where the first of them meets these.
    """
    history = wanted.history
    texts = [r.text for r in history.in_order if r.id in applied]
    known = learn(texts, Known(driver=history.driver))
    failed = _not_run(selection.before, stuck)
    faults = broken(history)
    for revision in selection.shown:
        bad = failed & ancestors(history, [revision])
        if bad:
            failed.add(revision.id)
            yield _skipped(revision, bad, stuck)
            continue
        wanted.say(f"rehearsing {revision.id} ({revision.source.file})")
        unsafe = [
            one
            for one in lint(revision.text, known)
            if not meant_by_models(one, wanted.reading.declared, wanted.reading.live)
        ]
        wrong, hazards = defects.of_text(unsafe, revision.source.file)
        graph = tuple(defects.of_graph(b) for b in faults if b.subject == revision.id)
        candidate = replace(
            wanted.candidate(revision), wrong=(*graph, *wrong), hazards=hazards, rows=rows
        )
        made = attempt(candidate, trial)
        rows = rows and fitting.after(rows, made.sent if made.applies else ())
        known = learn([revision.text], known)
        if not made.applies:
            failed.add(revision.id)
        yield made


def _not_run(before: Sequence[Revision], stuck: Stuck | None) -> set[str]:
    """The first that fails, and those that would have run after it."""
    ids = [revision.id for revision in before]
    return set(ids[ids.index(stuck.revision) :]) if stuck is not None else set()


def _skipped(revision: Revision, bad: set[str], stuck: Stuck | None) -> Rehearsed:
    of_earlier = stuck is not None and stuck.revision in bad
    return Rehearsed(
        revision.id, revision.source.file, title(revision), applies=False,
        after=stuck.revision if stuck and of_earlier else min(bad),
        reason=stuck.why if stuck and of_earlier else "",
    )  # fmt: skip


def _of_graph(history: History, shown: Sequence[Revision]) -> tuple[Defect, ...]:
    """What stops Alembic and is no fault of one of these."""
    ids = {r.id for r in shown}
    return tuple(defects.of_graph(b) for b in broken(history) if b.fatal and b.subject not in ids)
