"""Views and sequences under ALTER DEFAULT PRIVILEGES: their rights are what they were, every time."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.remedy import Remedy
from remediate.revisions.script import script
from remediate.snapshots.declared import Declared
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name
from tests.corpora import remedies
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

FK = ForeignKey(Name("public", "c"), ("p_id",), Name("public", "p"), ("id",))
TABLES = (
    "CREATE TABLE p (id serial PRIMARY KEY); CREATE TABLE c (id serial PRIMARY KEY, p_id text); "
    "ALTER TABLE c OWNER TO owner; GRANT CREATE ON SCHEMA public TO owner, writer; "
    "GRANT SELECT ON c TO writer; "
)
VIEW = "CREATE VIEW v AS SELECT p_id FROM c; "
TO_TABLES = "ALTER DEFAULT PRIVILEGES {} {} ON TABLES {} writer; "
RIGHTS = {
    "of another role": TO_TABLES.format("FOR ROLE owner", "GRANT SELECT", "TO") + VIEW,
    "of the creator, since": VIEW + TO_TABLES.format("", "GRANT ALL", "TO"),
    "of the creator, before": TO_TABLES.format("", "GRANT INSERT", "TO") + VIEW,
    "in the schema": VIEW + TO_TABLES.format("IN SCHEMA public", "GRANT SELECT", "TO"),
    "a view of another": TO_TABLES.format("FOR ROLE owner", "GRANT SELECT", "TO")
    + VIEW + "ALTER VIEW v OWNER TO owner; GRANT SELECT ON v TO PUBLIC; ",
    "taken from the owner": VIEW
    + "REVOKE INSERT ON v FROM postgres; ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM postgres; ",
    "a materialized view": VIEW + "CREATE MATERIALIZED VIEW m AS SELECT p_id FROM v WITH NO DATA; "
    + TO_TABLES.format("", "GRANT SELECT", "TO"),
}  # fmt: skip
FORGET = (
    "ALTER DEFAULT PRIVILEGES FOR ROLE owner REVOKE ALL ON TABLES FROM writer; "
    "ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM writer; "
    "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO postgres; "
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM writer"
)
LIST = (
    "SELECT relname, coalesce(relacl, acldefault('r', relowner))::text FROM pg_class "
    "WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace ORDER BY 1"
)


@pytest.fixture
def url(shared: sa.URL) -> sa.URL:
    remedies.wipe(shared)
    return shared


@pytest.mark.parametrize("case", RIGHTS)
def test_again_and_again(case: str, url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute((TABLES + RIGHTS[case]).encode())
    try:
        models = Declared(foreign_keys=(FK,))
        plan = helpers.plan_that_comes_back(helpers.snapshot(url, models), models)
        (made,) = (i.remedy for i in plan.items if i.finding.rule == "FK003")
        assert isinstance(made, Remedy)
        whole, start = script([made]), helpers.dump(url)
        rights = connection.execute(LIST).fetchall()
        for _ in "12":
            helpers.run(connection, whole.up)
            assert connection.execute(LIST).fetchall() == rights
            helpers.run(connection, whole.down)
            assert connection.execute(LIST).fetchall() == rights
            assert helpers.dump(url) == start
    finally:
        connection.execute(FORGET)
