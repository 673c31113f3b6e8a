"""The first schema of an interview service: an async env.py, JSONB, cascades, a paper with its DDL.

Its team listed what might go wrong before anything did: a password in git, no index on a reference
or on JSONB, one DELETE that takes interviews along. Its env.py runs by asyncpg, as theirs did.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.support import repository
from tests.support.project import Project, copied_project

HERE = Path(__file__).parent / "interviews"
SECRET = "h4rdToGuess-99"
URL = f"postgresql+asyncpg://postgres:{SECRET}@db.abcdefgh.supabase.co:5432/postgres"


@pytest.fixture(scope="module")
def project(newest: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """It is only read."""
    folder = tmp_path_factory.mktemp("story") / "interviews"
    with copied_project(HERE, newest, folder, driver="asyncpg") as made:
        yield made


def test_every_key_works_and_alembic_agrees(project: Project) -> None:
    shown = project.run("remediate", "status", driver="asyncpg").stdout
    assert "NOT OK" not in shown
    assert "Tables    0 of 4 tables are known to refuse INSERT now" in shown.splitlines()


def test_the_paper_and_the_database(project: Project) -> None:
    """What somebody would have to find by reading pg_indexes beside the paper."""
    made = project.run(
        "remediate", "audit", "--ddl", "docs/schema.sql", "--section", "ddl", driver="asyncpg"
    )
    assert made.stdout.splitlines()[3:-2] == [
        "DDL: compared with docs/schema.sql",
        "  5 tables and 3 indexes, 7 differences",
        "  public.interviews                                            docs/schema.sql:8",
        "    ON DELETE (candidate_id)   file: RESTRICT; database: CASCADE",
        "    index idx_interviews_candidate   btree (candidate_id) is missing",
        "  public.interview_messages                                   docs/schema.sql:20",
        "    id   file: bigint; database: integer",
        "    body   file: text; database: character varying",
        "    index idx_message_metadata_gin   gin (metadata) is missing",
        "  public.assessments   does not exist                         docs/schema.sql:28",
        "  public.interview_sessions                                   docs/schema.sql:33",
        "    index idx_session_memory_gin   gin (conversation_memory) is missing",
    ]


def test_one_candidate_takes_three_tables_along(project: Project) -> None:
    shown = project.run("remediate", "audit", "--section", "deletes", driver="asyncpg").stdout
    lines = [line.strip() for line in shown.splitlines()]
    start = lines.index("public.candidates")
    assert lines[start + 1 : start + 5] == [
        "deletes its rows in 1 table: public.interviews",
        "and so rows in 2 tables: public.interview_messages,",
        "public.interview_sessions",
        "clears the reference of rows in 1 table: public.interview_messages",
    ]


def test_indexes_are_asked_for_before_the_tables_grow(project: Project) -> None:
    """Two lines of the team's list, together and once; by an asynchronous driver."""
    made = json.loads(project.run("remediate", "plan", "-f", "json", driver="asyncpg").stdout)
    found = {one["id"]: one["facts"] for one in made["findings"]}
    assert found["FK006:database"]["foreign_keys"] == [
        ["public", "interview_messages", "interview_id"],
        ["public", "interview_messages", "session_id"],
        ["public", "interview_sessions", "interview_id"],
        ["public", "interviews", "candidate_id"],
    ]
    assert found["IX001:database"]["columns"] == [
        ["public", "interview_messages", "metadata"],
        ["public", "interview_sessions", "conversation_memory"],
    ]


def test_a_secret_that_was_taken_out_stays_in_the_history(project: Project) -> None:
    root = repository.made(project.folder)
    repository.commit(root, ".env", f"DATABASE_URL={URL}\n", "start")
    repository.run(root, "rm", "-q", "--cached", ".env")
    repository.commit(root, ".gitignore", ".env\n", "ignore it")
    found = project.run("remediate", "check", "--secrets", expected=1, driver="asyncpg")
    assert "SEC003 secret-in-git" in found.stdout
    assert SECRET not in found.stdout + found.stderr
