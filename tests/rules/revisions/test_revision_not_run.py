"""AL003: revisions that the database has not run, or only recorded as run."""

from dataclasses import replace

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.facts import facts_of
from remediate.findings.finding import Confidence, Finding, Options, Severity
from remediate.remedies.values import guard
from remediate.rules.revisions.revision_not_run import RULE, WaitingFacts
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
    assert sentences(url, ()) == ["3 revisions have not run yet: a, b, 0"]
    assert sentences(url, ("0",)) == ["a is recorded as run, but public.made does not exist"]


def test_what_is_left_alone(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute("CREATE TABLE made (id serial PRIMARY KEY)")
    assert sentences(url, ("0",)) == []
    assert sentences(url, None) == []  # nobody looked where it is
    assert sentences(url, ("gone",)) == []  # nobody knows: AL001 says so


def test_tables_of_each_schema_for_which_env_runs_the_revisions(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute("CREATE SCHEMA acme; CREATE TABLE acme.made (id serial PRIMARY KEY)")
    maps = tuple({"": schema} for schema in ("acme", "bolt", "cole"))
    live = helpers.snapshot(url)
    told = [
        helpers.sentences(RULE, live, Declared(history=History(REVISIONS, ("0",), maps=maps[:n])))
        for n in (1, 2, 3)
    ]
    assert told == [
        [],
        ["a is recorded as run, but bolt.made does not exist"],
        ["a is recorded as run, but bolt.made and cole.made do not exist"],
    ]


def test_a_database_that_the_models_made(url: sa.URL) -> None:
    """And that was stamped: what a later model has given up was never made there."""
    metadata = sa.MetaData()
    sa.Table("kept", metadata, sa.Column("id", sa.Integer, primary_key=True))
    models = helpers.declared(metadata)
    assert sentences(url, ("0",), models) == [
        "a is recorded as run, but public.made, which no model declares, does not exist"
    ]
    (found,) = RULE.find(
        helpers.snapshot(url), replace(models, history=History(REVISIONS, ("0",))), Options()
    )
    assert isinstance(found, Finding)
    assert (found.severity, found.confidence) == (Severity.INFO, Confidence.POSSIBLE)
    unread = replace(models, unread_modules=(UnreadModule("app.py", "its models"),))
    missed = ["a is recorded as run, but public.made does not exist"]
    assert sentences(url, ("0",), unread) == missed
    sa.Table("made", metadata, sa.Column("id", sa.Integer, primary_key=True))
    assert sentences(url, ("0",), helpers.declared(metadata)) == missed


TEXTS = "CREATE TABLE users (id serial PRIMARY KEY); INSERT INTO users DEFAULT VALUES;" + (
    "CREATE TABLE projects (id serial PRIMARY KEY, user_id varchar);"
    "INSERT INTO projects (user_id) VALUES ('1')"
)
OTHER = "INSERT INTO projects (user_id) VALUES ('7'), ('01'), ('x')"
AS_NOW = "b refuses the values of public.projects.user_id as they are now: "
REFUSED = (
    f"{AS_NOW}1 that would come back spelled differently, 1 that cannot be read as integer, "
    "1 without a row in public.users"
)


@pytest.mark.newest_in_ci
@pytest.mark.parametrize(
    ("before", "added", "seen", "rows", "refused"),
    [
        ("", "", "", OTHER, (REFUSED,)),
        ("# Findings: PK001:public.other.id", "", "", OTHER, (REFUSED,)),
        ("", "", OTHER, "", (f"{AS_NOW}1 that cannot be read as integer",)),
        ("", "", "", "INSERT INTO projects (user_id) VALUES ('1')", ()),
        ("somebody mends projects", "", "", OTHER, ()),
        ("", "op.execute('DELETE FROM projects WHERE id > 1')", "", OTHER, ()),
    ],
)
def test_values_that_nobody_decided_about(
    url: sa.URL, connection: psycopg.Connection, before: str, added: str, seen: str,
    rows: str, refused: tuple[str, ...],
) -> None:  # fmt: skip
    """Where a revision that runs before may change them, nothing is said."""
    connection.execute(f"{TEXTS};{seen}")
    (one,) = helpers.snapshot(url).candidates
    decided = Options(orphans="keep")
    connection.execute(rows)
    text = f"# Findings: FK003:public.projects.user_id\n{added}\n{guard(one, decided).up}"
    first, second = Source("a.py", 1), Source("b.py", 1)
    revisions = (Revision("a", (), first, text=before), Revision("b", ("a",), second, text=text))
    history = History(revisions, ())
    (found,) = RULE.find(helpers.snapshot(url), Declared(history=history), Options())
    assert isinstance(found, Finding)
    assert facts_of(found, WaitingFacts).refused == refused
    assert found.message == "; ".join(("2 revisions have not run yet: a, b", *refused))
    with connection.transaction(force_rollback=True):
        if refused:
            with pytest.raises(psycopg.errors.DataException, match="1 would come back"):
                connection.execute(guard(one, decided).up)
