"""The checks of a rehearsed revision: what came of each, and how its line begins."""

from remediate.rehearsal.result import (
    Check,
    Downgraded,
    Inserted,
    Judged,
    NotTried,
    Return,
    TakenApart,
    Upgraded,
    UpgradedAgain,
)
from remediate.system.words import counted

_RETURNS = {
    Return.SAME: "pg_dump prints the same bytes as before",
    Return.ORDER: "pg_dump prints the same, except for the column order",
    Return.DIFFERENT: "the schema is not restored",
    Return.FAILED: "ends with an error",
    Return.NONE: "there is none",
}


def mark(check: Check) -> str:
    """FAILED for what refutes the revision by itself, a dash for what was not tried."""
    match check:
        case Upgraded(passed=False) | UpgradedAgain(passed=False):
            return "  FAILED "
        case Downgraded(Return.DIFFERENT | Return.FAILED):
            return "  FAILED "
        case NotTried():
            return "  - "
        case _:
            return "  + "


def result(check: Check) -> str:
    """What came of it."""
    match check:
        case Upgraded(statements, passed):
            sent = counted(statements, "statement")
            return sent if passed else f"ends with an error; {sent} sent"
        case TakenApart(failing, statements):
            return f"{failing:,} of {statements:,} fail"
        case Inserted():
            return _inserted(check)
        case Judged(gone, new):
            return f"{counted(gone, 'finding')} gone, {new:,} new"
        case Downgraded(to):
            return _RETURNS[to]
        case _:
            return _of_the_end(check)


def _of_the_end(check: UpgradedAgain | NotTried) -> str:
    if isinstance(check, UpgradedAgain):
        return "ran" if check.passed else "ends with an error"
    return "not tried, because the upgrade fails"


def _inserted(check: Inserted) -> str:
    if not check.tried:
        return "the revision touches no table with a key"
    fixed = f"; {check.fixed} failed before" if check.fixed else ""
    return f"{check.working:,} of {check.tried:,} work, in {counted(check.tables, 'table')}{fixed}"
