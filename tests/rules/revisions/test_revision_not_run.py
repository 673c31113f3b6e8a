"""AL003: revisions that the database has not run, or only says so."""

from dataclasses import replace

import psycopg
import sqlalchemy as sa

from remediate.findings.finding import Confidence, Finding, Options, Severity
from remediate.rules.revisions.revision_not_run import RULE
from remediate.snapshots.declared import Declared, UnreadModule
from remediate.snapshots.history import History, Revision
from remediate.snapshots.tables import Name, Source
from tests.support import helpers

REVISIONS = (
    Revision("0", ("b",), Source("0.py", 1)),
    Revision("a", (), Source("a.py", 1), creates=(Name("", "made"),)),
    Revision("b", ("a",), Source("b.py", 1)),
)


def sentences(
    url: sa.URL, heads: tuple[str, ...] | None, models: Declared = Declared()
) -> list[str]:
    """What is said where the database is at these revisions."""
    declared = replace(models, history=History(REVISIONS, heads))
    return helpers.sentences(RULE, helpers.snapshot(url), declared)


def test_what_is_found(url: sa.URL) -> None:
    assert sentences(url, ()) == ["3 revisions wait to be run: a, b, 0"]
    assert sentences(url, ("0",)) == ["a is recorded as run, and public.made is not there"]


def test_what_is_left_alone(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE made (id serial PRIMARY KEY)")
    assert sentences(url, ("0",)) == []
    assert sentences(url, None) == []  # nobody looked where it is


def test_a_database_that_the_models_made(url: sa.URL) -> None:
    """And that was stamped: what a later model has given up was never made there."""
    metadata = sa.MetaData()
    sa.Table("kept", metadata, sa.Column("id", sa.Integer, primary_key=True))
    models = helpers.declared(metadata)
    assert sentences(url, ("0",), models) == [
        "a is recorded as run, and public.made, which no model declares, is not there"
    ]
    (found,) = RULE.find(
        helpers.snapshot(url), replace(models, history=History(REVISIONS, ("0",))), Options()
    )
    assert isinstance(found, Finding)
    assert (found.severity, found.confidence) == (Severity.INFO, Confidence.POSSIBLE)
    unread = replace(models, unread_modules=(UnreadModule("app.py", "its models"),))
    missed = ["a is recorded as run, and public.made is not there"]
    assert sentences(url, ("0",), unread) == missed
    sa.Table("made", metadata, sa.Column("id", sa.Integer, primary_key=True))
    assert sentences(url, ("0",), helpers.declared(metadata)) == missed
