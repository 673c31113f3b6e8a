"""Where no INSERT of `verify --probe` shows anything: why, and what to do that one does."""

from collections.abc import Sequence

from remediate.errors import UsageProblem
from remediate.render.observations import sentence
from remediate.snapshots.tables import Name
from remediate.system.words import counted
from remediate.verification.observations import Closed, NoParent, Observation, Refused, Seen
from remediate.verification.result import Verified

_BY_STATE = {
    "42501": "Connect as the role that inserts.",
    "25006": "Connect to the server that accepts writes.",
    "55P03": "Another session holds a lock on the table: try again once it has ended.",
    "57014": "The INSERT took longer than 10 s: see what it waits for, or what its triggers do.",
}
_MADE_UP = "The values are made up: try a row of your own between BEGIN and ROLLBACK."
_SHOWN = 3  # ways on, each with its first table


def problem(entries: Sequence[Verified]) -> UsageProblem:
    """The first table of each way on, and the ways."""
    ways: dict[str, list[Verified]] = {}
    for entry in entries:
        ways.setdefault(_way(entry), []).append(entry)
    some = [*ways.items()][:_SHOWN]
    reasons = "; ".join(_told(same) for _, same in some)
    left = len(entries) - sum(len(same) for _, same in some)
    more = f"; and {counted(left, 'table')} for other reasons" if left else ""
    what = counted(len(entries), "table")
    return UsageProblem(
        f"no INSERT shows whether {what} {'takes' if len(entries) == 1 else 'take'} rows: "
        f"{reasons}{more}",
        " ".join(way for way, _ in some),
    )


def _told(same: Sequence[Verified]) -> str:
    more = f" (and {counted(len(same) - 1, 'table')} likewise)" if len(same) > 1 else ""
    return f"{same[0].place}, {_reason(same[0].problems[0])}{more}"


def _reason(seen: Observation) -> str:
    """What PostgreSQL said, or what was in the way."""
    match seen:
        case Refused(_, message, _):
            return message
        case Seen.KEY_SUPPLIED:
            return "nothing generates its id, and whether the application supplies it is not known"
        case other:
            return sentence(other)


def _way(entry: Verified) -> str:
    """What to do that an INSERT shows something."""
    match entry.problems[0]:
        case NoParent(table, read):
            return _to_a_parent(table, read=read, own=table == entry.place.table)
        case Refused(_, _, sqlstate):
            return _BY_STATE.get(sqlstate, _MADE_UP)
        case Seen.KEY_SUPPLIED:
            return "See who fills the id: remediate explain PK001"
        case Closed():
            return "Name other tables: this one accepts no row."
        case _:
            return _MADE_UP


def _to_a_parent(table: Name, *, read: bool, own: bool) -> str:
    if not read:
        return f"Connect as a role that may SELECT from {table}."
    if own:
        return f"INSERT a first row of {table}, which refers to itself, and probe again."
    return f"INSERT a row into {table}, and probe again."
