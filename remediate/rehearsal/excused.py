"""Upgrades that fail on a scratch database, and need not on the live one: why, or once more.

A rehearsal copies no rows; those that it makes up have ids of the database, and hardly a value.
"""

import re
from dataclasses import dataclass

from remediate.rehearsal import made_up, null_rows, rows_needed
from remediate.rehearsal.candidate import Before, Candidate, Trial
from remediate.rehearsal.result import Run

_NO_OPERATION = re.compile(r"has no attribute '(\w+)'")


@dataclass(frozen=True, slots=True)
class Excuse:
    """What speaks for an upgrade that failed."""

    again: bool = False  # the made-up rows are as those of the database now: it deserves another
    reason: str = ""  # why it cannot be judged; "" where it is refuted
    apart: Run | None = None  # each statement by itself, where made-up rows hide what is wrong


def excuse(candidate: Candidate, trial: Trial, up: Run, before: Before) -> Excuse:
    """Of a revision that somebody wrote, whose upgrade failed."""
    if candidate.promised or made_up.certain(up):
        return Excuse()
    whole = trial.schema() == before.schema
    if whole and null_rows.filled(up, before, trial.stage.superuser, trial.stage.live):
        return Excuse(again=True)
    reason = _unjudged(up, trial)
    return (
        Excuse(reason=reason) if reason or not whole else _of_made_up(candidate, trial, up, before)
    )


def _of_made_up(candidate: Candidate, trial: Trial, up: Run, before: Before) -> Excuse:
    """Where it does not fail so without the made-up rows, the live ones decide, if they can."""
    rows = made_up.rows(trial, up, before) if made_up.failing(up) else []
    bare = made_up.without(rows, candidate, trial, before) if rows else None
    if bare is None or made_up.fails_alike(up, bare):
        return Excuse()
    if reason := rows_needed.reason(bare, trial.stage.live):
        return Excuse(reason=reason)
    verdict = made_up.verdict(candidate, trial, up)
    if any(s.sqlstate != made_up.IN_TRANSACTION for s in bare.errors):
        return Excuse(apart=bare)
    if verdict is made_up.Verdict.REFUSED:
        return Excuse()
    if verdict is made_up.Verdict.FIT and made_up.removed(rows, trial):
        return Excuse(again=True)
    return Excuse(reason=made_up.reason(up))


def _unjudged(up: Run, trial: Trial) -> str:
    """Why an upgrade that fails here shows nothing; "" where it does."""
    lacks = _NO_OPERATION.search(up.failure)
    if lacks and lacks[1] in trial.worker.settings.configured.own_operations:
        return (
            f"env.py itself defines op.{lacks[1]}, and a rehearsal does not run env.py: define it "
            "in a module that env.py imports"
        )
    return rows_needed.reason(up, trial.stage.live)
