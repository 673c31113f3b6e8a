"""Relationships whose cascade does not fit the foreign key, and those that do."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from remediate.analysis.audit.deletes import deletes
from remediate.analysis.audit.orm import Clash
from remediate.catalog import structure as structures
from remediate.project import relationships
from remediate.rehearsal.scratch import Server
from tests.support import helpers

OTHERS = ("alone", "passive", "needed", "fitting", "left", "free", "viewed", "twice")


class Base(DeclarativeBase):
    """Of these models alone."""


class OrmUser(Base):
    __tablename__ = "orm_users"
    id: Mapped[int] = mapped_column(primary_key=True)
    alone: Mapped[list["Alone"]] = relationship(cascade="all, delete-orphan")
    passive = relationship("tests.analysis.audit.test_orm.Passive", passive_deletes=True)
    needed = relationship("Needed")
    fitting = relationship("Fitting", cascade="all", passive_deletes=True)
    left = relationship("Left", cascade="all")
    free = relationship("Free")
    viewed = relationship("Viewed", viewonly=True)
    by_function = relationship(lambda: Needed)


def child(name: str, **more: Any) -> type[Base]:
    key = mapped_column(sa.ForeignKey("orm_users.id"))
    own = mapped_column(sa.Integer, primary_key=True)
    body = {"__tablename__": name.lower(), "id": own, "user_id": key, "__module__": __name__}
    return type(name, (Base,), body | more)


Alone, Passive, Needed, Fitting, Left, Free, Viewed, Twice = (child(n.title()) for n in OTHERS)
DDL = """
CREATE TABLE orm_users (id serial PRIMARY KEY);
CREATE TABLE alone (id serial PRIMARY KEY, user_id integer NOT NULL REFERENCES orm_users);
CREATE TABLE passive (id serial PRIMARY KEY, user_id integer REFERENCES orm_users ON DELETE RESTRICT);
CREATE TABLE needed (id serial PRIMARY KEY, user_id integer NOT NULL REFERENCES orm_users ON DELETE CASCADE);
CREATE TABLE fitting (id serial PRIMARY KEY, user_id integer NOT NULL REFERENCES orm_users ON DELETE CASCADE);
CREATE TABLE left_ (id serial PRIMARY KEY); ALTER TABLE left_ RENAME TO "left";
ALTER TABLE "left" ADD user_id integer REFERENCES orm_users ON DELETE CASCADE;
CREATE TABLE free (id serial PRIMARY KEY, user_id integer REFERENCES orm_users);
CREATE TABLE viewed (id serial PRIMARY KEY, user_id integer NOT NULL REFERENCES orm_users);
"""


def test_what_does_not_go_together(newest: Server) -> None:
    declared = helpers.declared(Base.metadata)
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(DDL.encode())
        live = helpers.snapshot(url, declared)
        with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
            structure = structures.read(connection, live)
    known = relationships.read("public")
    found = deletes(live, declared, structure, lambda _: True, known, rows=False).orm
    assert {(one.attribute, one.on_delete): one.clash for one in found} == {
        ("OrmUser.alone", "NO ACTION"): Clash.ORM_ALONE,
        ("OrmUser.passive", "RESTRICT"): Clash.PASSIVE,
        ("OrmUser.needed", "CASCADE"): Clash.NULLS,
    }
    assert not OrmUser.__mapper__.configured
    assert {str(one.model).partition(":")[0].rpartition("/")[2] for one in found} == {"test_orm.py"}
