"""Where the sequences of a scratch database stand, and back there: no rollback gives an id back."""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from remediate.postgres.queries import fetch, query
from remediate.postgres.sql import ident, literal
from remediate.snapshots.tables import Name

_AT_ONCE = 50  # sequences that a statement reads, and so keeps locked


@dataclass(frozen=True, slots=True)
class Position:
    """What a sequence holds: after setval(s, 50, false) the next id is 50."""

    last_value: int
    is_called: bool


Positions = Mapping[Name, Position]


def read(connection: psycopg.Connection) -> Positions:
    """The positions of all sequences. The connection must be in autocommit, a superuser's."""
    names = [Name(*row) for row in fetch(connection, __package__, "sequence_names")]
    found: dict[Name, Position] = {}
    for start in range(0, len(names), _AT_ONCE):
        some = names[start : start + _AT_ONCE]
        states = (
            f"SELECT {number}, last_value, is_called FROM {ident(*name)}"
            for number, name in enumerate(some)
        )
        rows = connection.execute(" UNION ALL ".join(states).encode())
        found |= {some[number]: Position(last, called) for number, last, called in rows}
    return found


def drawn_by() -> str:
    """The query for the sequences that the open transaction drew from, by whichever way."""
    return query(__package__, "drawn_sequences")


def drawn(connection: psycopg.Connection) -> tuple[Name, ...]:
    """What that gives."""
    return tuple(Name(*row) for row in connection.execute(drawn_by().encode()))


def restore(connection: psycopg.Connection, names: tuple[Name, ...], known: Positions) -> None:
    """Put these back; one that is not known was made and thrown away meanwhile."""
    back = [
        f"setval({literal(str(name))}, {known[name].last_value}, {known[name].is_called})"
        for name in names
        if name in known
    ]
    if back:
        connection.execute(f"SELECT {', '.join(back)}".encode())
