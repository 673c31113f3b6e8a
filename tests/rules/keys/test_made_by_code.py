"""PK001 where Python may make an integer key that the model's Column leaves to the database."""

import itertools
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Mapper,
    Session,
    mapped_column,
)
from sqlmodel import Field, SQLModel

from remediate.findings.finding import Finding, Healthy, Options
from remediate.rules.keys.key_without_default import RULE
from tests.support import helpers

_count = itertools.count(1_650_000_000_001)


def flake() -> int:
    return next(_count)


class Base(DeclarativeBase):
    pass


class DataBase(MappedAsDataclass, DeclarativeBase):
    pass


class Invoice(DataBase):
    __tablename__ = "invoice"
    number: Mapped[int] = mapped_column(
        "no", sa.BigInteger, primary_key=True, default_factory=flake
    )


class Parcel(SQLModel, table=True):
    __tablename__ = "parcel"
    no: int = Field(
        default_factory=flake, sa_column=sa.Column("no", sa.BigInteger, primary_key=True)
    )


class Assigned(Base):
    __tablename__ = "assigned"
    number: Mapped[int] = mapped_column("no", sa.BigInteger, primary_key=True)

    def __init__(self, number: int | None = None) -> None:
        self.number = number or flake()


class Keyword(Base):
    __tablename__ = "keyword"
    no: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)

    def __init__(self, **given: Any) -> None:
        given["no"] = flake()
        super().__init__(**given)


class Refilled(Base):
    __tablename__ = "refilled"
    no: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)

    def __init__(self, no: int | None = None) -> None:
        if no is None:
            no = flake()
        super().__init__(no=no)


class ByMethod(Base):
    __tablename__ = "by_method"
    no: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)

    def __init__(self) -> None:
        self._number()

    def _number(self) -> None:
        self.no = flake()


class Listened(Base):
    __tablename__ = "listened"
    no: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)


def _fill(target: Any) -> None:
    setattr(target, "no", flake())  # noqa: B010


@event.listens_for(Listened, "before_insert")
def _before(mapper: Mapper[Any], connection: sa.Connection, target: Listened) -> None:
    _fill(target)


class ByLambda(Base):
    __tablename__ = "by_lambda"
    no: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)


event.listen(ByLambda, "before_insert", lambda m, c, t: t.__dict__.setdefault("no", flake()))


class Passed(Base):
    """Who gives no number leaves it to the database."""

    __tablename__ = "passed"
    no: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)

    def __init__(self, no: int | None = None, **given: Any) -> None:
        self.no = no
        self.no = given.get("no")
        super().__init__(no=no)


class Shown(Base):
    """Its code reads the number, and writes others."""

    __tablename__ = "shown"
    no: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    label: Mapped[str]

    def __init__(self, label: str = "") -> None:
        self.label = label or f"number {self.no}"


@event.listens_for(Shown, "before_insert")
def _label(mapper: Mapper[Any], connection: sa.Connection, target: Shown) -> None:
    target.label = f"{target.no}"


class Bare(DataBase):
    __tablename__ = "bare"
    no: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, init=False)


LEFT = "has no default, but the model expects the database to supply the id"
CONSTRUCTOR = f"possible {LEFT}; the constructor of its class may supply it (not tested)"
LISTENER = f"possible {LEFT}; a listener to events of its class may supply it (not tested)"
FAILS = f"proven {LEFT}: every INSERT without an id fails"
FACTORY = "the models supply it (a default_factory)"
SAID = {
    "invoice": FACTORY,
    "parcel": FACTORY,
    **dict.fromkeys(["assigned", "keyword", "refilled", "by_method"], CONSTRUCTOR),
    **dict.fromkeys(["listened", "by_lambda"], LISTENER),
    **dict.fromkeys(["passed", "shown", "bare"], FAILS),
}
METADATAS = (Base.metadata, DataBase.metadata, SQLModel.metadata)


def _said(url: sa.URL) -> dict[str, str]:
    verdicts = RULE.find(helpers.snapshot(url), helpers.declared(*METADATAS), Options())
    return {
        v.place.table.name: v.reason if isinstance(v, Healthy) else f"{v.confidence} {v.predicate}"
        for v in verdicts
        if v.place.table and isinstance(v, Finding | Healthy)
    }


def test_what_is_said_of_each(url: sa.URL, connection: psycopg.Connection) -> None:
    for table in SAID:
        connection.execute(f"CREATE TABLE {table} (no bigint PRIMARY KEY)".encode())
    assert _said(url) == SAID


@pytest.mark.parametrize(
    ("setter", "expected"),
    [
        (lambda s, c, i: [setattr(one, "no", flake()) for one in s.new], LISTENER),
        (lambda s, c, i: [one for one in s.new if one.no is None], FAILS),
    ],
)
def test_listeners_to_sessions(
    setter: Callable[..., None], expected: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(b"CREATE TABLE bare (no bigint PRIMARY KEY)")
    event.listen(Session, "before_flush", setter)
    try:
        assert _said(url) == {"bare": expected}
    finally:
        event.remove(Session, "before_flush", setter)
