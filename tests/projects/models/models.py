"""Ways to write an integer key: each has a table."""

from decimal import Decimal

from sqlalchemy import BigInteger, Integer, String, TypeDecorator
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    declarative_base,
    mapped_column,
    registry,
)
from sqlmodel import Field, SQLModel

Classic = declarative_base()


class UserId(TypeDecorator):
    """An integer that Python sees as a Decimal."""

    impl = Integer
    cache_ok = True

    def process_result_value(self, value, dialect):
        return None if value is None else Decimal(value)


class Decorated(Classic):
    __tablename__ = "decorated"

    id = mapped_column(UserId, primary_key=True)
    name = mapped_column(String(50))


class Varied(Classic):
    __tablename__ = "varied"

    id = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    name = mapped_column(String(50))


class Dataclasses(MappedAsDataclass, DeclarativeBase):
    pass


class Dataclass(Dataclasses):
    __tablename__ = "dataclass"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str | None] = mapped_column(String(50), default=None)


mapper = registry()


@mapper.mapped_as_dataclass
class Registered:
    __tablename__ = "registered"

    id: Mapped[int] = mapped_column(init=False, primary_key=True)
    name: Mapped[str | None] = mapped_column(String(50), default=None)


class Hero(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str | None = Field(default=None, max_length=50)


everything = [Classic.metadata, Dataclasses.metadata, mapper.metadata, SQLModel.metadata]
