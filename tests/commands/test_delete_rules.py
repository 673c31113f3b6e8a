"""`remediate tests`: what becomes of rows whose parent is deleted, and red where the rule changes."""

import pytest

from tests.commands.test_tests import ALONE, formatted, run
from tests.support import helpers
from tests.support.project import Project

DDL = """
CREATE SCHEMA "Odd % :s"; CREATE TABLE "user" (id serial PRIMARY KEY, email text NOT NULL UNIQUE);
INSERT INTO "user" (email) VALUES ('a'), ('b');
CREATE TABLE "Odd % :s".post (id serial PRIMARY KEY, author integer NOT NULL REFERENCES "user" ON DELETE CASCADE,
  editor integer REFERENCES "user" ON DELETE SET NULL, owner integer DEFAULT 2 REFERENCES "user" ON DELETE SET DEFAULT,
  up integer REFERENCES "Odd % :s".post ON DELETE RESTRICT);
CREATE TABLE team (a integer, b text, PRIMARY KEY (a, b));
CREATE TABLE member (id serial PRIMARY KEY, "Of" integer REFERENCES "user" DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE parent (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), n text NOT NULL);
CREATE TABLE child (id uuid PRIMARY KEY, one uuid, two uuid NOT NULL REFERENCES parent ON DELETE CASCADE,
  three uuid NOT NULL REFERENCES parent ON DELETE RESTRICT, FOREIGN KEY (one) REFERENCES parent ON DELETE SET NULL);
CREATE TABLE bad (id serial PRIMARY KEY, u integer NOT NULL REFERENCES "user" ON DELETE SET NULL);
CREATE TABLE keyless (u integer REFERENCES "user" ON DELETE CASCADE, team_a integer, team_b text,
  FOREIGN KEY (team_a, team_b) REFERENCES team);
CREATE TABLE checked (id serial PRIMARY KEY, u integer CHECK (u > 0) REFERENCES "user");
CREATE TABLE parts (id serial, u integer REFERENCES "user") PARTITION BY RANGE (id);
"""
pytestmark = pytest.mark.project(DDL, models="", files={"conftest.py": ALONE})
POST = '"Odd % :s".post'
CHANGED = {
    "post_author_fkey": (POST, "author", '"user"', ""),
    "post_editor_fkey": (POST, "editor", '"user"', "ON DELETE CASCADE"),
    "post_owner_fkey": (POST, "owner", '"user"', "ON DELETE SET NULL"),
    "post_up_fkey": (POST, "up", POST, "ON DELETE CASCADE"),
    "member_Of_fkey": ("member", '"Of"', '"user"', "ON DELETE SET NULL"),
}


@pytest.mark.soak
def test_every_rule_is_tried_and_red_where_it_changes(project: Project) -> None:
    made = project.run("remediate", "tests")
    assert "  0 keys, 11 references, 9 ON DELETE rules\n" in made.stdout
    said = made.stderr
    assert (
        "left out: 1 ON DELETE rule (public.keyless.keyless_u_fkey): the row cannot be found"
        in said
    )
    assert (
        "(public.bad.bad_u_fkey): the column is NOT NULL, so that the DELETE fails (23502)" in said
    )
    assert "(public.parts.parts_u_fkey): a made-up row may fit no partition" in said
    assert "(public.keyless.keyless_team_a_team_b_fkey): nothing generates the key" in said
    assert "public.checked.checked_u_fkey: a CHECK on its column may refuse an unknown id" in said
    module = project.folder / "tests" / "test_database_keys.py"
    assert formatted(module)
    with helpers.connected(project.url) as connection:
        before = connection.execute('SELECT * FROM "user"').fetchall()
        assert "21 passed" in run(project)
        assert connection.execute('SELECT * FROM "user"').fetchall() == before
        for name, (table, column, target, rule) in CHANGED.items():
            connection.execute(
                f'ALTER TABLE {table} DROP CONSTRAINT "{name}", ADD CONSTRAINT "{name}" '  # type: ignore[arg-type]
                f"FOREIGN KEY ({column}) REFERENCES {target} {rule}"
            )
    red = run(project, expected=1)
    assert "5 failed, 16 passed" in red
    assert "post_editor_fkey does something else now" in red
    assert "DID NOT RAISE" in red


def test_the_tables_that_are_named(project: Project) -> None:
    made = project.run("remediate", "tests", "--table", "member")
    assert "  0 keys, 1 reference, 1 ON DELETE rule\n" in made.stdout
