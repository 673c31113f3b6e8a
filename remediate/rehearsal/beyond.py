"""Ids beyond the type that a column had: what fires then may still hold that type."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from remediate.postgres import client
from remediate.rehearsal import positions, probe
from remediate.rehearsal.attempt import Attempt, Outcome
from remediate.rehearsal.insert_changes import Insert
from remediate.rehearsal.positions import Positions
from remediate.rehearsal.promises import Widened
from remediate.rehearsal.result import Defect
from remediate.rehearsal.trial_inserts import Outcomes
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Table, Writer

_TOO_HIGH = {"22003", "23514"}  # a value beyond the type, a CHECK
_NEAR = 10  # ids below the limit, of which one is free


@dataclass(frozen=True, slots=True)
class _Row:
    """A made-up row of a table, but for one column."""

    table: Table
    column: str
    values: Mapping[str, str]
    known: Positions


def refused(
    connection: client.Connection, live: Live, widened: tuple[Widened, ...], file: str
) -> Iterator[Defect]:
    """What refuses ids that only the wider type holds, and takes the last ids of the former one.

    They are sent as the table's owner sends them, with triggers on.
    """
    known = positions.read(connection) if widened else {}
    for one in widened:
        table = live.table_of.get(one.table)
        if table is None:
            continue
        values = probe.made_up(connection, table, one.column)
        yield from _compared(connection, _Row(table, one.column, values, known), one, file)


def generated(inserts: Iterable[Insert], before: Outcomes, file: str) -> Iterator[Defect]:
    """Keys that a repair fills with ids that something else does not take.

    A lower id, which the application gave, was taken before.
    """
    for one in inserts:
        given = before.get(one.place._replace(given=True))
        fits = given is not None and given.outcome.plain
        fills = one.repair is not None and one.repair.generates and not one.place.given
        met = one.after.met in _TOO_HIGH and not one.after.of_key
        if fits and fills and not one.after.plain and met:
            after = one.after
            refused = "is too high" if after.met == "22003" else "a CHECK refuses"
            what = f"INSERT without id into {one.place.relation} gets an id that {refused}"
            refusal = _said(after.in_the_way or after.refusal, after.where, after.met)
            yield Defect("INSERT_BEYOND_LIMIT", what, refusal, _WIDEN, file)


def _compared(
    connection: client.Connection, row: _Row, widened: Widened, file: str
) -> Iterator[Defect]:
    beyond = _tried(connection, row, widened.highest + 1)
    if not [*_refusals(beyond)]:
        return
    within = (_tried(connection, row, widened.highest - n) for n in range(_NEAR))
    passed = next((outcome for outcome in within if outcome.plain), None)
    if passed is None:
        return
    met = {verb for verb, _ in _refusals(passed)}
    for verb, refusal in _refusals(beyond):
        if verb not in met:
            whose = f"a row whose {row.table.name}.{row.column} is {widened.highest + 1}"
            what = f"{verb} of {whose} fails"
            yield Defect(f"{verb}_BEYOND_LIMIT", what, refusal, _WIDEN, file)


def _tried(connection: client.Connection, row: _Row, id_: int) -> Outcome:
    values = {**row.values, row.column: str(id_)}
    owner = Writer(row.table.owner, row.table.name)
    attempt = Attempt(row.table, "", owner, tuple(values.items()), given=True, overriding=True)
    return probe.insert(connection, attempt, row.known)


def _refusals(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """The verbs that did not go through, and what PostgreSQL said."""
    if not outcome.works and outcome.sqlstate not in probe.UNRELATED:
        yield "INSERT", _said(outcome.refusal, outcome.where, outcome.sqlstate)
    for change in outcome.changes:
        if change.of_new and change.refusal and change.sqlstate not in probe.UNRELATED:
            yield change.verb, f"{change.refusal} ({change.sqlstate})"


def _said(refusal: str, where: str, sqlstate: str) -> str:
    return f"{'; '.join(filter(None, (refusal, where)))} ({sqlstate})"


_WIDEN = (
    "first widen what stores the id there: the variable or the cast of the function, the "
    "column of the table that a trigger writes"
)
