"""What models declare, by the names of the database."""

import pytest
import sqlalchemy as sa

from remediate.snapshots.tables import Name
from tests.support import helpers


def targets(metadata: sa.MetaData) -> list[tuple[tuple[str, ...], Name, tuple[str, ...]]]:
    found = helpers.declared(metadata).foreign_keys
    return [(fk.columns, fk.target, fk.target_columns) for fk in found]


def test_keys_of_columns_are_not_their_names() -> None:
    metadata = sa.MetaData()
    sa.Table("users", metadata, sa.Column("id", sa.Integer, key="ident", primary_key=True))
    sa.Table("orders", metadata, sa.Column("user_id", sa.ForeignKey("users.ident"), key="user"))
    assert targets(metadata) == [(("user_id",), Name("public", "users"), ("id",))]


def test_dots_in_names() -> None:
    metadata = sa.MetaData(schema="s.1")
    users = sa.Table("u.2", metadata, sa.Column("i.3", sa.Integer, primary_key=True))
    sa.Table("orders", metadata, sa.Column("u.4", sa.ForeignKey(users.c["i.3"])))
    assert targets(metadata) == [(("u.4",), Name("s.1", "u.2"), ("i.3",))]


def test_a_table_that_no_metadata_holds() -> None:
    metadata = sa.MetaData()
    near, far = sa.ForeignKey("users.id"), sa.ForeignKey("s.users.id")
    sa.Table("orders", metadata, sa.Column("a", near), sa.Column("b", far))
    assert sorted(targets(metadata)) == [
        (("a",), Name("public", "users"), ("id",)),
        (("b",), Name("s", "users"), ("id",)),
    ]


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        (sa.text("nextval('x_seq'::regclass)"), Name("public", "x_seq")),
        (sa.text("nextval('x_seq')"), Name("public", "x_seq")),
        (sa.text(" NEXTVAL( 'X_Seq' ) "), Name("public", "x_seq")),
        (sa.text("pg_catalog.nextval('app.x_seq'::pg_catalog.regclass)"), Name("app", "x_seq")),
        (sa.text("nextval(('x_seq'::text)::regclass)"), Name("public", "x_seq")),
        (sa.text("""(nextval('app."X it''s"'::regclass))"""), Name("app", "X it's")),
        (sa.func.nextval("x_seq"), Name("public", "x_seq")),
        (sa.func.nextval(sa.text("'x_seq'::regclass")), Name("public", "x_seq")),
        (sa.Sequence("x_seq", schema="app").next_value(), Name("app", "x_seq")),
        (sa.text("nextval('x_seq') * 10"), None),
        (sa.text("app.next_id('x_seq')"), None),
        (sa.text("1"), None),
        ("nextval('x_seq')", None),  # a literal, as SQLAlchemy writes it
        (sa.FetchedValue(), None),
        (None, None),
    ],
)
def test_the_sequence_that_a_server_default_names(
    default: sa.TextClause | None, expected: Name | None
) -> None:
    metadata = sa.MetaData()
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True, server_default=default))
    (table,) = helpers.declared(metadata).tables
    assert table.column("id").sequences == ((expected,) if expected else ())


def test_keys_without_a_type() -> None:
    """It follows a foreign key to a table that no imported module declares, or was left out."""
    metadata = sa.MetaData()
    sa.Table("badge", metadata, sa.Column("id", sa.ForeignKey("person.id"), primary_key=True))
    sa.Table("tag", metadata, sa.Column("code", primary_key=True))
    sa.Table("word", metadata, sa.Column("code", sa.String(8), primary_key=True))
    declared = helpers.declared(metadata)
    types = {t.name.name: t.columns[0].type for t in declared.tables}
    assert types == {"badge": "", "tag": "", "word": "varchar(8)"}
    assert [declared.types[t.name, t.key[0]] for t in declared.tables] == [
        "", "", "character varying(8)",
    ]  # fmt: skip
