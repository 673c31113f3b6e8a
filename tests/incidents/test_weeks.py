"""An application whose state was in memory, over a database that nobody uses: no model, no row.

Its tables are there and empty. What refers to a week by week_number needs its week_id, sessions are
text, varchar and uuid, and nobody knows in which order the tables can be filled.
"""

from collections.abc import Iterator

import psycopg
import pytest
import sqlalchemy as sa

import remediate
from remediate.analysis.audit.audit import Audit
from remediate.rehearsal.scratch import Server
from tests.support import helpers

DDL = """
CREATE TABLE weeks (
  week_id serial PRIMARY KEY, week_number integer NOT NULL UNIQUE, title text);
CREATE TABLE questions (
  question_id serial PRIMARY KEY, week_id integer NOT NULL REFERENCES weeks, prompt text);
CREATE TABLE system_prompts (
  prompt_id serial PRIMARY KEY, question_id integer NOT NULL REFERENCES questions,
  prompt_type text NOT NULL, scenario_name text);
CREATE TABLE week_content_blocks (
  block_id serial PRIMARY KEY, week_id integer NOT NULL REFERENCES weeks, content text);
CREATE TABLE conversation_states (session_id text PRIMARY KEY, conversation_data jsonb);
CREATE TABLE conversation_messages (
  message_id serial PRIMARY KEY, session_id text NOT NULL REFERENCES conversation_states,
  body text);
CREATE TABLE user_answers (
  answer_id integer PRIMARY KEY, session_id varchar(64) NOT NULL,
  question_id integer NOT NULL REFERENCES questions, answer text,
  created_at timestamptz NOT NULL);
CREATE SEQUENCE user_answers_answer_id_seq OWNED BY user_answers.answer_id;
CREATE TABLE nova_responses (
  response_id serial PRIMARY KEY, session_id uuid NOT NULL, week_number integer);
"""
REFERRING = {
    "conversation_messages": "conversation_states",
    "questions": "weeks",
    "system_prompts": "questions",
    "user_answers": "questions",
    "week_content_blocks": "weeks",
}


@pytest.fixture(scope="module")
def url(newest: Server) -> Iterator[sa.URL]:
    with newest.database() as made:
        with helpers.connected(made) as connection:
            connection.execute(DDL.encode())
        yield made


@pytest.fixture(scope="module")
def audit(url: sa.URL) -> Audit:
    return remediate.audit(config(url), remediate.AuditOptions())


def config(url: sa.URL) -> remediate.Config:
    return remediate.Config(database_url=url.render_as_string(hide_password=False))


def test_every_table_is_said_to_be_empty(audit: Audit) -> None:
    assert audit.sections.tables
    assert [one.table.name for one in audit.sections.tables.empty] == [
        "conversation_messages", "conversation_states", "nova_responses", "questions",
        "system_prompts", "user_answers", "week_content_blocks", "weeks",
    ]  # fmt: skip


def test_what_cannot_be_inserted_yet_and_in_which_order_it_can(url: sa.URL, audit: Audit) -> None:
    assert audit.sections.tables
    waiting = {one.table.name: one.target.name for one in audit.sections.tables.waiting}
    assert waiting == REFERRING
    order = [name.name for name in audit.sections.tables.order]
    assert all(order.index(parent) < order.index(child) for child, parent in REFERRING.items())
    with helpers.connected(url) as connection:
        for child in REFERRING:
            assert refusal(connection, child) == "23503"


def refusal(connection: psycopg.Connection, table: str) -> str | None:
    """The SQLSTATE of an INSERT whose reference leads to no row."""
    columns = {
        "conversation_messages": "(session_id) VALUES ('s')",
        "questions": "(week_id) VALUES (1)",
        "system_prompts": "(question_id, prompt_type) VALUES (1, 'classifier')",
        "user_answers": "(answer_id, session_id, question_id, created_at) VALUES (1, 's', 1, now())",
        "week_content_blocks": "(week_id) VALUES (4)",
    }
    with pytest.raises(psycopg.Error) as caught:
        connection.execute(f"INSERT INTO {table} {columns[table]}".encode())
    return caught.value.sqlstate


def test_sessions_have_three_types_and_weeks_none_too_many(audit: Audit) -> None:
    """A number of a week is another name than its id: no type of it contradicts anything."""
    assert audit.sections.names
    several = {
        one.name: {use.base_type for use in one.uses} for one in audit.sections.names.several
    }
    assert several == {"session_id": {"text", "character varying", "uuid"}}


def test_no_key_is_taken_to_be_called_id(url: sa.URL) -> None:
    made = remediate.plan(config(url))
    proven = [item.id for item in made.items if item.finding.confidence == "proven"]
    assert proven == ["PK001:public.user_answers.answer_id"]
