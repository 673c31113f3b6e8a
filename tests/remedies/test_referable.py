"""Foreign keys that PostgreSQL refuses, whatever the rows: said by the plan, not by the upgrade."""

from dataclasses import replace

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.remedy import Manual, Remedy
from remediate.revisions.script import script
from remediate.snapshots.declared import Declared
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name, Table
from tests.corpora import remedies
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

P, C = Name("public", "p"), Name("public", "c")
ONE = ForeignKey(C, ("p_id",), P, ("id",))
OTHER = ForeignKey(C, ("p_id",), P, ("code",))
TWO = ForeignKey(C, ("a", "b"), P, ("a", "b"))
CHILD = "CREATE TABLE c (id serial PRIMARY KEY, p_id integer, a integer, b integer); "
FK = "ALTER TABLE c ADD FOREIGN KEY ({}) REFERENCES p ({})"
REFUSALS = (
    psycopg.ProgrammingError,
    psycopg.errors.ObjectNotInPrerequisiteState,
    psycopg.errors.ForeignKeyViolation,
)
UNLOGGED = "is unlogged, and a permanent table cannot reference it"
NOT_UNIQUE = ", or it is deferrable or partial"

REFUSED = {
    "unlogged": (ONE, "CREATE UNLOGGED TABLE p (id serial PRIMARY KEY); " + CHILD, UNLOGGED),
    "unlogged, converted": (
        ONE,
        "CREATE UNLOGGED TABLE p (id serial PRIMARY KEY); " + CHILD.replace("p_id integer", "p_id text"),
        UNLOGGED,
    ),
    "unlogged pair": (
        TWO, "CREATE UNLOGGED TABLE p (a integer, b integer, PRIMARY KEY (a, b)); " + CHILD, UNLOGGED,
    ),
    "deferrable": (ONE, "CREATE TABLE p (id serial PRIMARY KEY DEFERRABLE); " + CHILD, NOT_UNIQUE),
    "not unique": (OTHER, "CREATE TABLE p (id serial PRIMARY KEY, code integer); " + CHILD, NOT_UNIQUE),
    "partly unique": (
        OTHER,
        "CREATE TABLE p (id serial PRIMARY KEY, code integer); "
        "CREATE UNIQUE INDEX ON p (code) WHERE id > 0; " + CHILD,
        NOT_UNIQUE,
    ),
    "inherited": (
        ONE,
        "CREATE TABLE p (id serial PRIMARY KEY); CREATE TABLE k (PRIMARY KEY (id)) INHERITS (p); "
        "INSERT INTO k VALUES (1); " + CHILD + "INSERT INTO c (p_id) VALUES (1); ",
        "has inheritance children, and a foreign key ignores them",
    ),
    "unique with another": (
        TWO, "CREATE TABLE p (id serial PRIMARY KEY, a integer, b integer, UNIQUE (a, b, id)); " + CHILD, NOT_UNIQUE,
    ),
}  # fmt: skip
ACCEPTED = {
    "both unlogged": (
        ONE,
        "CREATE UNLOGGED TABLE p (id serial PRIMARY KEY); " + CHILD.replace("TABLE", "UNLOGGED TABLE"),
    ),
    "to a permanent one": (
        ONE, "CREATE TABLE p (id serial PRIMARY KEY); " + CHILD.replace("TABLE", "UNLOGGED TABLE"),
    ),
    "in another order": (
        TWO, "CREATE TABLE p (id serial PRIMARY KEY, a integer, b integer, UNIQUE (b, a)); " + CHILD,
    ),
    "with more in the index": (
        TWO,
        "CREATE TABLE p (id serial PRIMARY KEY, a integer, b integer, UNIQUE (a, b) INCLUDE (id)); " + CHILD,
    ),
}  # fmt: skip

PARENT = "CREATE TABLE p (id serial PRIMARY KEY); INSERT INTO p VALUES (1), (2); " + CHILD
OWNER = "GRANT USAGE ON SCHEMA public TO owner; ALTER TABLE {} OWNER TO owner; "
LACKING = {
    "schema of the parent": (
        PARENT + "ALTER TABLE p OWNER TO owner; REVOKE USAGE ON SCHEMA public FROM PUBLIC",
        "as owner, who owns public.p and lacks USAGE on its schema", "INSERT INTO c (p_id) VALUES (1)",
    ),
    "schema of the child": (
        PARENT + "ALTER TABLE c OWNER TO owner; REVOKE USAGE ON SCHEMA public FROM PUBLIC",
        "as owner, who owns public.c and lacks USAGE on its schema", "DELETE FROM p WHERE id = 2",
    ),
    "its own parent": (
        PARENT + OWNER.format("p") + "REVOKE SELECT, UPDATE ON p FROM owner",
        "as owner, who owns public.p and lacks SELECT and UPDATE", "INSERT INTO c (p_id) VALUES (1)",
    ),
    "its own child": (
        PARENT + OWNER.format("c") + "REVOKE UPDATE ON c FROM owner",
        "as owner, who owns public.c and lacks UPDATE", "DELETE FROM p WHERE id = 2",
    ),
}  # fmt: skip


@pytest.fixture
def url(shared: sa.URL) -> sa.URL:
    remedies.wipe(shared)
    return shared


def planned(url: sa.URL, fk: ForeignKey) -> Remedy | Manual:
    tables = tuple(Table(name, (), ()) for name in (P, C))
    models = Declared(tables=tables, foreign_keys=(fk,))
    plan = helpers.plan_that_comes_back(helpers.snapshot(url, models), models)
    (item,) = (i for i in plan.items if i.finding.rule in ("FK003", "FK004", "MD004"))
    assert isinstance(item.remedy, Remedy | Manual)
    return item.remedy


@pytest.mark.parametrize("case", REFUSED)
def test_by_hand_where_postgresql_refuses(
    case: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    fk, ddl, reason = REFUSED[case]
    connection.execute(ddl.encode())
    made = planned(url, fk)
    assert isinstance(made, Manual)
    assert reason in made.reason
    connection.execute("ALTER TABLE c ALTER p_id TYPE integer USING 1")
    with pytest.raises(REFUSALS):
        connection.execute(FK.format(", ".join(fk.columns), ", ".join(fk.target_columns)).encode())


@pytest.mark.parametrize("case", ACCEPTED)
def test_declared_where_postgresql_agrees(
    case: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    fk, ddl = ACCEPTED[case]
    connection.execute(ddl.encode())
    start, made = helpers.dump(url), planned(url, fk)
    assert isinstance(made, Remedy)
    helpers.run(connection, script([made]).up)
    helpers.run(connection, script([made]).down)
    assert helpers.dump(url) == start


@pytest.mark.parametrize("case", LACKING)
def test_owners_who_could_not_check_it(
    case: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    ddl, reason, statement = LACKING[case]
    connection.execute(ddl.encode())
    made = planned(url, ONE)
    assert isinstance(made, Manual)
    assert reason in made.reason
    connection.execute(statement.encode())
    connection.execute("INSERT INTO p VALUES (2) ON CONFLICT DO NOTHING")
    connection.execute(FK.format("p_id", "id").encode())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())


def test_owners_who_can(url: sa.URL, connection: psycopg.Connection) -> None:
    owned = OWNER.format("p") + OWNER.format("c") + "REVOKE DELETE ON p, c FROM owner"
    connection.execute((PARENT + owned).encode())
    assert isinstance(planned(url, ONE), Remedy)
    assert isinstance(planned(url, replace(ONE, on_delete="CASCADE")), Manual)
