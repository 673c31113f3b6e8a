"""Which steps of revisions that wait cannot run before a repair, and which of them only look so."""

import textwrap
from dataclasses import replace

import pytest
import sqlalchemy as sa

from remediate.commands.planning import planned
from remediate.config import Config
from remediate.findings.waiting import Waiting
from remediate.project.reading import Reading
from remediate.rehearsal.scratch import Server
from remediate.snapshots.history import History, Revision
from remediate.snapshots.tables import Source
from tests.support import helpers

DDL = """
    CREATE TABLE owner (id serial PRIMARY KEY, name text);
    INSERT INTO owner (name) SELECT 'x' FROM generate_series(1, 30);
    CREATE TABLE pet (id serial PRIMARY KEY, owner_id varchar(20), keeper_id integer, vet_id varchar(9));
    INSERT INTO pet (owner_id, keeper_id) SELECT g::text, g + 10 FROM generate_series(1, 30) g;
    UPDATE pet SET vet_id = CASE WHEN id > 2 THEN owner_id ELSE 'none' END;
    CREATE TABLE t (id integer PRIMARY KEY, name text);
    CREATE SEQUENCE t_id_seq;
    CREATE SCHEMA app;
    CREATE TABLE app.t (id integer PRIMARY KEY)
"""
METADATA = sa.MetaData()
sa.Table("owner", METADATA, sa.Column("id", sa.Integer, primary_key=True))
sa.Table(
    "pet", METADATA, sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("owner_id", sa.Integer, sa.ForeignKey("owner.id")),
    sa.Column("keeper_id", sa.Integer, sa.ForeignKey("owner.id")),
    sa.Column("vet_id", sa.Integer, sa.ForeignKey("owner.id")),
)  # fmt: skip
for schema in (None, "app"):
    sa.Table("t", METADATA, sa.Column("id", sa.Integer, primary_key=True), schema=schema)
USING = 'op.execute("ALTER TABLE pet ALTER owner_id TYPE integer USING owner_id::integer")'
KEEPER = 'op.create_foreign_key(None, "pet", "owner", ["keeper_id"], ["id"])'
CREATE = 'op.execute("CREATE SEQUENCE t_id_seq")'


def revision(id_: str, up: str, down: str = "pass") -> Revision:
    bodies = [textwrap.indent(textwrap.dedent(body).strip(), "    ") for body in (up, down)]
    text = (
        "import sqlalchemy as sa\nfrom alembic import op\n\n\n"
        f"def upgrade():\n{bodies[0]}\n\n\ndef downgrade():\n{bodies[1]}\n"
    )
    return Revision(id_, (f"{int(id_) - 1:04}",), Source(f"{id_}.py", 1), text=text)


@pytest.fixture(scope="module")
def meet(newest: Server):  # type: ignore[no-untyped-def]
    """What revisions that wait have to do with the repair of each finding."""
    config = Config(orphans="null", values="null")
    with newest.database() as url:
        helpers.psql(url, DDL)
        models = helpers.declared(METADATA)
        live = helpers.snapshot(url, models, config)

    def met(*revisions: Revision, default_schema: str = "public") -> dict[str, tuple[Waiting, ...]]:
        base = Revision("0001", (), Source("0001.py", 1))
        history = History((base, *revisions), heads=("0001",))
        database = replace(live.database, default_schema=default_schema)
        reading = Reading(
            replace(live, database=database), replace(models, history=history), 1.0, {}
        )
        return {i.id: i.waiting for i in planned(reading, config).items if i.waiting}

    return met


BLOCKED = {
    'op.alter_column("pet", "owner_id", type_=sa.Integer())': ("FK003:public.pet.owner_id", "42804"),
    'op.create_foreign_key("f", "pet", "owner", ["owner_id"], ["id"])': ("FK003:public.pet.owner_id", "42804"),
    "op.execute(\"ALTER TABLE PET ALTER OWNER_ID TYPE INT\")": ("FK003:public.pet.owner_id", "42804"),
    'op.alter_column("pet", "vet_id", type_=sa.Integer(), postgresql_using="vet_id::integer")': (
        "FK003:public.pet.vet_id", "22P02",
    ),
    KEEPER: ("FK004:public.pet.keeper_id", "23503"),
    CREATE: ("PK001:public.t.id", "42P07"),
    "op.execute(\"ALTER TABLE app.t ALTER id SET DEFAULT nextval('app.t_id_seq')\")": ("PK001:app.t.id", "42P01"),
    'op.bulk_insert(sa.table("t", sa.column("name")), [{"name": "x"}])': ("PK001:public.t.id", "23502"),
    "op.execute(\"INSERT INTO t (name) SELECT name FROM owner\")": ("PK001:public.t.id", "23502"),
}  # fmt: skip
FREE = {
    "values have a way": USING,
    "the type is changed before the reference is declared": (
        f'{USING}\nop.create_foreign_key(None, "pet", "owner", ["owner_id"], ["id"])'
    ),
    "values are made to fit before": (
        "op.execute(\"UPDATE pet SET vet_id = NULL WHERE vet_id !~ '^[0-9]+$'\")\n"
        'op.alter_column("pet", "vet_id", type_=sa.Integer(), postgresql_using="vet_id::integer")'
    ),
    "values are made to fit": (
        "op.execute(\"ALTER TABLE pet ALTER vet_id TYPE integer USING nullif(vet_id, 'none')::integer\")"
    ),
    "rows without parent go before": (
        f'op.execute("DELETE FROM pet WHERE keeper_id NOT IN (SELECT id FROM owner)")\n{KEEPER}'
    ),
    "parents come before": f'op.execute("INSERT INTO owner (id) SELECT generate_series(31, 40)")\n{KEEPER}',
    "a block may do anything before": f'op.execute("DO $$ BEGIN PERFORM f(); EXECUTE x; END $$")\n{KEEPER}',
    "rows are not looked at": KEEPER.replace(")", ", postgresql_not_valid=True)"),
    "another column": 'op.create_foreign_key(None, "pet", "owner", ["id"], ["id"])',
    "only if it is absent": 'op.execute("CREATE SEQUENCE IF NOT EXISTS t_id_seq")',
    "it is dropped before": f'op.execute("DROP SEQUENCE t_id_seq")\n{CREATE}',
    "another sequence": 'op.execute("CREATE SEQUENCE others")',
    "it is created before": (
        "op.execute(\"CREATE SEQUENCE app.t_id_seq\")\n"
        "op.execute(\"ALTER TABLE app.t ALTER id SET DEFAULT nextval('app.t_id_seq')\")"
    ),
    "with its id": "op.execute(\"INSERT INTO t (id, name) VALUES (1, 'x')\")",
    "columns that are not named": "op.execute(\"INSERT INTO t VALUES (1, 'x')\")",
    "the key gets its default before": (
        "op.execute(\"ALTER TABLE t ALTER id SET DEFAULT nextval('t_id_seq')\")\n"
        "op.execute(\"INSERT INTO t (name) VALUES ('x')\")"
    ),
    "perhaps": f"if context.get_x_argument():\n    {CREATE}",
    "a table of another schema": 'op.bulk_insert(sa.table("u", sa.column("name")), [{"name": "x"}])',
}  # fmt: skip


@pytest.mark.parametrize("up", BLOCKED)
def test_a_step_that_fails_until_the_repair(up: str, meet) -> None:  # type: ignore[no-untyped-def]
    finding, sqlstate = BLOCKED[up]
    found = {
        (id_, stop.sqlstate, stop.line)
        for id_, several in meet(revision("0002", up)).items()
        for one in several
        for stop in one.stops
    }
    assert found == {(finding, sqlstate, 6)}


@pytest.mark.parametrize("why", FREE)
def test_a_step_that_only_looks_so(why: str, meet) -> None:  # type: ignore[no-untyped-def]
    found = meet(revision("0002", FREE[why]))
    assert [stop for several in found.values() for one in several for stop in one.stops] == []


def test_what_earlier_revisions_do_counts(meet) -> None:  # type: ignore[no-untyped-def]
    second = revision("0003", 'op.create_foreign_key(None, "pet", "owner", ["owner_id"], ["id"])')
    (first, other) = meet(revision("0002", USING), second)["FK003:public.pet.owner_id"]
    assert (first.stops, other.stops) == ((), ())
    assert (first.before, other.before) == ("0002", "0002")


def test_lines_of_a_step_that_does_more_are_marked(meet) -> None:  # type: ignore[no-untyped-def]
    up = """
        op.alter_column(
            "pet", "owner_id", type_=sa.Integer(), nullable=False)
        op.execute(
            "ALTER TABLE pet ALTER owner_id TYPE integer, ADD COLUMN x text")
        op.execute("ALTER TABLE pet ALTER owner_id TYPE integer, "
            "ADD CONSTRAINT f FOREIGN KEY (owner_id) REFERENCES owner")
    """
    ((one,),) = meet(revision("0002", up, 'op.drop_constraint("f", "pet")')).values()
    assert [(r.first, r.last, r.whole, r.what) for r in one.repeats] == [
        (6, 7, False, "the type of public.pet.owner_id"),
        (8, 9, False, "the type of public.pet.owner_id"),
        (
            10,
            11,
            True,
            "the type of public.pet.owner_id and the foreign key of public.pet (owner_id)",
        ),
        (15, 15, True, "the foreign key of public.pet (owner_id)"),
    ]


def test_an_index_without_a_name_repeats_none(meet) -> None:  # type: ignore[no-untyped-def]
    up = """
        op.execute("CREATE UNIQUE INDEX ON pet_vet_id_before (id)")
        op.execute("CREATE INDEX ON pet_vet_id_before (id)")
        op.create_index(None, "pet_vet_id_before", ["id"])
        op.create_foreign_key(None, "pet", "owner", ["vet_id"], ["id"])
    """
    (one,) = meet(revision("0002", up))["FK003:public.pet.vet_id"]
    assert [(r.first, r.what) for r in one.repeats] == [
        (9, "the foreign key of public.pet (vet_id)")
    ]


def test_a_downgrade_alone_repeats_nothing(meet) -> None:  # type: ignore[no-untyped-def]
    down = 'op.drop_constraint("pet_owner_id_fkey", "pet")\nop.alter_column("t", "id", server_default=None)'
    assert meet(revision("0002", "pass", down)) == {}


def test_names_without_schema_are_those_of_the_search_path(meet) -> None:  # type: ignore[no-untyped-def]
    up = "op.execute(\"ALTER TABLE t ALTER id SET DEFAULT nextval('none_seq')\")"
    assert [*meet(revision("0002", up))] == ["PK001:public.t.id"]
    assert [*meet(revision("0002", up), default_schema="app")] == ["PK001:app.t.id"]
