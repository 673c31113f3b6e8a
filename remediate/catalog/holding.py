"""Ask tables whether they hold a row: one EXISTS for each that has a page."""

from collections.abc import Mapping

from remediate.catalog.batches import Failures, Question, ask
from remediate.catalog.values import empty_tables
from remediate.postgres.direct import Connection
from remediate.snapshots.tables import Name, Table

_LOCKS = 8  # an estimate: the table with its indexes


def holding(
    connection: Connection, tables: Mapping[Name, Table]
) -> tuple[dict[Name, bool], Failures]:
    """Whether each holds a row of its own, children apart; of the others the reason why not."""
    empty = empty_tables(connection)
    questions = [_question(t) for t in tables.values() if t.oid not in empty]
    answers, failures = ask(connection, questions)
    held = {name: False for name, table in tables.items() if table.oid in empty}
    return held | {name: bool(row[0]) for name, row in answers.items()}, failures


def _question(table: Table) -> Question:
    return Question(
        table.name, f"SELECT EXISTS (SELECT FROM ONLY {table.name.sql})", table.oid, _LOCKS
    )
