"""A module with a model of every style is patched and imported; its metadata say the changes."""

import sys
import types
from collections.abc import Iterator
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from remediate.codemod import Change, patched
from remediate.rehearsal.scratch import Server

SOURCE = '''\
"""Models of every style."""

from __future__ import annotations

import uuid
from typing import Optional

import sqlalchemy as db
import sqlmodel
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, func, text
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    declared_attr,
    mapped_column,
)


class Base(DeclarativeBase):
    pass


class Owned:
    @declared_attr
    def owner_id(cls) -> Mapped[Optional[uuid.UUID]]:
        return mapped_column(UUID(as_uuid=True), ForeignKey("users.id"))


class Keyed:
    id = Column(UUID(as_uuid=True), primary_key=True, default=uuid.uuid4)


class User(Keyed, Base):
    __tablename__ = "users"
    name = Column(String(20))


class Order(Owned, Base):
    __tablename__ = "orders"
    id: Mapped[uuid.UUID] = mapped_column(
        primary_key=True,
        server_default=text("gen_random_uuid()"),  # by PostgreSQL
    )
    user_id: Mapped["uuid.UUID | None"] = mapped_column(UUID)
    amount: Mapped[int]
    code: Mapped[str]


class Point(MappedAsDataclass, Base):
    __tablename__ = "points"
    x: Mapped[int] = mapped_column(default=0)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid.uuid4)


class Old(Base):
    __tablename__ = "olds"
    id = db.Column(db.Integer, db.Sequence("old_seq"), primary_key=True)
    tag_id = db.Column("tagId", db.Integer)


tags = Table(
    "tags",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", UUID(as_uuid=True), server_default=func.gen_random_uuid()),
)


class Hero(sqlmodel.SQLModel, table=True):
    id: uuid.UUID = sqlmodel.Field(default_factory=uuid.uuid4, primary_key=True)
    team_id: int | None = None
    friend_id: uuid.UUID | None = sqlmodel.Field(
        default=None, sa_column=Column(UUID, ForeignKey("hero.id"))
    )
    code: str = "x"
'''
CHANGES = (
    Change("Owned", "", "owner_id", type="Integer"),
    Change("Keyed", "", "id", type="Integer"),
    Change("Order", "", "id", type="BigInteger", identity=True),
    Change("Order", "", "user_id", type="Integer", references="users.id", on_delete="CASCADE"),
    Change("Order", "", "amount", type="Numeric(12, 0)"),
    Change("Order", "", "code", type="String(36)", index=True),
    Change("Point", "", "id", type="SmallInteger", sequence="point_seq"),
    Change("Old", "", "id", type="BigInteger", sequence="", autoincrement=False),
    Change("Old", "", "tag_id", references="tags.id", index=True),
    Change("", "tags", "id", type="BigInteger"),
    Change("", "tags", "user_id", type="Integer", references="users.id"),
    Change("Hero", "", "id", type="Integer"),
    Change("Hero", "", "team_id", type="BigInteger", references="hero.id", on_delete="SET NULL"),
    Change("Hero", "", "friend_id", type="Integer"),
    Change("Hero", "", "code", type="Text"),
)
TYPES = {
    "users.id": "INTEGER",
    "users.name": "VARCHAR(20)",
    "orders.id": "BIGINT",
    "orders.user_id": "INTEGER",
    "orders.amount": "NUMERIC(12, 0)",
    "orders.code": "VARCHAR(36)",
    "orders.owner_id": "INTEGER",
    "points.x": "INTEGER",
    "points.id": "SMALLINT",
    "olds.id": "BIGINT",
    "olds.tagId": "INTEGER",
    "tags.id": "BIGINT",
    "tags.user_id": "INTEGER",
    "hero.id": "INTEGER",
    "hero.team_id": "BIGINT",
    "hero.friend_id": "INTEGER",
    "hero.code": "TEXT",
}
REFERENCES = {
    "orders.owner_id": ("users.id", None),
    "orders.user_id": ("users.id", "CASCADE"),
    "olds.tagId": ("tags.id", None),
    "tags.user_id": ("users.id", None),
    "hero.team_id": ("hero.id", "SET NULL"),
    "hero.friend_id": ("hero.id", None),
}


@pytest.fixture(scope="module")
def models() -> Iterator[types.ModuleType]:
    """The patched module, imported."""
    result = patched(SOURCE, CHANGES)
    assert result.refused == ()
    module = types.ModuleType("patched_models")
    sys.modules[module.__name__] = module
    exec(compile(result.source, "patched_models.py", "exec"), module.__dict__)
    yield module
    del sys.modules[module.__name__]


@pytest.fixture(scope="module")
def columns(models: types.ModuleType) -> dict[str, sa.Column[object]]:
    tables = (*models.Base.metadata.sorted_tables, models.Hero.__table__)
    return {f"{table.name}.{column.name}": column for table in tables for column in table.c}


def test_every_type_is_the_wanted_one(columns: dict[str, sa.Column[object]]) -> None:
    dialect = sa.create_engine("postgresql://").dialect
    assert {name: c.type.compile(dialect) for name, c in columns.items()} == TYPES


def test_every_reference_is_the_wanted_one(columns: dict[str, sa.Column[object]]) -> None:
    found = {
        name: (key.target_fullname, key.ondelete)
        for name, column in columns.items() for key in column.foreign_keys
    }  # fmt: skip
    assert found == REFERENCES


def test_what_generates_keys_is_the_wanted(columns: dict[str, sa.Column[object]]) -> None:
    assert columns["orders.id"].identity is not None
    assert columns["orders.id"].server_default is columns["orders.id"].identity
    assert columns["olds.id"].autoincrement is False
    sequence = columns["points.id"].default
    assert isinstance(sequence, sa.Sequence)
    assert sequence.name == "point_seq"
    rest = columns.keys() - {"orders.id", "points.id", "points.x", "hero.code"}
    defaults = [(columns[name].default, columns[name].server_default) for name in rest]
    assert {(d.arg if d else None, s) for d, s in defaults} == {(None, None)}


def test_indexes_are_the_wanted_ones(columns: dict[str, sa.Column[object]]) -> None:
    assert {name for name, c in columns.items() if c.index} == {"orders.code", "olds.tagId"}


def test_python_types_follow(models: types.ModuleType) -> None:
    fields = models.Hero.model_fields
    assert fields["id"].annotation is int
    assert fields["team_id"].annotation == int | None
    annotations = models.Order.__annotations__
    assert annotations["user_id"] == "Mapped['int | None']"
    assert annotations["amount"] == "Mapped[Decimal]"
    assert models.Decimal is Decimal


@pytest.fixture
def newest_url(newest: Server) -> Iterator[sa.URL]:
    with newest.database() as url:
        yield url


def test_rows_can_be_made_without_keys(models: types.ModuleType, newest_url: sa.URL) -> None:
    engine = sa.create_engine(newest_url)
    wanted = [models.User.__table__, models.Hero.__table__]
    models.Base.metadata.create_all(engine, wanted[:1])
    models.Hero.metadata.create_all(engine, wanted[1:])
    with Session(engine) as session:
        rows = [models.User(name="x"), models.Hero(), models.Hero(code="y")]
        session.add_all(rows)
        session.flush()
        assert [row.id for row in rows] == [1, 1, 2]
    engine.dispose()


def test_nothing_is_left_that_is_not_used(models: types.ModuleType) -> None:
    assert not {"UUID", "uuid", "text", "func", "ForeignKeyConstraint"} & vars(models).keys()
