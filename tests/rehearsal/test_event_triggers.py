"""Event triggers belong to no table: a proof says which of them did not fire."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import remediate
from remediate.config import Config
from remediate.plans.proof import Gap
from remediate.rehearsal.scratch import Server
from remediate.render.proof import limit
from tests.support import helpers
from tests.support.project import Project, scratch_url, small_project

APPROVED = remediate.GenerateOptions(approve=("all",), reviewer="Ann")
TABLE = "CREATE TABLE t (id integer PRIMARY KEY, v text);"
GUARD = """
CREATE FUNCTION guard() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() WHERE object_identity LIKE 'public.t%')
    THEN RAISE EXCEPTION 't is guarded'; END IF;
END $$;
CREATE EVENT TRIGGER guard ON ddl_command_end EXECUTE FUNCTION guard();
"""
SILENT = """
CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER "on DROP" ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP SEQUENCE')
    EXECUTE FUNCTION f();
CREATE EVENT TRIGGER always ON table_rewrite EXECUTE FUNCTION f();
ALTER EVENT TRIGGER always ENABLE ALWAYS;
CREATE EVENT TRIGGER off ON ddl_command_start EXECUTE FUNCTION f();
ALTER EVENT TRIGGER off DISABLE;
CREATE EVENT TRIGGER elsewhere ON ddl_command_start EXECUTE FUNCTION f();
ALTER EVENT TRIGGER elsewhere ENABLE REPLICA;
"""
REVISION = """
from alembic import op
revision = "0a"
down_revision = None
def upgrade():
    op.execute("ALTER TABLE t ALTER v SET DEFAULT ''")
def downgrade():
    op.execute("ALTER TABLE t ALTER v DROP DEFAULT")
"""


@contextlib.contextmanager
def inside(
    server: Server, folder: Path, ddl: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Project]:
    with small_project(server, folder, ddl) as project, contextlib.chdir(project.folder):
        monkeypatch.setenv("DATABASE_URL", project.url.render_as_string(hide_password=False))
        yield project


def unfired(words: str) -> str:
    return (
        f"event trigger {words} did not fire in the rehearsal: it may refuse this revision, or change more; "
        "read its function first"
    )


def generated(project: Project) -> tuple[list[str], str]:
    """What the proof could not show, and the review."""
    (one,) = remediate.generate(Config(scratch_url=scratch_url()), APPROVED)
    assert one.proof is not None
    review = (project.folder / one.review).read_text()
    shown = (told for told in one.proof.limits if told.gap is not Gap.OTHER_VERSION)
    return [*map(limit, shown)], review


def test_one_that_refuses_the_revision_is_named(
    newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with inside(newest, tmp_path, TABLE + GUARD, monkeypatch) as project:
        limits, review = generated(project)
        assert limits == [unfired("guard (ddl_command_end)")]
        assert f"- [ ] not shown: {limits[0]}" in review
        upgraded = project.run("alembic", "upgrade", "head", expected=None)
        assert upgraded.returncode
        assert "t is guarded" in upgraded.stderr


def test_only_those_that_fire_on_ddl(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with inside(server, tmp_path, TABLE + SILENT, monkeypatch) as project:
        assert generated(project)[0] == [
            unfired("always (table_rewrite)"),
            unfired('"on DROP" (sql_drop: DROP TABLE, DROP SEQUENCE)'),
        ]


def test_one_of_an_extension_is_not_named(
    newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owned = "ALTER EXTENSION plpgsql ADD EVENT TRIGGER always;"
    with inside(newest, tmp_path, TABLE + SILENT + owned, monkeypatch) as project:
        limits, _ = generated(project)
        assert [one for one in limits if "always" in one] == []
        with helpers.connected(project.url) as connection:
            connection.execute("ALTER EXTENSION plpgsql DROP EVENT TRIGGER always")


def test_what_lays_the_whole_schema_fires_them(
    newest: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rehearsal of what people wrote: the event trigger refutes it, so nothing is left to say."""
    with inside(newest, tmp_path, TABLE + GUARD, monkeypatch) as project:
        (project.versions / "0a.py").write_text(REVISION)
        made = remediate.rehearse(Config())
        assert [*map(limit, made.limits)] == []
        assert "t is guarded" in made.revisions[0].defects[0].evidence
