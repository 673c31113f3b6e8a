from sqlalchemy.orm import DeclarativeBase


class Model(DeclarativeBase):
    """The newer base, which Alembic knows."""


class Base(DeclarativeBase):
    """The older one, with a MetaData of its own."""
