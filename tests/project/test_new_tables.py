"""Tables of models in parts, as a revision creates them: no database is asked."""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from remediate.snapshots.new_tables import NewEnum, NewTable
from remediate.snapshots.tables import Name
from tests.support import helpers

CONVENTION = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(column_0_label)s",
    "fk": "fk_%(column_0_name)s",
}


def new(*parts: sa.schema.SchemaItem, name: str = "t", **options: object) -> NewTable:
    metadata = sa.MetaData(naming_convention=CONVENTION)
    sa.Table(name, metadata, *parts, **options)
    (made,) = helpers.declared(metadata).new_tables.values()
    return made


def written(table: NewTable) -> list[str]:
    return [f"{c.quoted} {c.type}{c.rest}" for c in table.columns]


def test_columns_as_sqlalchemy_writes_them() -> None:
    made = new(
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user", sa.Uuid, nullable=False),
        sa.Column("Price", sa.Numeric(10, 2), server_default="it's 100%: a\\b"),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now()),
        sa.Column("twice", sa.Integer, sa.Computed("id * 2", persisted=True)),
        sa.Column("ratio", sa.Double),
    )
    assert written(made) == [
        "id SERIAL NOT NULL",
        '"user" UUID NOT NULL',
        "\"Price\" NUMERIC(10, 2) DEFAULT 'it''s 100%: a\\b'",
        "at TIMESTAMP WITH TIME ZONE DEFAULT now()",
        "twice INTEGER GENERATED ALWAYS AS (id * 2) STORED",
        "ratio DOUBLE PRECISION",
    ]
    assert made.types == ("uuid",)
    assert [c.plain_type for c in made.columns][:3] == ["integer", "uuid", "numeric(10, 2)"]


def test_keys_as_the_models_ask_for_them() -> None:
    assert new(sa.Column("id", sa.BigInteger, primary_key=True)).columns[0].serial
    assert new(sa.Column("id", sa.Integer, sa.Identity(), primary_key=True)).columns[0].identity
    by_hand = new(sa.Column("id", sa.Integer, primary_key=True, autoincrement=False)).columns[0]
    assert not by_hand.serial
    assert not by_hand.identity


def test_what_belongs_to_the_table() -> None:
    made = new(
        sa.Column("id", sa.Integer, primary_key=True, comment="50% of: all"),
        sa.Column("name", sa.String(20), index=True, unique=False),
        sa.Column("day", sa.Date, sa.ForeignKey("days.day")),
        sa.CheckConstraint("name LIKE 'a, \n\tb%'", name="odd"),
        sa.UniqueConstraint("name", "day", name="both"),
        sa.Index("lower_name", sa.text("lower(name)"), postgresql_concurrently=True),
        name="Odd Table",
        comment="all",
        postgresql_partition_by="RANGE (id)",
        prefixes=["UNLOGGED"],
    )
    assert made.obstacle == ""
    assert made.create == "CREATE UNLOGGED TABLE"
    assert made.tail == "PARTITION BY RANGE (id)"
    assert made.constraints == (
        'CONSTRAINT "pk_Odd Table" PRIMARY KEY (id),\n'
        "  CONSTRAINT odd CHECK (name LIKE 'a, \n\tb%'),\n"
        '  CONSTRAINT "both" UNIQUE (name, day)'
    )
    assert [i.ddl for i in made.indexes] == [
        'CREATE INDEX "ix_Odd Table_name" ON public."Odd Table" (name)',
        'CREATE INDEX lower_name ON public."Odd Table" (lower(name))',
    ]
    assert made.comments == (
        ('TABLE public."Odd Table"', "all"),
        ('COLUMN public."Odd Table".id', "50% of: all"),
    )
    assert [fk.name for fk in made.foreign_keys] == ["fk_day"]


def test_types_and_sequences_that_come_with_it() -> None:
    metadata = sa.MetaData(schema="tax")
    mood = sa.Enum("sad", "ok", name="mood")
    made = new(
        sa.Column("id", sa.Integer, sa.Sequence("numbers", start=5), primary_key=True),
        sa.Column("mood", mood),
        sa.Column("moods", postgresql.ARRAY(mood)),
        sa.Column("kind", sa.Enum("a", "b", name="kind", native_enum=False)),
        sa.Column("other", sa.Enum("a", name="other", metadata=metadata)),
        sa.Column("text", postgresql.CITEXT),
        schema="tax",
    )
    assert made.enums == (
        NewEnum(Name("public", "mood"), ("sad", "ok")),
        NewEnum(Name("tax", "other"), ("a",)),
    )
    assert written(made)[1:3] == ["mood public.mood", "moods public.mood[]"]
    assert [s.ddl for s in made.sequences] == ["CREATE SEQUENCE public.numbers START WITH 5"]
    assert made.types == ("citext",)


def test_foreign_keys_without_a_name_get_that_of_postgresql() -> None:
    metadata = sa.MetaData()
    sa.Table("a", metadata, sa.Column("b_id", sa.Integer, sa.ForeignKey("b.id")))
    (made,) = helpers.declared(metadata).new_tables.values()
    assert [fk.name for fk in made.foreign_keys] == ["a_b_id_fkey"]


def test_a_column_that_leaves_its_type_to_another_metadata() -> None:
    made = new(
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.ForeignKey("user.id"), nullable=False, index=True),
    )
    assert made.obstacle == ""
    assert [(c.type, c.rest) for c in made.columns] == [("SERIAL", " NOT NULL"), ("", " NOT NULL")]
    assert [i.ddl for i in made.indexes] == ["CREATE INDEX ix_t_user_id ON public.t (user_id)"]


def test_what_is_not_created() -> None:
    assert new(sa.Column("id", sa.Integer), prefixes=["TEMPORARY"]).obstacle == (
        "its model asks for CREATE TEMPORARY TABLE"
    )
    child = new(sa.Column("id", sa.Integer), postgresql_inherits="parent")
    assert child.obstacle.startswith("its model asks for INHERITS")
    untyped = new(sa.Column("id", sa.types.NullType()))
    assert untyped.obstacle.startswith("SQLAlchemy: ")
