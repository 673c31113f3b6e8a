"""A foreign key that PostgreSQL 18 does not enforce: nothing is promised of it but by its FK005."""

from pathlib import Path

import psycopg
import pytest

from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import small_project

APPROVE = ("remediate", "generate", "--reviewer", "Ann", "--approve")
CALLS = (
    "CREATE TABLE line (id bigserial PRIMARY KEY); INSERT INTO line SELECT FROM generate_series(1, 30); "
    "CREATE TABLE call (id serial PRIMARY KEY, line_id integer NOT NULL, CONSTRAINT {quoted} "
    "FOREIGN KEY (line_id) REFERENCES line{terms} NOT ENFORCED); CREATE INDEX ON call (line_id); "
    "INSERT INTO call (line_id) SELECT generate_series(5, 25); "
    "COMMENT ON CONSTRAINT {quoted} ON call IS 'since 2019'"
)
UNKNOWN = "INSERT INTO call (line_id) VALUES (4711)"
FORMS = {
    "plain": CALLS.format(quoted="of_line", terms=""),
    "with terms": CALLS.format(
        quoted='"of:line %"', terms=" ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"
    ),
}
WRITTEN = {"FK001": 1, "FK005": 2, "all": 3}  # revisions


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("approved", WRITTEN)
def test_what_is_repaired_is_proven_and_undone(
    approved: str, form: str, newest: Server, tmp_path: Path
) -> None:
    ddl = FORMS[form]
    with small_project(newest, tmp_path, ddl) as project, helpers.connected(project.url) as session:
        before = helpers.dump(project.url)
        project.run(*APPROVE, approved)
        project.run("alembic", "upgrade", "head")
        took = True
        try:
            with session.transaction(force_rollback=True):
                session.execute(f"{UNKNOWN}; SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.errors.ForeignKeyViolation:
            took = False
        assert took is (approved == "FK001")
        assert len(project.generated()) == WRITTEN[approved]
        shown = " ".join(project.run("remediate", "verify", "--probe").stdout.split())
        refused = "INSERT of an unknown id is refused by"
        assert (refused in shown) is (approved != "FK001")
        project.run("alembic", "downgrade", "base")
        project.psql("DROP TABLE alembic_version")
        assert helpers.dump(project.url) == before


def test_orphans_do_not_keep_it_from_the_type_of_its_key(newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path, f"{FORMS['plain']}; {UNKNOWN}") as project:
        project.run(*APPROVE, "all")
        (revision,) = project.generated()
        assert "validate" not in revision.read_text().lower()
