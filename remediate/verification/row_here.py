"""Values for a made-up row of a live table: those of a partition, where it is partitioned."""

from remediate.postgres.client import Connection
from remediate.rehearsal import row_values
from remediate.rehearsal.bounds import within
from remediate.rehearsal.column_types import columns
from remediate.rehearsal.column_values import required_values
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name


def values(
    connection: Connection, table: Name, live: Live, but: str, number: int
) -> dict[str, str] | None:
    """A value, as SQL, for each column of a row that must have one, except `but`.

    None where none can be made up that satisfy its CHECKs. A column of the partition key keeps its
    default: where no partition takes that, an INSERT fails.
    """
    found = row_values.literals(connection, table, but, number)
    return None if found is None else found | placed(connection, table, live, but)


def bare(connection: Connection, table: Name, live: Live, but: str) -> dict[str, str]:
    """The same, whatever its CHECKs ask for."""
    found = required_values(connection, table, but, defaulted=False)
    return found | placed(connection, table, live, but)


def placed(connection: Connection, table: Name, live: Live, but: str) -> dict[str, str]:
    """The partition key of a row that some partition takes, as far as it has no default."""
    known = live.table_of.get(table)
    if known is None or not known.partitioned:
        return {}
    filled = {c.name for c in columns(connection, table) if c.defaulted} | {but}
    return {c: v for c, v in within(connection, table).items() if c not in filled}


def placed_by_default(connection: Connection, table: Name) -> bool:
    """Whether each column of the partition key has a default."""
    filled = {c.name for c in columns(connection, table) if c.defaulted}
    key = within(connection, table).keys()
    return bool(key) and key <= filled
