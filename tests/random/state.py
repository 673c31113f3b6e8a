"""What a downgrade has to restore: the schema, and every row."""

from dataclasses import dataclass

import sqlalchemy as sa

from remediate.postgres import client, programs
from tests.support import helpers

RELATIONS = """
SELECT format('%I.%I', n.nspname, c.relname), c.relkind::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE relkind IN ('r', 'm') AND relname <> 'alembic_version'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""
# pg_dump does not print the type of an identity's sequence.
SEQUENCES = (
    "SELECT format('-- %s is of %s', seqrelid::regclass, seqtypid::regtype) FROM pg_sequence"
)


@dataclass(frozen=True, slots=True)
class State:
    """The schema byte for byte, and the rows of every relation; not the positions of sequences."""

    dump: str
    rows: dict[str, list[str]]
    kept: dict[str, list[str]]  # what materialized views hold

    @property
    def number(self) -> int:
        """Of rows in tables."""
        return sum(map(len, self.rows.values()))


def state(url: sa.URL) -> State:
    """Everything as it is now."""
    program = [programs.clients(18) / "pg_dump", "--schema-only"]
    result = client.run([*program, "--exclude-table=*.alembic_version"], client.environment(url))
    assert not result.returncode, result.stderr
    lines = (line for line in result.stdout.splitlines() if "restrict" not in line[:12])
    rows: dict[str, dict[str, list[str]]] = {"r": {}, "m": {}}
    with helpers.connected(url) as connection:
        for name, kind in connection.execute(RELATIONS).fetchall():
            read = f"SELECT r::text FROM {name} r ORDER BY 1"
            rows[kind][name] = [row[0] for row in connection.execute(read.encode())]
        sequences = sorted(row[0] for row in connection.execute(SEQUENCES))
    return State("\n".join([*lines, *sequences]), rows["r"], rows["m"])


def difference(before: str, now: str) -> str:
    """The first lines that only one of them has."""
    lost = [line for line in before.splitlines() if line not in now.splitlines()]
    new = [line for line in now.splitlines() if line not in before.splitlines()]
    return " / ".join([*(f"- {line}" for line in lost[:3]), *(f"+ {line}" for line in new[:3])])
