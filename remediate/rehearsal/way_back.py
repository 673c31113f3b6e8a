"""The downgrade of a revision and its upgrade after that, judged by what stood before."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from remediate.rehearsal import (
    cascades,
    defects,
    dropped,
    dump_text,
    insert_changes,
    promises,
    references,
    trial_inserts,
    trial_selects,
)
from remediate.rehearsal.candidate import NOTHING, After, Before, Candidate, Trial
from remediate.rehearsal.defects import Script
from remediate.rehearsal.result import (
    ABORTED,
    Check,
    Defect,
    Downgraded,
    Grade,
    Lost,
    NotShown,
    Rehearsed,
    Return,
    Run,
    UpgradedAgain,
    WayBack,
)
from remediate.rehearsal.trial_selects import Comparison
from remediate.system.threads import meanwhile


def try_downgrade(
    result: Rehearsed, candidate: Candidate, trial: Trial, before: Before, after: After
) -> Rehearsed:
    """The way back, and forth again: what it leaves, and what worked before and does no more.

    Of what somebody wrote by hand it is graded; a generated revision is to restore every byte.
    """
    script = Script(candidate.file, "downgrade", trial.worker.role)
    down = trial.run(candidate, "downgrade")
    if reason := "" if candidate.promised else _none(down, after.up):
        return _without(result, reason, candidate, trial, down)
    if not down.passed:
        apart = trial.apart(down, candidate, "downgrade")
        wrong = defects.of_run(down, apart, script, after.state.names)
        return _extended(result, (Downgraded(Return.FAILED),), wrong)
    with meanwhile(trial.schema) as dumped:
        values, unknown = _lost(before, after, down, candidate, trial)
    now = dumped.result()
    lines = defects.difference(before.schema, now)
    grade = _graded(before, now, values, known=not unknown)
    result = replace(result, not_shown=(*result.not_shown, *unknown))
    found = [*defects.of_run(down, NOTHING, script, after.state.names)]
    found += _compare(before, after, "the downgrade", candidate, trial)
    found += _rows_lost(before, candidate, trial)
    again = trial.run(candidate, "upgrade")
    if lines and (candidate.promised or not again.passed):
        found.insert(0, defects.not_restored(script, lines))
    if again.passed and not candidate.promised:
        reach = cascades.reached(trial.stage.superuser, down, trial.worker.search_path)
        result = cascades.settled(result, reach, restored=not lines)
    checks = (Downgraded(_return(grade, lines)), UpgradedAgain(again.passed))
    result = replace(_extended(result, checks, found), applies=again.passed, way_back=grade)
    return _settled(result, again, candidate, trial, after)


def _settled(
    result: Rehearsed, again: Run, candidate: Candidate, trial: Trial, after: After
) -> Rehearsed:
    """With what the second upgrade shows."""
    if not again.passed:
        found = defects.of_run(again, NOTHING, Script(candidate.file), after.state.names)
        return _extended(result, (), map(_of_second, found))
    known = Before("", after.state, after.inserts, after.selects, {}, {}, {})
    worse = [*_compare(known, after, "the second upgrade", candidate, trial)]
    refusal, missing = _announced(candidate, trial)
    result = replace(result, shown=replace(result.shown, refusal=refusal))
    return _extended(result, (), [*worse, *missing])


def left_behind(first: Rehearsed) -> Rehearsed:
    """Of a revision that was taken back before: what its downgrade left fails its upgrade.

    As it is where its upgrade fails by anything else than that something is there already.
    """
    failed = [s for s in first.sent if s.failed and s.sqlstate != ABORTED]
    if not failed or any(s.sqlstate not in _THERE for s in failed):
        return first
    return replace(first, defects=tuple(map(_of_second, first.defects)))


def _of_second(defect: Defect) -> Defect:
    what = f"upgrade after the downgrade: {defect.what}"
    return replace(defect, name="UPGRADE_AGAIN_FAILS", what=what)


# What exists already: schema, table, object, column, function.
_THERE = frozenset({"42P06", "42P07", "42710", "42701", "42723"})
_READS = ("SELECT", "SHOW", "SET", "LOCK")


def _none(down: Run, up: Run) -> str:
    """Why there is no way back; "" where the revision has one."""
    if down.withheld:
        return down.errors[-1].message if down.errors else down.failure
    writes = any(s.number and not s.sql.lstrip().upper().startswith(_READS) for s in up.statements)
    return "downgrade() does nothing" if down.passed and not down.number and writes else ""


def _without(
    result: Rehearsed, reason: str, candidate: Candidate, trial: Trial, down: Run
) -> Rehearsed:
    """With no way back; what the upgrade made still stands, and the version table says so again."""
    if down.passed:
        move = replace(candidate.move("upgrade"), text="def upgrade(**_): pass")
        trial.worker.run([move])
    graded = _extended(result, (Downgraded(Return.NONE),), ())
    return replace(graded, way_back=WayBack(Grade.NONE, reason))


def _graded(before: Before, now: str, values: tuple[Lost, ...], *, known: bool) -> WayBack:
    if not defects.difference(before.schema, now):
        whole = Grade.EXACT if known else Grade.SCHEMA
        grade = Grade.LOSSY if any(v.there for v in values) else whole
        return WayBack(grade, values=values)
    differs = dump_text.compare(before.schema, now)
    only_order = differs.only_order and not any(v.there for v in values)
    grade = Grade.COLUMN_ORDER if only_order else Grade.LOSSY
    return WayBack(grade, "", differs.lost, differs.left, differs.reordered, values)


def _lost(
    before: Before, after: After, down: Run, candidate: Candidate, trial: Trial
) -> tuple[tuple[Lost, ...], tuple[NotShown, ...]]:
    """Values that the downgrade does not bring back, and those of which nobody knows it."""
    from remediate.rehearsal import changed  # noqa: PLC0415  (SQL's parser takes 0.1 s to import)

    script = changed.Script(after.up, down, candidate.promised)
    tables = changed.tables(before.columns, trial.worker.search_path)
    rows = None if candidate.promised else candidate.rows
    columns = (*dropped.gone(before.columns, after.columns),)
    found = changed.lost(rows, tables, script, columns, trial.stage.live)
    return (found[0], ()) if candidate.promised else found


def _return(grade: WayBack, lines: str) -> Return:
    if not lines:
        return Return.SAME
    return Return.DIFFERENT if grade.lost or grade.left or not grade.reordered else Return.ORDER


def _compare(
    known: Before, touched: After, since: str, candidate: Candidate, trial: Trial
) -> Iterator[Defect]:
    """What worked then, of the tables that are touched, and works no more."""
    superuser, names = trial.stage.superuser, {place.table for place in touched.inserts}
    tried = [
        t for p, t in known.inserts.items() if p.table in names and t.outcome.works and not p.given
    ]
    inserts = trial_inserts.try_again(superuser, tried)
    yield from insert_changes.worse(
        known.inserts,
        inserts,
        since,
        candidate.file,
        strict=candidate.promised,
        instead=insert_changes.RESTORED,
    )
    places = [p for p, a in known.selects.items() if a.works and p in touched.selects]
    selects = trial_selects.read_again(superuser, places)
    same = candidate.promised
    how = Comparison(since, candidate.file, same, rows=same, digests=same)
    yield from trial_selects.worse(known.selects, selects, how)


def _rows_lost(before: Before, candidate: Candidate, trial: Trial) -> Iterator[Defect]:
    now = references.contents(trial.stage.superuser, candidate.promises.references)
    for name, rows in before.rows.items():
        if lines := defects.difference(rows, now.get(name, "")):
            yield defects.rows_lost(name, lines, candidate.file)


def _announced(candidate: Candidate, trial: Trial) -> tuple[str, tuple[Defect, ...]]:
    """The refusal of a downgrade once ids have outgrown the former type, as its hazard announces.

    PostgreSQL's words; "" where no column becomes wider, or no such row can be made.
    """
    script = Script(candidate.file, "downgrade")
    for widened in candidate.promises.widened:
        with promises.outgrown(trial.stage.superuser, widened) as there:
            if not there:
                continue
            start = trial.schema()
            down = trial.run(candidate, "downgrade")
            if down.passed:
                return "", (defects.not_refused(script, str(widened.table)),)
            if lines := defects.difference(start, trial.schema()):
                return "", (defects.half_done(script, lines),)
            said = next((s.message for s in down.errors), down.failure)
            return said, ()
    return "", ()


def _extended(result: Rehearsed, checks: Iterable[Check], others: Iterable[Defect]) -> Rehearsed:
    return replace(result, checks=(*result.checks, *checks), defects=(*result.defects, *others))
