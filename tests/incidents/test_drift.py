"""The second incident: an integer user key, eleven references that fit it, nine that are varchar.

Of the nine, six models declare an integer reference and three say str, as the database does.
"""

from collections.abc import Iterator

import psycopg
import pytest

from tests.support import helpers
from tests.support.project import Project

FITTING = [
    "profiles",
    "orders",
    "invoices",
    "comments",
    "likes",
    "follows",
    "badges",
    "goals",
    "notes",
    "uploads",
    "devices",
]
DECLARED = ["sessions", "messages", "bookmarks", "reviews", "tickets", "alerts"]
SAID_STR = ["audit_trail", "exports", "visits"]
USERS = 60
DDL = (
    "CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE); "
    f"INSERT INTO users (email) SELECT 'u' || n FROM generate_series(1, {USERS}) n; "
    + "".join(
        f"CREATE TABLE {t} (id serial PRIMARY KEY, user_id integer NOT NULL REFERENCES users); "
        f"CREATE INDEX ON {t} (user_id); "
        for t in FITTING
    )
    + "".join(
        f"CREATE TABLE {t} (id serial PRIMARY KEY, user_id varchar(36), note text); "
        f"INSERT INTO {t} (user_id) SELECT n::text FROM generate_series(1, {USERS}) n; "
        for t in DECLARED + SAID_STR
    )
    + "CREATE INDEX sessions_user ON sessions (user_id); "
    "CREATE VIEW active AS SELECT s.user_id, u.email FROM sessions s LEFT JOIN users u ON u.id::text = s.user_id; "
    "ANALYZE"
)
MODELS = "\n".join(
    [
        "from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text",
        'Table("users", metadata, Column("id", Integer, primary_key=True), Column("email", Text, unique=True))',
        *(
            f'Table("{t}", metadata, Column("id", Integer, primary_key=True), '
            f'Column("user_id", Integer, ForeignKey("users.id"), nullable=False, index=True))'
            for t in FITTING
        ),
        *(
            f'Table("{t}", metadata, Column("id", Integer, primary_key=True), '
            'Column("user_id", Integer, ForeignKey("users.id", ondelete="CASCADE"), index=True), '
            'Column("note", Text))'
            for t in DECLARED
        ),
        *(
            f'Table("{t}", metadata, Column("id", Integer, primary_key=True), '
            'Column("user_id", String(36)), Column("note", Text))'
            for t in SAID_STR
        ),
    ]
)


pytestmark = pytest.mark.project(DDL, models=MODELS)


@pytest.fixture
def connection(project: Project) -> Iterator[psycopg.Connection]:
    with helpers.connected(project.url) as made:
        yield made


def findings(project: Project, *options: str) -> dict[str, dict[str, object]]:
    made = project.json("plan", *options)
    return {f["id"]: f for f in made["findings"]}


def test_found(project: Project) -> None:
    found = findings(project)
    mistyped = {i: f for i, f in found.items() if f["rule"] == "FK003"}
    assert {i for i, f in mistyped.items() if f["severity"] == "error"} == {
        f"FK003:public.{t}.user_id" for t in DECLARED
    }
    assert {i for i, f in mistyped.items() if f["severity"] == "info"} == {
        f"FK003:public.{t}.user_id" for t in SAID_STR
    }
    facts = mistyped["FK003:public.sessions.user_id"]["facts"]
    assert (facts["values"], facts["present_in_parent"], facts["not_convertible"]) == (60, 60, 0)
    family = found["FK008:public.users.id"]["message"]
    assert "user_id is integer in 11 tables and character varying in 9 tables" in family


@pytest.mark.soak
def test_converted_and_given_back(project: Project, connection: psycopg.Connection) -> None:
    before = helpers.dump(project.url)
    values = connection.execute(
        "SELECT string_agg(s::text, ',' ORDER BY id) FROM sessions s"
    ).fetchone()
    project.run("remediate", "generate", "--approve", "FK003", "--reviewer", "Ann")
    project.run("alembic", "upgrade", "head")
    assert "FAILED" not in project.run("remediate", "verify").stdout
    assert not [i for i in findings(project) if i.startswith("FK") and "FK003:public.audit" not in i
                and "FK003:public.exports" not in i and "FK003:public.visits" not in i and "FK008"
                    not in i]  # fmt: skip
    for table in DECLARED:
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute(f"INSERT INTO {table} (user_id) VALUES ({USERS + 1})".encode())
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute(f"INSERT INTO {table} (user_id) VALUES ('7a')".encode())
    project.run("alembic", "downgrade", "base")
    assert helpers.dump(project.url) == before
    after = connection.execute(
        "SELECT string_agg(s::text, ',' ORDER BY id) FROM sessions s"
    ).fetchone()
    assert after == values
