"""What every rule is tried on."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Rule
from tests.support import helpers


@pytest.fixture
def said(url: sa.URL, connection: psycopg.Connection) -> helpers.Said:
    """The sentences of a rule about a database with this DDL, and about these models."""

    def sentences(rule: Rule, ddl: str, *metadatas: sa.MetaData) -> list[str]:
        connection.execute(ddl.encode())
        models = helpers.declared(*metadatas)
        return helpers.sentences(rule, helpers.snapshot(url, models), models)

    return sentences
