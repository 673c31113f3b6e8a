"""Rows that a new key would not refuse: those laid before it, and the one that is tried after it."""

from pathlib import Path

import pytest

from remediate.postgres import client
from remediate.rehearsal import new_keys
from remediate.rehearsal.scratch import Server
from remediate.snapshots.tables import Name, Table
from tests.support.project import small_project

SEAT = Name("public", "seat")


@pytest.mark.parametrize(
    ("columns", "rows", "held", "left"),
    [
        (("hall", "no"), "(NULL, 4), (NULL, 90)", {}, [("1", 4), ("2", 90)]),
        (("hall", "no"), "('a', 4), ('a', NULL)", {}, [("a", 1), ("a", 4)]),
        (
            ("hall", "no"),
            "(NULL, 4), (NULL, 4)",
            {(SEAT, "hall"): ("north", "south")},
            [("north", 4), ("south", 4)],
        ),
        (("hall", "no"), "('a', 4), ('a', 4)", {}, [("a", 4)]),
        (("no",), "(NULL, 4), (NULL, 90), ('a', NULL)", {}, [(None, 4), (None, 90)]),
        (("on_day", "no"), "(NULL, 4), (NULL, 90)", {}, [(None, 4), (None, 90)]),
    ],
)
def test_rows_get_what_a_composite_key_wants(
    columns: tuple[str, ...], rows: str, held: dict, left: list, newest: Server
) -> None:
    with (
        newest.database() as url,
        client.connect(client.environment(url)) as connection,
    ):
        connection.execute("CREATE TABLE seat (hall text, no integer, on_day date)")
        connection.execute(f"INSERT INTO seat (hall, no) VALUES {rows}".encode())
        assert new_keys.make_room(connection, [(SEAT, columns)], held) == ()
        listed = ", ".join(columns)
        connection.execute(f"ALTER TABLE seat ADD PRIMARY KEY ({listed})".encode())
        found = connection.execute("SELECT hall, no FROM seat ORDER BY no, hall").fetchall()
        assert sorted(found, key=str) == sorted(left, key=str)


def test_rows_that_cannot_be_completed_are_told(newest: Server) -> None:
    with (
        newest.database() as url,
        client.connect(client.environment(url)) as connection,
    ):
        connection.execute("CREATE DOMAIN floor AS integer CHECK (VALUE * VALUE = 169744)")
        connection.execute("CREATE TABLE seat (level floor, no integer)")
        connection.execute("INSERT INTO seat VALUES (NULL, 4)")
        (limit,) = new_keys.make_room(connection, [(SEAT, ("level", "no"))], {})
        assert "floor_check" in limit.reason
        assert connection.execute("SELECT count(*) FROM seat").fetchone() == (0,)


@pytest.mark.parametrize(
    ("rows", "columns", "known", "values"),
    [
        ("('a', 4)", {"no"}, {}, {"no": "9::integer"}),
        ("('a', 9)", {"no"}, {}, {"no": "8::integer"}),
        ("('a', 9), ('b', 8)", {"no"}, {"no": "9"}, {"no": "7::integer"}),
        ("('a', 9)", {"no"}, {"no": "512", "hall": "'x'"}, {"no": "512"}),
        ("('a', 9)", {"hall", "no"}, {}, {"hall": "'9'::text", "no": "9::integer"}),
        ("('9', 9)", {"hall", "no"}, {"hall": "'9'"}, {"hall": "'8'::text", "no": "8::integer"}),
    ],
)
def test_the_row_that_is_tried_has_values_that_no_row_has(
    rows: str, columns: set[str], known: dict[str, str], values: dict[str, str], newest: Server
) -> None:
    with (
        newest.database() as url,
        client.connect(client.environment(url)) as connection,
    ):
        connection.execute("CREATE TABLE seat (hall text, no integer)")
        connection.execute(f"INSERT INTO seat VALUES {rows}".encode())
        seat = Table(name=SEAT, key=(), columns=())
        assert new_keys.members(connection, seat, columns, known) == values


MODELS = """
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table("hall", metadata, sa.Column("id", sa.BigInteger, primary_key=True))
sa.Table("play", metadata, sa.Column("id", sa.Integer, primary_key=True),
         sa.Column("hall_id", sa.ForeignKey("hall.id"), index=True))
sa.Table("seat", metadata, sa.Column("hall_id", sa.ForeignKey("hall.id"), primary_key=True),
         sa.Column("no", sa.Integer, primary_key=True, autoincrement=True))
"""
COPIED = """
CREATE TABLE hall (id bigint); INSERT INTO hall SELECT generate_series(1, 9);
CREATE TABLE play (id integer, hall_id bigint); INSERT INTO play VALUES (1, 1), (2, 2);
CREATE INDEX ON play (hall_id);
CREATE TABLE seat (hall_id bigint, no integer); INSERT INTO seat VALUES (1, 1), (9, 1), (9, 2);
"""


@pytest.mark.soak
@pytest.mark.newest_in_ci
def test_tables_that_all_lost_their_keys_are_proven(newest: Server, tmp_path: Path) -> None:
    """The highest id is what the rehearsal would make up, and one key has nothing but members."""
    with small_project(newest, tmp_path, COPIED, models=MODELS) as project:
        project.run("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
        project.run("alembic", "upgrade", "head")
        assert project.json("plan")["findings"] == []
