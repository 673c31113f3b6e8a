"""Revisions that run before those that are judged, or are taken back before them."""

from collections.abc import Sequence
from dataclasses import dataclass

from remediate.rehearsal.candidate import Candidate, Trial
from remediate.rehearsal.result import Defect, Run


@dataclass(frozen=True, slots=True)
class Stuck:
    """The revision that does not run, and why."""

    revision: str
    why: str  # versions/0001.py:9: relation "note" does not exist


def forward(candidates: Sequence[Candidate], trial: Trial) -> Stuck | None:
    """Run the upgrades of these in this order; the first that fails, None where all run."""
    run = trial.worker.run([candidate.move("upgrade") for candidate in candidates])
    if not candidates or run.passed:
        return None
    ids = [candidate.revision for candidate in candidates]
    failed = candidates[ids.index(run.revision) if run.revision in ids else 0]
    return Stuck(failed.revision, failure(run, failed.file))


def together(candidates: Sequence[Candidate], trial: Trial) -> tuple[str, Defect] | None:
    """Run the upgrades of these as one `alembic upgrade` does; which fails, and its defect."""
    run = trial.worker.run([c.move("upgrade") for c in candidates], together=True)
    if run.passed:
        return None
    ids = [candidate.revision for candidate in candidates]
    failed = candidates[ids.index(run.revision) if run.revision in ids else 0]
    one = not trial.worker.settings.configured.per_migration
    defect = Defect(
        "FAILS_TOGETHER",
        f"it runs by itself, and fails in one {'transaction' if one else 'session'} with those "
        "before it, as alembic upgrade runs them",
        failure(run, failed.file),
        _TRANSACTIONS if one else "what the revisions before it SET for the session, reset there",
        failed.file,
        run.failure_line,
    )
    return failed.revision, defect


_TRANSACTIONS = (
    "transaction_per_migration=True in context.configure() of env.py; or an autocommit_block() "
    "around what has to be committed before"
)


def back(candidates: Sequence[Candidate], trial: Trial) -> Stuck | None:
    """Run the downgrades of these in this order; the first that leads not back."""
    for candidate in candidates:
        run = trial.run(candidate, "downgrade")
        if not run.passed:
            return Stuck(candidate.revision, failure(run, candidate.file))
    return None


def failure(run: Run, file: str) -> str:
    """Where a run failed and by which words, PostgreSQL's or Python's."""
    failed = run.errors[-1] if run.errors and run.failed_sql else None
    line = failed.line if failed else run.failure_line
    message = failed.message if failed else run.failure
    place = f"{file}:{line}" if line else file
    return f"{place}: {(message or 'it fails').splitlines()[0]}"
