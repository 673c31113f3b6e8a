"""What every rule is tried on."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options, Rule, Severity, in_the_project
from remediate.findings.remedy import Manual
from tests.support import helpers


@pytest.fixture
def said(url: sa.URL, connection: psycopg.Connection) -> helpers.Said:
    """The sentences of a rule about a database with this DDL, and about these models.

    The query of each finding must show it.
    """

    def sentences(rule: Rule, ddl: str, *metadatas: sa.MetaData) -> list[str]:
        connection.execute(ddl.encode())
        models = helpers.declared(*metadatas)
        live = helpers.snapshot(url, models)
        found = [v for v in rule.find(live, models, Options()) if isinstance(v, Finding)]
        for finding in found if rule.query is not in_the_project else ():
            assert _shown(connection, rule.query(finding)), (finding.id, rule.query(finding))
            assert [*Severity].index(finding.severity) >= [*Severity].index(rule.worst), finding.id
            remedy = rule.remedy(finding, live, Options())
            assert isinstance(remedy, Manual) or not rule.by_hand, finding.id
        return sorted(finding.message for finding in found)

    return sentences


# pg_read_all_data comes with PostgreSQL 14: before, the role may read what exists now.
_READS_ALL = """
DO $$ DECLARE s regnamespace; BEGIN
  IF current_setting('server_version_num')::integer >= 140000 THEN
    GRANT pg_read_all_data TO query_reader;
  ELSE
    FOR s IN SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' LOOP
      EXECUTE format('GRANT USAGE ON SCHEMA %1$s TO query_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA %1$s TO query_reader;
        GRANT SELECT ON ALL SEQUENCES IN SCHEMA %1$s TO query_reader', s);
    END LOOP;
  END IF;
END $$"""


def _shown(connection: psycopg.Connection, query: str) -> bool:
    """Whether a role that may read finds rows by it, and needs nothing else."""
    with connection.transaction(force_rollback=True):
        connection.execute("RESET ROLE; CREATE ROLE query_reader")
        connection.execute(_READS_ALL)
        connection.execute("SET TRANSACTION READ ONLY; SET LOCAL ROLE query_reader")
        return bool(connection.execute(query.encode()).fetchall())
