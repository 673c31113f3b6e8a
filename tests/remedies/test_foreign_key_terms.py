"""Foreign keys are declared as the models say: deferrable, ON UPDATE and all."""

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from remediate.findings.remedy import Hazard, Manual, Remedy
from remediate.revisions.script import script
from tests.corpora import remedies
from tests.support import helpers
from tests.support.meant import nothing_else

pytestmark = pytest.mark.turns_in_ci

TABLES = (
    "CREATE TABLE p (id integer PRIMARY KEY, b integer NOT NULL, UNIQUE (id, b)); "
    "CREATE TABLE c (id serial PRIMARY KEY, p_id {}, b integer); CREATE INDEX ON c (p_id); "
)
LATER = "INSERT INTO c (p_id, b) VALUES (7, 1); INSERT INTO p VALUES (7, 1); "
RENUMBERED = (
    "INSERT INTO p VALUES (7, 1); INSERT INTO c (p_id, b) VALUES (7, 1); UPDATE p SET id = 8; "
)
TERMS = {
    "deferred": ({"deferrable": True, "initially": "DEFERRED"}, LATER),
    "deferred, in short": ({"initially": "deferred"}, LATER),
    "deferrable": ({"deferrable": True, "initially": "IMMEDIATE"}, "SET CONSTRAINTS ALL DEFERRED; " + LATER),
    "cascading": ({"onupdate": "CASCADE", "ondelete": "CASCADE"}, RENUMBERED + "DELETE FROM p"),
    "set null": ({"onupdate": "SET NULL"}, RENUMBERED),
    "full": ({"match": "FULL"}, "INSERT INTO c (p_id) VALUES (NULL)"),
    "no action": ({"onupdate": "NO ACTION", "match": "SIMPLE"}, "INSERT INTO c (p_id) VALUES (NULL)"),
}  # fmt: skip
TOLD = {"cascading": ", ON UPDATE CASCADE, ON DELETE CASCADE", "set null": ", ON UPDATE SET NULL"}

CASES = [
    *((case, type_, ("p_id",)) for case in TERMS for type_ in ("integer", "text")),
    *((case, "integer", ("p_id", "b")) for case in TERMS if case != "full"),
]


@pytest.fixture
def url(shared: sa.URL) -> sa.URL:
    remedies.wipe(shared)
    return shared


def models(terms: dict[str, object], *columns: str) -> sa.MetaData:
    metadata = sa.MetaData()
    sa.Table(
        "p", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("b", sa.Integer)
    )
    plain = [sa.Column(name, sa.Integer) for name in ("p_id", "b")]
    targets = ["p.id" if name == "p_id" else "p.b" for name in columns]
    key = sa.ForeignKeyConstraint(list(columns), targets, **terms)
    sa.Table("c", metadata, sa.Column("id", sa.Integer, primary_key=True), *plain, key)
    return metadata


def planned(url: sa.URL, metadata: sa.MetaData) -> Remedy | Manual:
    declared = helpers.declared(metadata)
    plan = helpers.plan_that_comes_back(helpers.snapshot(url, declared), declared)
    (item,) = (i for i in plan.items if i.finding.rule in ("FK003", "FK004", "MD004"))
    assert isinstance(item.remedy, Remedy | Manual)
    return item.remedy


def differences(url: sa.URL, metadata: sa.MetaData) -> list[str]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    return [str(one) for one in found if "_fk" in str(one[0])]


@pytest.mark.parametrize(("case", "type_", "columns"), CASES)
def test_as_the_models_say(
    case: str, type_: str, columns: tuple[str, ...], url: sa.URL, connection: psycopg.Connection
) -> None:
    terms, statements = TERMS[case]
    connection.execute(TABLES.format(type_).encode())
    metadata = models(terms, *columns)
    start, made = helpers.dump(url), planned(url, metadata)
    assert isinstance(made, Remedy)
    assert "".join(made.title.partition(", ON ")[1:]) == TOLD.get(case, "")
    with nothing_else(url, [made]):
        helpers.run(connection, script([made]).up)
    helpers.finish([made], connection, back=False)
    assert differences(url, metadata) == []
    with connection.transaction():
        connection.execute(statements.encode())
    helpers.finish([made], connection, back=True)
    helpers.run(connection, script([made]).down)
    assert helpers.dump(url) == start


def test_rows_that_are_null_in_part_are_a_decision(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute((TABLES.format("integer") + "INSERT INTO c (b) VALUES (1)").encode())
    made = planned(url, models({"match": "FULL"}, "p_id", "b"))
    assert isinstance(made, Manual)
    assert made.reason.startswith(
        "its model declares MATCH FULL, which refuses rows that are partly NULL"
    )


REFUSED = {
    "DELETE FROM p": psycopg.errors.ForeignKeyViolation,
    "TRUNCATE p": psycopg.errors.FeatureNotSupported,
    "INSERT INTO c (p_id, b) VALUES (8, 1); INSERT INTO p VALUES (8, 1)": psycopg.errors.ForeignKeyViolation,
}  # fmt: skip


@pytest.mark.parametrize("type_", ["integer", "text"])
def test_what_a_new_reference_refuses_is_announced(
    type_: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    rows = "INSERT INTO p VALUES (7, 1); INSERT INTO c (p_id, b) VALUES (7, 1)"
    connection.execute((TABLES.format(type_) + rows).encode())
    made = planned(url, models({}, "p_id"))
    assert isinstance(made, Remedy)
    for statement in REFUSED:
        with connection.transaction(force_rollback=True):
            connection.execute(statement.encode())
    assert Hazard.NEW_REFERENCE in made.hazards
    helpers.run(connection, script([made]).up)
    for statement, error in REFUSED.items():
        with pytest.raises(error), connection.transaction():
            connection.execute(statement.encode())
