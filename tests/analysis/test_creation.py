"""The order in which missing tables are created, and the types of their columns."""

from dataclasses import replace

import sqlalchemy as sa

from remediate.analysis.creation import Retyped, authors, in_order, needed, retyped
from remediate.snapshots.history import History, Revision
from remediate.snapshots.live import Live
from remediate.snapshots.new_tables import Author, Unmade
from remediate.snapshots.tables import Name, Source
from tests.support import helpers

USER = Name("public", "user")


def unmade(**references: str) -> Unmade:
    """Tables with a key, each with foreign keys to the tables that are named."""
    metadata = sa.MetaData()
    for name, targets in references.items():
        columns = [
            sa.Column(f"{target}_id", sa.Integer, sa.ForeignKey(f"{target}.id"))
            for target in targets.split()
        ]
        sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)
    return Unmade(in_order(helpers.declared(metadata).new_tables.values()))


def names(made: Unmade) -> list[str]:
    return [table.name.name for table in made.tables]


def test_parents_first() -> None:
    made = unmade(c="b", b="a", a="", d="d")
    assert names(made) == ["a", "d", "b", "c"]
    assert made.postponed == ()
    assert needed(made.tables[3], made) == (Name("public", "b"),)
    assert needed(made.tables[1], made) == ()


def test_a_circle_and_what_hangs_on_it() -> None:
    made = unmade(below="one", one="two", two="three", three="one")
    assert names(made) == ["one", "below", "three", "two"]
    (later,) = made.postponed
    assert (later.table.name, later.target.name) == ("one", "two")
    # The last of the circle adds the foreign key of the first.
    assert needed(made.table_of[Name("public", "two")], made) == (
        Name("public", "one"),
        Name("public", "three"),
    )


def test_types_are_those_of_the_key() -> None:
    metadata = sa.MetaData()
    user, uuid = sa.ForeignKey("user.id"), sa.Uuid
    sa.Table("a", metadata, sa.Column("user_id", uuid, user, primary_key=True))
    sa.Table("b", metadata, sa.Column("a_id", uuid, sa.ForeignKey("a.user_id")))
    sa.Table("c", metadata, sa.Column("code", sa.String(9), sa.ForeignKey("codes.code")))
    tables = in_order(helpers.declared(metadata).new_tables.values())
    types = {(USER, "id"): "integer", (Name("public", "codes"), "code"): "text"}
    live = Live(types=types, unmade=Unmade(tables))
    assert {t.name.name: retyped(t, live) for t in tables} == {
        "a": (Retyped("user_id", "uuid", "integer", 'public."user".id'),),
        "b": (Retyped("a_id", "uuid", "integer", "public.a.user_id"),),
        "c": (),  # texts of any length reference each other
    }
    wider = replace(live, types={**types, (USER, "id"): "bigint"})
    assert [one.type for one in retyped(tables[0], wider)] == ["bigint"]


def test_the_revision_that_creates_a_table() -> None:
    t, elsewhere = Name("", "t"), Name("", "u")
    history = History(
        (
            Revision("1", (), Source("1.py", 1), creates=(t, elsewhere)),
            Revision("2", ("1",), Source("2.py", 1), drops=(elsewhere,)),
        ),
        heads=("1",),
    )
    missing = [Name("public", "t"), Name("public", "u")]
    assert authors(history, missing, (), "public") == {missing[0]: Author("1", waits=False)}
    waits = authors(replace(history, heads=()), missing, (), "public")
    assert waits == {missing[0]: Author("1", waits=True)}


def test_types_that_lead_nowhere_and_far() -> None:
    """Columns that reference each other get one type; a long chain of tables is no long way."""
    metadata = sa.MetaData()
    sa.Table("a", metadata, sa.Column("x", sa.Integer, sa.ForeignKey("b.y")))
    sa.Table("b", metadata, sa.Column("y", sa.Uuid, sa.ForeignKey("a.x")))
    for n in range(500):
        above = sa.ForeignKey(f"t{max(n - 1, 0)}.id")
        key = sa.Column("id", sa.Integer, primary_key=True)
        sa.Table(f"t{n}", metadata, key, sa.Column("up", sa.BigInteger, above))
    made = Unmade(in_order(helpers.declared(metadata).new_tables.values()))
    live = Live(unmade=made)
    last = made.table_of[Name("public", "t499")]
    assert retyped(last, live) == (Retyped("up", "bigint", "integer", "public.t498.id"),)
    x, y = (retyped(made.table_of[Name("public", name)], live) for name in "ab")
    assert (x, y) == ((), (Retyped("y", "uuid", "integer", "public.a.x"),))
