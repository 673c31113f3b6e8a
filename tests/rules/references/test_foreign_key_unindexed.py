"""FK006: foreign keys without an index on their columns."""

import pytest

from remediate.rules.references.foreign_key_unindexed import RULE
from tests.support import helpers
from tests.support.project import Project

FOUND = """
CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (p_id integer REFERENCES p);
INSERT INTO p SELECT generate_series(1, 2000); INSERT INTO c SELECT generate_series(1, 2000);
ANALYZE;
"""
LEFT_ALONE = """
CREATE TABLE p (id integer PRIMARY KEY); INSERT INTO p SELECT generate_series(1, 2000);
CREATE TABLE small (p_id integer REFERENCES p); INSERT INTO small SELECT generate_series(1, 20);
CREATE TABLE indexed (p_id integer REFERENCES p, at date); CREATE INDEX ON indexed (p_id, at);
INSERT INTO indexed SELECT generate_series(1, 2000);
CREATE TABLE sparse ("P id" integer REFERENCES p); CREATE INDEX ON sparse ("P id") WHERE "P id" IS NOT NULL;
INSERT INTO sparse SELECT generate_series(1, 2000);
ANALYZE;
"""
PARTIAL = FOUND.replace(
    "ANALYZE",
    "CREATE INDEX ON c (p_id) WHERE p_id > 7; ALTER TABLE c ADD o integer; "
    "CREATE INDEX ON c (p_id) WHERE o IS NOT NULL; ANALYZE",
)


def test_what_is_found(said: helpers.Said) -> None:
    assert said(RULE, FOUND) == [
        "public.c.c_p_id_fkey has no index that starts with its columns: every DELETE from the referenced table reads "
        "the whole table",
    ]


def test_an_index_of_some_rows_does_not_serve(said: helpers.Said) -> None:
    assert [message.partition(" has no index ")[0] for message in said(RULE, PARTIAL)] == [
        "public.c.c_p_id_fkey"
    ]


def test_what_is_left_alone(said: helpers.Said) -> None:
    assert said(RULE, LEFT_ALONE) == []


NEW = """
CREATE SCHEMA app; CREATE TABLE app.users (id serial PRIMARY KEY);
CREATE TABLE app.interviews (id serial PRIMARY KEY, candidate_id integer REFERENCES app.users,
  "Job" integer REFERENCES app.users);
CREATE TABLE app.messages (id serial PRIMARY KEY, session_id integer REFERENCES app.interviews);
CREATE TABLE app.notes (id serial PRIMARY KEY, at date, message_id integer REFERENCES app.messages);
CREATE INDEX ON app.notes (message_id);
"""
TOGETHER = (
    "3 foreign keys of small or empty tables have no index that starts with their columns: once these tables grow, "
    "every DELETE from a referenced table reads the whole referencing table"
)


def test_a_new_schema_is_told_once(said: helpers.Said) -> None:
    assert said(RULE, NEW) == [TOGETHER]


@pytest.mark.parametrize(
    "more",
    [
        "CREATE INDEX ON app.interviews (candidate_id)",  # two are seen at a glance
        "INSERT INTO app.interviews DEFAULT VALUES",  # most of the keys are in use
        "CREATE TABLE app.grown AS SELECT g AS id FROM generate_series(1, 2000) g; "
        "ALTER TABLE app.grown ADD PRIMARY KEY (id); ANALYZE app.grown",
    ],
    ids=["few", "rows", "grown"],
)
def test_what_is_no_new_schema(more: str, said: helpers.Said) -> None:
    assert said(RULE, f"{NEW}; {more}") == []


def test_rows_of_what_is_referenced_are_none_of_it(said: helpers.Said) -> None:
    """A lookup table is filled by the revision that makes it."""
    assert said(RULE, f"{NEW}; INSERT INTO app.users DEFAULT VALUES") == [TOGETHER]


@pytest.mark.newest_in_ci
def test_rows_that_were_taken_back_are_none(said: helpers.Said) -> None:
    """As those of `verify --probe` are; what was committed once, and is gone, makes a schema old."""
    rows = "INSERT INTO app.interviews DEFAULT VALUES; INSERT INTO app.messages DEFAULT VALUES"
    told = "SELECT pg_stat_force_next_flush()"
    assert said(RULE, f"{NEW}; COMMIT; BEGIN; {rows}; ROLLBACK; {told}") == [TOGETHER]
    gone = "TRUNCATE app.interviews CASCADE"
    assert (
        said(RULE, f"DROP SCHEMA app CASCADE; {NEW}; {rows}; COMMIT; {gone}; COMMIT; {told}") == []
    )


def test_one_row_silences_no_other_table(said: helpers.Said) -> None:
    assert said(RULE, f"{NEW}; INSERT INTO app.messages (session_id) VALUES (NULL)") == [TOGETHER]


@pytest.mark.project(f"{NEW}; CREATE TABLE plain (id serial PRIMARY KEY)", models="")
def test_each_by_itself_where_it_is_asked_for(project: Project) -> None:
    """And a revision only then: `--approve all` writes none."""
    (together,) = project.json("plan")["findings"]
    kind = (together["id"], together["severity"], together["confidence"])
    assert kind == ("FK006:database", "info", "possible")
    assert together["facts"]["foreign_keys"] == [
        ["app", "interviews", "Job"],
        ["app", "interviews", "candidate_id"],
        ["app", "messages", "session_id"],
    ]
    assert 'CREATE INDEX ON app.interviews ("Job")' in together["remedy"]["manual"]
    assert "models" not in together["remedy"]["manual"]  # there are none
    assert project.json("plan", "--table", "interviews")["findings"] == []
    assert project.json("plan", "--schema", "public")["findings"] == []
    asked = ("--select", "FK006", "--table", "interviews")
    found = project.json("plan", *asked)["findings"]
    assert {one["facts"]["columns"][0] for one in found} == {"Job", "candidate_id"}
    with helpers.connected(project.url) as connection:
        for statement in together["facts"]["statements"]:
            connection.execute(statement)
    assert project.json("plan")["findings"] == []
