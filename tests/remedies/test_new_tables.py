"""Tables of models that are created, and dropped again, on a real server."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Hazard, Manual, Remedy
from remediate.rehearsal.scratch import Server
from remediate.remedies.prediction import predicted
from remediate.revisions.script import script
from remediate.rules.models.table_missing import RULE
from remediate.snapshots.history import History, Revision
from remediate.snapshots.tables import Name, Source
from tests.support import helpers
from tests.support.meant import nothing_else

USERS = 'CREATE TABLE "user" (id bigserial PRIMARY KEY); INSERT INTO "user" DEFAULT VALUES;'


@pytest.fixture
def url(newest: Server) -> Iterator[sa.URL]:
    with newest.database() as made:
        yield made


@pytest.fixture
def connection(url: sa.URL) -> Iterator[psycopg.Connection]:
    with helpers.connected(url) as made:
        yield made


def remedies(url: sa.URL, *metadatas: sa.MetaData, tracked: int = 99) -> dict[str, Remedy | Manual]:
    models = helpers.declared(*metadatas, tracked=tracked)
    live = helpers.snapshot(url, models)
    found = (v for v in RULE.find(live, models, Options()) if isinstance(v, Finding))
    return {str(f.place): RULE.remedy(f, live, Options()) for f in found}


def reasons(url: sa.URL, *metadatas: sa.MetaData) -> dict[str, str]:
    made = remedies(url, *metadatas)
    return {place: r.reason for place, r in made.items() if isinstance(r, Manual)}


def shop() -> sa.MetaData:
    """Names, types, a circle: what INSERT without id is to work in."""
    metadata = sa.MetaData()
    kind = sa.Enum("it's", "100%", name="Kind")
    sa.Table(
        "Tax Rates", metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user", sa.Uuid, sa.ForeignKey("user.id", ondelete="CASCADE"), nullable=False),
        sa.Column("region:id", sa.Integer, sa.ForeignKey("regions.id")),
        sa.Column("kind", kind, server_default="100%"),
        sa.Column("number", sa.Integer, server_default=sa.Sequence("numbers").next_value()),
        sa.Column("memo", sa.String(20), index=True, server_default="a\\b: 'c'", comment="50%: \\"),
        sa.CheckConstraint("id % 2 >= 0 AND memo LIKE 'a%'", name="odd: %"),
        comment="rates: all of them",
    )  # fmt: skip
    sa.Table(
        "regions", metadata,
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("kind", kind),
        sa.Column("rate", sa.Integer, sa.ForeignKey("Tax Rates.id")),
        sa.Column("number", sa.Integer, server_default=sa.Sequence("numbers").next_value()),
    )  # fmt: skip
    return metadata


def test_there_and_back(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(USERS.encode())
    before = helpers.dump(url)
    made = remedies(url, shop())
    assert all(isinstance(one, Remedy) for one in made.values())
    both = script([one for one in made.values() if isinstance(one, Remedy)])
    with nothing_else(url, made.values()):
        helpers.run(connection, both.up)
    there = helpers.dump(url)
    columns = connection.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        """ WHERE attrelid = '"Tax Rates"'::regclass AND attnum > 0"""
    ).fetchall()
    assert dict(columns) == {
        "id": "integer", "user": "bigint", "region:id": "bigint", "kind": '"Kind"',
        "number": "integer",
        "memo": "character varying(20)",
    }  # fmt: skip
    helpers.run(connection, both.down)
    assert helpers.dump(url) == before
    helpers.run(connection, both.up)
    assert helpers.dump(url) == there
    row = connection.execute('INSERT INTO "Tax Rates" ("user") VALUES (1) RETURNING id, kind, memo')
    assert row.fetchone() == (1, "100%", "a\\b: 'c'")
    region = connection.execute("INSERT INTO regions DEFAULT VALUES RETURNING id, number")
    assert region.fetchone() == (1, 2)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute('INSERT INTO "Tax Rates" ("user") VALUES (7)')


def test_a_downgrade_loses_no_row(url: sa.URL, connection: psycopg.Connection) -> None:
    metadata = sa.MetaData()
    sa.Table("alone", metadata, sa.Column("id", sa.Integer, primary_key=True))
    (made,) = remedies(url, metadata).values()
    assert isinstance(made, Remedy)
    both = script([made])
    helpers.run(connection, both.up)
    connection.execute("INSERT INTO alone DEFAULT VALUES")
    there = helpers.dump(url)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState) as refused:
        helpers.run(connection, both.down)
    assert refused.value.diag.message_primary == (
        "remediate: public.alone holds rows, which the downgrade would lose; nothing was changed"
    )
    assert helpers.dump(url) == there
    connection.execute("TRUNCATE alone")
    helpers.run(connection, both.down)
    assert [*remedies(url, metadata)] == ["public.alone"]


def test_what_somebody_created_meanwhile_stays(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(USERS.encode())
    made = remedies(url, shop())
    both = script([one for one in made.values() if isinstance(one, Remedy)])
    connection.execute("CREATE TABLE regions (mine text)")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState) as refused:
        helpers.run(connection, both.up)
    assert refused.value.diag.message_detail == "public.regions is there, expected missing"
    connection.execute('DROP TABLE regions; ALTER TABLE "user" ALTER id TYPE numeric')
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState) as refused:
        helpers.run(connection, both.up)
    assert refused.value.diag.message_detail == 'public."user".id is numeric, expected bigint'


def test_what_the_repair_tells(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(USERS.encode())
    made = remedies(url, shop(), tracked=0)
    titles = [one.title for one in made.values() if isinstance(one, Remedy)]
    assert titles == [
        'create the table public."Tax Rates", with "region:id" bigint as public.regions.id '
        '(its model: integer), with "user" bigint as public."user".id (its model: uuid), '
        'public."Tax Rates" ("user") references public."user", ON DELETE CASCADE, '
        "together with public.regions",
        'create the table public.regions, together with public."Tax Rates"',
    ]
    rates = made['public."Tax Rates"']
    assert isinstance(rates, Remedy)
    assert rates.hazards == {
        Hazard.NEW_TABLE, Hazard.UNTRACKED_TABLE, Hazard.MODEL_CONTRADICTED,
    }  # fmt: skip


def test_it_is_the_same_once_the_models_say_the_types(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(USERS.encode())
    corrected = shop()
    for name in ("user", "region:id"):
        corrected.tables["Tax Rates"].c[name].type = sa.BigInteger()
    before, after = (remedies(url, one)['public."Tax Rates"'] for one in (shop(), corrected))
    assert isinstance(before, Remedy)
    assert isinstance(after, Remedy)
    assert [step.up for step in before.all_steps] == [step.up for step in after.all_steps]


def test_types_of_another_metadata(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(USERS.encode())
    first, second = sa.MetaData(), sa.MetaData()
    sa.Table("user", first, sa.Column("id", sa.BigInteger, primary_key=True))
    above = sa.Column("user_id", sa.ForeignKey("user.id"), primary_key=True)
    sa.Table("profiles", second, above, postgresql_partition_by="LIST (user_id)")
    (made,) = remedies(url, first, second, tracked=1).values()
    assert isinstance(made, Remedy)
    assert made.title == (
        "create the table public.profiles, without a partition: INSERT fails until it has one"
    )
    assert made.hazards == {Hazard.NEW_TABLE, Hazard.UNTRACKED_TABLE}
    helpers.run(connection, script([made]).up)
    shown = connection.execute(
        "SELECT format_type(atttypid, -1) FROM pg_attribute"
        " WHERE attrelid = 'profiles'::regclass AND attname = 'user_id'"
    )
    assert shown.fetchall() == [("bigint",)]


def test_what_it_leaves_is_predicted(url: sa.URL, connection: psycopg.Connection) -> None:
    """Rounds that follow are planned on that: nothing of it is found again, or is found anew."""
    connection.execute(USERS.encode())
    models = helpers.declared(shop())
    live = helpers.snapshot(url, models)
    made = [one for one in remedies(url, shop()).values() if isinstance(one, Remedy)]
    told = predicted(live, made)
    helpers.run(connection, script(made).up)
    then = helpers.snapshot(url, models)
    assert RULE.find(told, models, Options()) == RULE.find(then, models, Options()) == ()
    assert told.sequence_of.keys() == then.sequence_of.keys()
    new = [Name("public", "Tax Rates"), Name("public", "regions")]
    for name in new:
        key, there = told.table_of[name].single_key, then.table_of[name].single_key
        assert key
        assert there
        assert (key.type, key.generator, key.sequences) == (
            there.type,
            there.generator,
            there.sequences,
        )


def test_unlogged_tables(url: sa.URL, connection: psycopg.Connection) -> None:
    """Their sequences are as they are, and no permanent table references them."""
    connection.execute("CREATE UNLOGGED TABLE there (id serial PRIMARY KEY)")
    metadata = sa.MetaData()
    for name, key in {"serials": (), "identities": (sa.Identity(),), "there": ()}.items():
        column = sa.Column("id", sa.Integer, *key, primary_key=True)
        sa.Table(name, metadata, column, prefixes=["UNLOGGED"])
    for name in ("serials", "there"):
        for kind, prefixes in (("permanent", []), ("unlogged", ["UNLOGGED"])):
            own, other = sa.Column("id", sa.Integer, primary_key=True), sa.ForeignKey(f"{name}.id")
            sa.Table(
                f"{kind} of {name}", metadata, own, sa.Column("other", other), prefixes=prefixes
            )
    assert {place: why.partition(",")[0] for place, why in reasons(url, metadata).items()} == {
        f'public."permanent of {name}"': f"public.{name} is unlogged"
        for name in ("serials", "there")
    }
    live = helpers.snapshot(url, helpers.declared(metadata))
    made = [one for one in remedies(url, metadata).values() if isinstance(one, Remedy)]
    with nothing_else(url, made):
        helpers.run(connection, script(made).up)
    told, then = predicted(live, made), helpers.snapshot(url)
    assert len(made) == 4
    assert {s.name: s.logged for s in told.sequences} == {s.name: s.logged for s in then.sequences}
    assert {t.name: t.logged for t in told.tables} == {t.name: t.logged for t in then.tables}


@pytest.mark.newest_in_ci
@pytest.mark.parametrize("gone", [pytest.param("rest", marks=pytest.mark.soak), ""])
def test_what_a_revision_creates_is_not_created_twice(url: sa.URL, gone: str) -> None:
    """Where it cannot run, as another of its tables is there, that is no way."""
    metadata = sa.MetaData()
    sa.Table("waits", metadata, sa.Column("id", sa.Integer, primary_key=True))
    sa.Table("stamped", metadata, sa.Column("id", sa.Integer, primary_key=True))
    sa.Table("dropped", metadata, sa.Column("id", sa.Integer, primary_key=True))
    made = Name("public", "waits"), Name("", "rest")
    history = History(
        (
            Revision("0", (), Source("0.py", 1), creates=(Name("", "dropped"), Name("", "kept"))),
            Revision("1", ("0",), Source("1.py", 1), creates=(Name("", "stamped"),)),
            Revision("2", ("1",), Source("2.py", 1), creates=made, drops=made[1:] if gone else ()),
        ),
        heads=("1",),
    )
    helpers.psql(url, "CREATE TABLE kept (id serial); CREATE TABLE rest (id serial)")
    models = replace(helpers.declared(metadata), history=history)
    live = helpers.snapshot(url, models)
    found = [v for v in RULE.find(live, models, Options()) if isinstance(v, Finding)]
    assert [RULE.remedy(f, live, Options()) for f in found] == [
        Manual("revision 2 creates it, but has not run: alembic upgrade head")
        if gone
        else Manual(
            "revision 2 creates it, but cannot run: public.rest exists already. Create "
            "public.waits by hand, with only its statements from: alembic upgrade 1:2 --sql, "
            "then: alembic stamp 2"
        ),
        Manual(
            "revision 1 creates it, and is recorded as run: alembic stamp to where the database is, then "
            "alembic upgrade head (AL003); another revision would create it twice"
        ),
        Manual(
            "revision 0 creates it, but has run, and cannot run again: public.kept exists already. Create "
            "public.dropped by hand, with only its statements from: alembic upgrade 0 --sql"
        ),
    ]


class Word(sa.types.UserDefinedType[str]):
    """A type of a schema in the search_path, as those of extensions are."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "word"


def test_a_computed_column_on_every_version(server: Server) -> None:
    """Before PostgreSQL 18 it says STORED, as SQLAlchemy writes it there."""
    metadata = sa.MetaData()
    twice = sa.Column("twice", sa.Integer, sa.Computed("id * 2"), nullable=False)
    sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True), twice)
    with server.database() as url, helpers.connected(url) as connection:
        (made,) = remedies(url, metadata).values()
        assert isinstance(made, Remedy)
        helpers.run(connection, script([made]).up)
        inserted = connection.execute("INSERT INTO t DEFAULT VALUES RETURNING twice")
        assert inserted.fetchall() == [(2,)]


def test_names_that_a_convention_makes_too_long(url: sa.URL) -> None:
    """As SQLAlchemy shortens them: PostgreSQL would cut both to the same."""
    convention = {"fk": "fk_%(table_name)s_of_which_the_column_is_called_%(column_0_name)s"}
    metadata = sa.MetaData(naming_convention=convention)
    columns = [sa.Column(f"referring_{n}", sa.ForeignKey("user.id")) for n in (1, 2)]
    sa.Table("user", metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)
    (made,) = remedies(url, metadata).values()
    assert isinstance(made, Remedy)
    engine = sa.create_mock_engine("postgresql+psycopg://", executor=lambda *_, **__: None)
    shortened = engine.dialect.identifier_preparer.format_constraint
    (create,) = (step.up for step in made.steps if step.up.startswith("CREATE TABLE"))
    for one in metadata.tables["user"].foreign_key_constraints:
        assert f"CONSTRAINT {shortened(one)} FOREIGN KEY" in create


def test_what_is_done_by_hand(url: sa.URL, connection: psycopg.Connection) -> None:
    there = """
        CREATE DOMAIN word AS text; CREATE TYPE mood AS ENUM ('sad');
        CREATE TABLE taken (id int); CREATE TABLE bare (id int)
    """
    connection.execute(there.encode())
    metadata = sa.MetaData()

    def table(name: str, *parts: sa.schema.SchemaItem, **options: object) -> None:
        sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), *parts, **options)

    table("abroad", schema="nowhere")
    table("fitting", sa.Column("w", Word))
    table("long", sa.Column("w", sa.Integer), sa.Index("i" * 64, "w"))
    table("longer", sa.Column("o" * 64, sa.Integer))
    table("vectors", sa.Column("v", postgresql.CITEXT))
    table("moods", sa.Column("m", sa.Enum("sad", "ok", name="mood")))
    table("kind_2", sa.Column("k", sa.Enum("a", "b", name="kind")))
    table("kind_3", sa.Column("k", sa.Enum("a", "b", "c", name="kind")))
    table("alike", sa.Column("k", sa.Enum("a", name="one")), sa.Index("i", "k"))
    table("same", sa.Column("k", sa.Enum("a", name="one")), sa.Index("i", "k"))
    for name, start in (("drawn", 1), ("other", 2)):
        table(name, sa.Column("n", sa.Integer, sa.Sequence("s", start=start)))
    table("indexed", sa.Index("taken", "id"))
    table("orphan", sa.Column("x_id", sa.Integer, sa.ForeignKey("nobody.id")))
    table("below", sa.Column("x_id", sa.Integer, sa.ForeignKey("orphan.id")))
    table("loose", sa.Column("bare_id", sa.Integer, sa.ForeignKey("bare.id")))
    found = reasons(url, metadata)
    assert {place: text.partition(":")[0] for place, text in found.items()} == {
        "public.long": "SQLAlchemy",
        "public.longer": "PostgreSQL cuts names after 63 bytes",
        "nowhere.abroad": "the schema nowhere does not exist",
        "public.vectors": "the database has no type citext",
        "public.moods": "the type public.mood has other labels (sad) than its model (sad, ok)",
        "public.kind_2": "its model declares the type public.kind with other labels (a, b) than the model "
        "of public.kind_3 (a, b, c)",
        "public.kind_3": "its model declares the type public.kind with other labels (a, b, c) than the "
        "model of public.kind_2 (a, b)",
        "public.alike": "its model and the model of public.same both have an index public.i",
        "public.same": "its model and the model of public.alike both have an index public.i",
        "public.drawn": "its model defines the sequence public.s differently from the model of "
        "public.other",
        "public.other": "its model defines the sequence public.s differently from the model of "
        "public.drawn",
        "public.indexed": "another relation is called public.taken",
        "public.orphan": "it references public.nobody, which exists neither in the database nor as a model",
        "public.below": "it needs public.orphan, which cannot be created",
        "public.loose": "public.bare has neither a primary key nor a unique constraint on id (42830)",
    }
