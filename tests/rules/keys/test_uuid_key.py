"""PK008: what models say of a uuid key, in each of the ways in which they can."""

import uuid
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, Mapper, mapped_column
from sqlmodel import Field, SQLModel

from remediate.findings.finding import Finding, Healthy, Options, Unverified
from remediate.findings.remedy import Remedy
from remediate.revisions.script import script
from remediate.rules.keys.uuid_key import RULE
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci


class Base(DeclarativeBase):
    pass


class DataBase(MappedAsDataclass, DeclarativeBase):
    pass


class Bare(Base):
    __tablename__ = "bare"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class Python(Base):
    __tablename__ = "python"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)


class Served(Base):
    __tablename__ = "served"
    id: Mapped[uuid.UUID] = mapped_column(
        primary_key=True, server_default=sa.text("gen_random_uuid()")
    )


class Child(Base):
    __tablename__ = "child"
    id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("python.id"), primary_key=True)


class Constructed(Base):
    """The attribute has another name than its column."""

    __tablename__ = "constructed"
    number: Mapped[uuid.UUID] = mapped_column("id", primary_key=True)

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.number = uuid.uuid4()


class Merged(Base):
    __tablename__ = "merged"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"id": uuid.uuid4(), **given})


class Named(Base):
    """Its constructor is about something else."""

    __tablename__ = "named"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]

    def __init__(self, name: str) -> None:
        self.name = name


class Mixin:
    def __init__(self, **given: Any) -> None:
        given.setdefault("id", uuid.uuid4())
        super().__init__(**given)


class Mixed(Mixin, Base):
    __tablename__ = "mixed"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class Heard(Base):
    __tablename__ = "heard"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class HeardFirst(Base):
    __tablename__ = "heard_first"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


@event.listens_for(Heard, "before_insert")
def _fill(mapper: Mapper[Any], connection: sa.Connection, target: Heard) -> None:
    target.id = target.id or uuid.uuid4()


@event.listens_for(HeardFirst, "init")
def _fill_first(target: HeardFirst, args: Any, kwargs: Any) -> None:
    target.id = uuid.uuid4()


class History(Base):
    __tablename__ = "python_history"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class Version(Base):
    __tablename__ = "python_version"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class Factory(DataBase):
    __tablename__ = "factory"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid.uuid4)


class Plain(DataBase):
    __tablename__ = "plain"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class Pydantic(SQLModel, table=True):
    __tablename__ = "pydantic"
    id: uuid.UUID = Field(
        default_factory=uuid.uuid4, sa_column=sa.Column("id", sa.Uuid, primary_key=True)
    )


class PydanticBare(SQLModel, table=True):
    __tablename__ = "pydantic_bare"
    id: uuid.UUID = Field(primary_key=True)


CORE = sa.MetaData()
sa.Table("core", CORE, sa.Column("id", sa.Uuid, primary_key=True))

BARE = "has no default in the database or in its model: every INSERT fails unless other code supplies the id"
FOUND = {
    "served": "error proven has no default, but the model expects the database to supply the id: every INSERT without "
    "an id fails",
    **dict.fromkeys(
        ["bare", "plain", "named", "pydantic_bare", "core", "constructed", "merged", "mixed", "heard",
         "heard_first", "python_history", "python_version"],
        f"info possible {BARE}",
    ),
}  # fmt: skip
HEALTHY = {
    "python": "the models supply it (a Python-side default)",
    "factory": "the models supply it (a default_factory)",
    "pydantic": "the models supply it (a default_factory)",
}
UNKNOWN = "this uuid key has no default, and nothing shows what generates its values"
METADATAS = (Base.metadata, DataBase.metadata, SQLModel.metadata, CORE)


@pytest.mark.parametrize("default", ["", "DEFAULT gen_random_uuid()"])
def test_what_is_said_of_each(default: str, url: sa.URL, connection: psycopg.Connection) -> None:
    for table in (*FOUND, *HEALTHY, "no_model"):
        connection.execute(f"CREATE TABLE {table} (id uuid PRIMARY KEY {default})".encode())
    connection.execute(f"CREATE TABLE child (id uuid PRIMARY KEY {default})".encode())
    verdicts = RULE.find(helpers.snapshot(url), helpers.declared(*METADATAS), Options())
    found = {v.place.table.name: v for v in verdicts if v.place.table}
    if default:
        assert found == {}
        return
    said = {
        name: f"{v.severity} {v.confidence} {v.predicate}"
        for name, v in found.items()
        if isinstance(v, Finding)
    }
    assert said == FOUND
    assert {n: v.reason for n, v in found.items() if isinstance(v, Healthy)} == HEALTHY
    unknown = {n: v.reason for n, v in found.items() if isinstance(v, Unverified)}
    assert unknown == {"no_model": UNKNOWN}


def test_the_database_fills_the_others(url: sa.URL, connection: psycopg.Connection) -> None:
    """Models that say server_default where they mean it say by its absence that code makes the id."""
    filled = "CREATE TABLE filled{} (id uuid PRIMARY KEY DEFAULT gen_random_uuid())"
    for table in sorted(set(FOUND) - {"served"}):
        connection.execute(f"CREATE TABLE {table} (id uuid PRIMARY KEY)".encode())
    for n in range(len(FOUND)):
        connection.execute(filled.format(n).encode())
    verdicts = RULE.find(helpers.snapshot(url), helpers.declared(*METADATAS), Options())
    found = [v for v in verdicts if isinstance(v, Finding)]
    assert [str(v.confidence) for v in found] == ["possible"] * (len(FOUND) - 1)


def test_a_foreign_key_needs_none(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(
        b"CREATE TABLE people (id uuid PRIMARY KEY DEFAULT gen_random_uuid()); "
        b"CREATE TABLE profile (id uuid PRIMARY KEY REFERENCES people)"
    )
    (verdict,) = RULE.find(helpers.snapshot(url), helpers.declared(), Options())
    assert isinstance(verdict, Healthy)
    assert verdict.reason == "a foreign key to public.people: its value comes from there"


def test_a_trigger_may_fill_it(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(
        b"CREATE TABLE served (id uuid PRIMARY KEY); CREATE FUNCTION f() RETURNS trigger LANGUAGE "
        b"plpgsql AS 'BEGIN NEW.id := gen_random_uuid(); RETURN NEW; END'; "
        b"CREATE TRIGGER fills BEFORE INSERT ON served FOR EACH ROW EXECUTE FUNCTION f()"
    )
    (finding,) = RULE.find(helpers.snapshot(url), helpers.declared(*METADATAS), Options())
    assert isinstance(finding, Finding)
    assert f"{finding.severity} {finding.confidence}" == "info possible"
    assert finding.predicate == (
        "has no default, but the model expects the database to supply the id; fills may supply it (not tested)"
    )


@pytest.mark.parametrize(("null", "then"), [("NOT NULL", "fails"), ("", "stores NULL")])
def test_of_a_table_that_lost_its_key(
    null: str, then: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    for table in ("served", "bare"):
        connection.execute(f"CREATE TABLE {table} (id uuid {null})".encode())
    models = helpers.declared(*METADATAS)
    live = helpers.snapshot(url, models)
    found = {
        f.place.table.name: f
        for f in RULE.find(live, models, Options())
        if isinstance(f, Finding) and f.place.table
    }
    assert {name: f.predicate for name, f in found.items()} == {
        "served": f"has no default, but the model expects the database to supply the id: every INSERT without an id "
        f"{then}",
        "bare": f"has no default in the database or in its model: every INSERT {then} unless other code supplies the "
        "id",
    }
    assert RULE.outlook(found["served"], live).taken == (not null)


PARTED = """
CREATE TABLE visit (id uuid, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE january (id uuid DEFAULT gen_random_uuid(), at date, PRIMARY KEY (id, at));
ALTER TABLE visit ATTACH PARTITION january FOR VALUES FROM ('2030-01-01') TO ('2030-02-01');
CREATE TABLE february PARTITION OF visit FOR VALUES FROM ('2030-02-01') TO ('2030-03-01');
CREATE TABLE pair (one uuid, other uuid, PRIMARY KEY (one, other));
"""
MEMBERS = sa.MetaData()
sa.Table(
    "pair",
    MEMBERS,
    sa.Column("one", sa.Uuid, primary_key=True, server_default=sa.text("gen_random_uuid()")),
    sa.Column("other", sa.Uuid, primary_key=True),
)


def test_members_of_composite_keys(url: sa.URL, connection: psycopg.Connection) -> None:
    """Partitions and models speak for them, and nothing else does."""
    connection.execute(PARTED.encode())
    before, live = helpers.dump(url), helpers.snapshot(url)
    found = RULE.find(live, helpers.declared(MEMBERS), Options())
    assert sorted(f"{v.severity} {v.message}" for v in found if isinstance(v, Finding)) == [
        "error public.pair.one has no default, but the model expects the database to supply the id: every INSERT "
        "without an id fails",
        "warning public.visit.id has no default, but its partitions have one: every INSERT without an id fails",
    ]
    (of_root,) = [v for v in found if isinstance(v, Finding) and v.severity == "warning"]
    made = RULE.remedy(of_root, live, Options())
    assert isinstance(made, Remedy)
    helpers.run(connection, script([made]).up)
    connection.execute(b"INSERT INTO visit (at) VALUES ('2030-01-02'), ('2030-02-02')")
    connection.execute(b"TRUNCATE visit")
    helpers.run(connection, script([made]).down)
    assert helpers.dump(url) == before
