"""AL003: revisions that the database has not run, or only says so."""

import psycopg
import sqlalchemy as sa

from remediate.rules.revisions.revision_not_run import RULE
from remediate.snapshots.declared import Declared
from remediate.snapshots.history import History, Revision
from remediate.snapshots.tables import Name, Source
from tests.support import helpers

REVISIONS = (
    Revision("a", (), Source("a.py", 1), creates=(Name("", "made"),)),
    Revision("b", ("a",), Source("b.py", 1)),
)


def sentences(url: sa.URL, heads: tuple[str, ...] | None) -> list[str]:
    """What is said where the database is at these revisions."""
    declared = Declared(history=History(REVISIONS, heads))
    return helpers.sentences(RULE, helpers.snapshot(url), declared)


def test_what_is_found(url: sa.URL) -> None:
    assert sentences(url, ()) == ["2 revisions wait to be run: a, b"]
    assert sentences(url, ("b",)) == ["a is recorded as run, and public.made is not there"]


def test_what_is_left_alone(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE made (id serial PRIMARY KEY)")
    assert sentences(url, ("b",)) == []
    assert sentences(url, None) == []  # nobody looked where it is
