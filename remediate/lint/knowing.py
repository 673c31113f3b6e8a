"""What is known before the first step to a state, and a state to what later revisions may know."""

from remediate.lint.state import Column, State, serial_name
from remediate.lint.types import named
from remediate.lint.values import Known, plain


def started(told: Known) -> State:
    """The state that is known before the first step."""
    state = State()
    spots = {*told.columns, *told.serial, *told.generated}
    for spot in spots:
        (table, name) = spot
        written = told.columns.get(spot, "")
        if written.startswith("enum "):
            state.enums.add(written.removeprefix("enum "))
        column = Column(plain(table), name, state.type(named(written)))
        if spot in told.serial:
            column.sequence_type = "smallint" if column.type == "smallint" else "integer"
        if spot in told.serial | told.generated:
            column.sequence = told.sequences.get(spot, serial_name(*spot))
            column.generated = column.before = column.key = True
        state.columns[plain(table), name] = column
    return state


def known(state: State, version_width: int) -> Known:
    """What later revisions may know."""
    columns = {spot: c.type for spot, c in state.columns.items() if c.type and not c.branch}
    keys = {spot: c for spot, c in state.columns.items() if c.generated and c.key}
    narrow = {s for s, c in keys.items() if c.sequence_type in {"smallint", "integer"}}
    names = {s: c.sequence for s, c in keys.items() if c.sequence not in {"", serial_name(*s)}}
    return Known(columns, frozenset(narrow), frozenset(keys), names, version_width)
