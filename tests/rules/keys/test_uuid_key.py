"""PK008: what models say of a uuid key, in each of the ways in which they can."""

import uuid

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

from remediate.findings.finding import Options
from remediate.rules.keys.uuid_key import RULE
from tests.support import helpers


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


class Factory(DataBase):
    __tablename__ = "factory"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default_factory=uuid.uuid4)


class Plain(DataBase):
    __tablename__ = "plain"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


TABLES = ["bare", "python", "served", "child", "factory", "plain", "no_model"]


@pytest.mark.parametrize("default", ["", "DEFAULT gen_random_uuid()"])
def test_only_what_nobody_fills_is_found(
    default: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    for table in TABLES:
        connection.execute(f"CREATE TABLE {table} (id uuid PRIMARY KEY {default})".encode())
    declared = helpers.declared(Base.metadata, DataBase.metadata)
    found = RULE.find(helpers.snapshot(url), declared, Options())
    expected = set() if default else {"bare", "served", "plain"}
    assert {f.place.table.name for f in found} == expected
    assert {f.severity.value for f in found} <= {"error"}
