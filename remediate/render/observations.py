"""What is seen at a repaired key or reference, in words."""

from remediate.postgres.sql import quote, role_name
from remediate.verification.observations import (
    Closed,
    Collides,
    Draws,
    End,
    HasDefault,
    KeyTypes,
    LacksDefault,
    LacksKey,
    LacksReference,
    NextValue,
    NoParent,
    NoRemainder,
    NotEnforced,
    NotGranted,
    NotRead,
    Observation,
    Owned,
    PrimaryKey,
    Refers,
    Refused,
    Seen,
    TurnedAway,
    UnknownId,
    Untried,
    Usable,
)

_SEEN = {
    Seen.FILLED_BY_MODELS: "the models fill it",
    Seen.IDENTITY: "identity",
    Seen.OWNS_SEQUENCE: "owns it",
    Seen.NO_OWNER: "no column owns it (remediate explain SEQ004)",
    Seen.VALIDATED: "validated",
    Seen.INDEXED: "indexed",
    Seen.NOT_INDEXED: "its index is gone",
    Seen.INSERT_WORKS: "INSERT works (taken back)",
    Seen.INSERT_WORKS_BELOW_FIRST: "INSERT works once there is a first row, which has to name "
    "its own key and refer to it (taken back)",
    Seen.INSERT_WORKS_WITH_KEY: "INSERT with its key works (taken back)",
    Seen.KEY_SUPPLIED: "INSERT works only with an id: nothing generates one here, and whether the "
    "application supplies it is not known",
    Seen.NO_SUCH_COLUMN: "it does not exist here",
    Seen.NOTHING_TO_DO: "its revision had nothing to do here: there is no such table",
    Seen.NOTHING_GENERATES: "nothing generates it",
    Seen.STILL_FOUND: "the rule still finds it",
    Seen.NO_REFERENCE: "there is no foreign key",
    Seen.NO_PRIMARY_KEY: "there is no primary key",
    Seen.NOT_VALIDATED: "not validated: rows from before are not checked",
}
_REFUSED = {
    True: "INSERT got an id, and then met",
    False: "INSERT fails",
    None: "INSERT shows nothing",
}
_ENDS = {End.HIGHEST: "highest id", End.LOWEST: "lowest id"}


def sentence(seen: Observation) -> str:
    """One observation."""
    match seen:
        case Seen():
            return _SEEN[seen]
        case Refers() | KeyTypes() | UnknownId() | Untried() | NoParent() | NotEnforced():
            return _of_reference(seen)
        case PrimaryKey() | LacksReference() | LacksKey() | LacksDefault() | NotGranted():
            return _of_table(seen)
        case NotRead(reason, verify):
            return f"not verified: {reason} ({verify})"
        case Refused() | TurnedAway() | Closed() | NoRemainder():
            return _of_row(seen)
        case _:
            return _of_key(seen)


def _of_table(
    seen: PrimaryKey | LacksReference | LacksKey | LacksDefault | NotGranted,
) -> str:
    match seen:
        case PrimaryKey(columns):
            return f"primary key {_listed(columns)}"
        case LacksReference(columns, target, theirs):
            leads = f"{target} {_listed(theirs)}" if theirs else str(target)
            return f"the foreign key {_listed(columns)} to {leads} that its repair declared is gone"
        case LacksKey(columns):
            return f"the primary key {_listed(columns)} that its repair made is gone"
        case LacksDefault(column):
            return f"nothing generates {quote(column)}, although its repair gave it a default"
        case NotGranted(roles, schema):
            named = ", ".join(map(role_name, roles))
            others = f"other tables of {quote(schema)}"
            return f"{named} may INSERT into {others}, but not into this one"


def _listed(columns: tuple[str, ...]) -> str:
    return f"({', '.join(map(quote, columns))})"


def _of_row(seen: Refused | TurnedAway | Closed | NoRemainder) -> str:
    match seen:
        case Refused(had_id, message, sqlstate):
            return f"{_REFUSED[had_id]}: {message} ({sqlstate})"
        case TurnedAway(by, elsewhere):
            where = "not in this table" if elsewhere else "stored nowhere"
            return f"INSERT is accepted, and its row is {where}: see {', '.join(by)}"
        case Closed(constraint, children):
            where = ": its rows are in its child tables" if children else ""
            return f"every INSERT fails: CHECK {quote(constraint)} is false for every row{where}"
        case NoRemainder(table):
            return f"INSERT of some rows fails: {table} has no partition for some hash remainders"


def _of_reference(seen: Refers | KeyTypes | UnknownId | Untried | NoParent | NotEnforced) -> str:
    match seen:
        case NoParent(table, read):
            lacks = f"{table} shows this role no row" if read else f"this role cannot read {table}"
            return f"INSERT was not tried: {lacks} to refer to, and none could be made up"
        case NotEnforced(constraint):
            return f"{quote(constraint)} is NOT ENFORCED: it accepts unknown ids"
        case KeyTypes(types):
            return f"its key is {', '.join(types)}"
        case Refers(types, target, columns):
            return f"{', '.join(types)} that references {target} {_listed(columns)}"
        case UnknownId(constraint, refused, why):
            became = f"refused by {quote(constraint)}" if refused else "accepted"
            because = f": {quote(constraint)} does not check it, because {why}" if why else ""
            return f"INSERT of an unknown id is {became} (taken back){because}"
        case Untried(reason, sqlstate):
            state = f" ({sqlstate})" if sqlstate else ""
            return f"INSERT of an unknown id shows nothing: {reason}{state}"


def _of_key(seen: Draws | HasDefault | Owned | Usable | NextValue | Collides) -> str:
    match seen:
        case Draws(sequence):
            return f"draws from {sequence}"
        case HasDefault(expression):
            return f"default {expression}"
        case Owned(table, shared):
            return f"shares that of {table}" if shared else f"its sequence belongs to {table}"
        case Usable(roles, granted):
            named = ", ".join(map(role_name, roles))
            may = f"{named} may INSERT but may not use the sequence"
            return f"usable by {named}" if granted else may
        case _:
            return _of_next_value(seen)


def _of_next_value(seen: NextValue | Collides) -> str:
    following = f"next value {seen.value:,}"
    if isinstance(seen, Collides):
        return f"{following}, but id {seen.id:,} already exists"
    if seen.end is None:
        return following
    beyond = "no rows" if seen.id is None else f"{_ENDS[seen.end]} {seen.id:,}"
    return f"{following}, {beyond}"
