"""The downgrade of a revision and its upgrade after that, judged by what stood before."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from remediate.rehearsal import (
    defects,
    insert_changes,
    promises,
    references,
    trial_inserts,
    trial_selects,
)
from remediate.rehearsal.candidate import NOTHING, After, Before, Candidate, Trial
from remediate.rehearsal.defects import Script
from remediate.rehearsal.result import Check, Defect, Downgraded, Rehearsed, Return, UpgradedAgain
from remediate.rehearsal.trial_selects import Comparison


def try_downgrade(
    result: Rehearsed, candidate: Candidate, trial: Trial, before: Before, after: After
) -> Rehearsed:
    """The way back, and forth again: what it leaves, and what worked before and does no more."""
    script = Script(candidate.file, "downgrade", trial.worker.role)
    down = trial.run(candidate, "downgrade")
    if not down.passed:
        apart = trial.apart(down, candidate, "downgrade")
        wrong = defects.of_run(down, apart, script, after.state.names)
        return _extended(result, (Downgraded(Return.FAILED),), wrong)
    found = [*defects.of_run(down, NOTHING, script, after.state.names)]
    lines = defects.difference(before.schema, trial.schema())
    if lines:
        found.append(defects.not_restored(script, lines))
    found += _compare(before, after, "the downgrade", candidate, trial)
    found += _rows_lost(before, candidate, trial)
    checks: list[Check] = [Downgraded(Return.DIFFERENT if lines else Return.SAME)]
    again = trial.run(candidate, "upgrade")
    checks.append(UpgradedAgain(again.passed))
    if again.passed:
        later = Before("", after.state, after.inserts, after.selects, {}, {})
        found += _compare(later, after, "the second upgrade", candidate, trial)
        refusal, missing = _announced(candidate, trial)
        found += missing
        result = replace(result, shown=replace(result.shown, refusal=refusal))
    else:
        found += [
            replace(d, name="UPGRADE_AGAIN_FAILS", what=f"upgrade after the downgrade: {d.what}")
            for d in defects.of_run(again, NOTHING, Script(candidate.file), after.state.names)
        ]
    return replace(_extended(result, checks, found), applies=again.passed)


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
