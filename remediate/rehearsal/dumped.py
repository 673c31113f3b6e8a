"""Which tables pg_dump locks: what a rehearsal lays, and no more than the server can bear."""

from dataclasses import dataclass

from remediate.errors import UsageProblem
from remediate.postgres.client import Connection
from remediate.postgres.queries import fetch, query

WHOLE = 100  # tables; so many are locked without asking which of them are laid
_CATALOG = 150  # locks of pg_dump itself (measured: 145 on 15 with pg_dump 18)
_ARGUMENTS = 1_500_000  # bytes of them; Linux takes two million
_OPTION = "--exclude-table="


@dataclass(frozen=True, slots=True)
class Seeds:
    """What of a schema is laid, with what hangs on it and what it needs."""

    tables: frozenset[int]  # OIDs, also of views and sequences
    code: frozenset[tuple[int, int]] = frozenset()  # of functions and types, after their catalogs'
    definitions: bool = False  # every extension, type and function: a new table may use any

    def covers(self, other: "Seeds") -> bool:
        """Whether what is laid for the other is laid for these, too."""
        known = self.tables >= other.tables and self.code >= other.code
        return known and (self.definitions or not other.definitions)


def left_out(connection: Connection, seeds: Seeds | None) -> list[str]:
    """Arguments for pg_dump that exclude what these seeds do not need, in a large schema.

    Raises UsageProblem where the locks of the others would leave the server few.
    """
    ((tables, slots, held),) = fetch(connection, __package__, "lock_room")
    options: dict[str, int] = {}
    if seeds is not None and tables > WHOLE:
        options = _excluding(connection, seeds)
    _check(_CATALOG + tables - sum(options.values()), slots, held)
    return [*options]


def _excluding(connection: Connection, seeds: Seeds) -> dict[str, int]:
    """Each argument with its tables, as many as a program takes.

    Of a schema without anything that is needed there is one; else one for each name, which pg_dump
    finds by an index (a pattern of a hundred names took it a second).
    """
    options: dict[str, int] = {}
    size = 0
    for schema, name, is_table, alone in _beyond(connection, seeds):
        option = f"{_OPTION}{schema}.{'*' if alone else name}"
        if option not in options:
            size += len(option.encode()) + 9  # with its end, and where it is
        if size < _ARGUMENTS:
            options[option] = options.get(option, 0) + is_table
    return options


def _beyond(connection: Connection, seeds: Seeds) -> list[tuple[str, str, bool, bool]]:
    given = {
        "tables": [*seeds.tables],
        "catalogs": [catalog for catalog, _ in seeds.code],
        "code": [oid for _, oid in seeds.code],
        "definitions": seeds.definitions,
    }
    return connection.execute(query(__package__, "beyond_seeds").encode(), given).fetchall()


def _check(wanted: int, slots: int, held: int) -> None:
    """A quarter of the server's locks is left to others."""
    if wanted + held <= slots * 3 // 4:
        return
    raise UsageProblem(
        f"pg_dump would lock {wanted:,} relations at once, of {slots:,} that the server has room "
        f"for (others hold {held:,}): sessions of the application would fail with 'out of shared "
        "memory'",
        "Repair fewer tables at once (--table); or raise max_locks_per_transaction, which "
        "needs a restart; or let generate write without proof: --no-rehearse.",
    )
