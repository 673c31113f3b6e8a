"""What fails on made-up rows alone is not refuted; what is wrong whatever rows there are, is."""

import json
from typing import Any

import pytest

from tests.commands.test_rehearsed_as_configured import rehearse, write
from tests.support import helpers
from tests.support.project import Project

SHIPS = """
CREATE TABLE port (id serial PRIMARY KEY, code text UNIQUE);
INSERT INTO port (code) SELECT 'P' || n FROM generate_series(10, 20) n;
CREATE TABLE ship (id serial PRIMARY KEY, name text, home integer, tons text NOT NULL);
INSERT INTO ship (name, tons) SELECT 'the ' || n || ' sails', 't ' || n FROM generate_series(1, 9) n;
CREATE TABLE crew (id serial PRIMARY KEY, kind text NOT NULL, note text)
"""
READ = """\
    for row in op.get_bind().execute(sa.text("SELECT id, name FROM ship")):
        op.get_bind().execute(
            sa.text("UPDATE ship SET name = :n WHERE id = :i"), {"n": %s, "i": row.id}
        )
"""
BACK = "    raise NotImplementedError\n"


def sql(*statements: str) -> str:
    return "".join(f"    op.execute({statement!r})\n" for statement in statements)


HOME = "UPDATE ship SET home = (SELECT id FROM port WHERE code = 'P12')"
PROVEN = {
    "of_another_table": sql(
        HOME, "ALTER TABLE ship ALTER home SET NOT NULL",
        "ALTER TABLE ship ADD FOREIGN KEY (home) REFERENCES port",
    ),
    "cast": sql("ALTER TABLE ship ALTER tons TYPE integer USING split_part(tons, ' ', 2)::integer"),
    "computed": sql("UPDATE ship SET home = split_part(tons, ' ', 2)::integer"),
    "unique": sql(
        "ALTER TABLE ship ADD slug text",
        "UPDATE ship SET slug = 's-' || coalesce(name, '')", "ALTER TABLE ship ADD UNIQUE (slug)",
    ),
    "in_words": sql(
        "UPDATE ship SET home = 1 WHERE name LIKE 'the %'",
        "UPDATE ship SET home = 2 WHERE name NOT LIKE 'the %'",
        "ALTER TABLE ship ALTER home SET NOT NULL",
    ),
}  # fmt: skip
NOT_JUDGED = {
    "in_python": READ % 'row.name.split("e ")[1]',
    "in_sql": sql("UPDATE ship SET home = split_part(tons, ' ', 2)::integer FROM port"),
}
REFUTED = {
    "code": (READ % "nme", "NameError"),
    "attribute": (READ % "row.nme", "AttributeError"),
    "no_row_at_all": (sql("UPDATE ship SET home = 'x'"), "22P02"),
    "missing": (sql("INSERT INTO crew (note) SELECT name FROM ship"), "23502"),
    "id_of_the_database": (sql("INSERT INTO port (id, code) VALUES (1, 'new')"), "23505"),
    "of_the_database": (
        sql("UPDATE ship SET home = (SELECT id FROM port WHERE code = 'none')",
            "ALTER TABLE ship ALTER home SET NOT NULL"),
        "23502",
    ),
    "another": (sql("UPDATE ship SET home = split_part(tons, ' ', 2)::integer", "DROP TABLE boat"), "42P01"),
}  # fmt: skip


@pytest.mark.project(SHIPS)
@pytest.mark.parametrize("id_", PROVEN)
@pytest.mark.few_in_ci(1)
def test_rows_of_the_database_that_fit_prove(project: Project, id_: str) -> None:
    write(project, id_, PROVEN[id_], BACK)
    (one,) = rehearse(project)["revisions"]
    assert one["proven"], json.dumps(one, indent=1)
    project.run("alembic", "upgrade", "head")


@pytest.mark.project(SHIPS)
@pytest.mark.parametrize("id_", NOT_JUDGED)
def test_values_that_nobody_can_ask_leave_it_unjudged(project: Project, id_: str) -> None:
    write(project, id_, NOT_JUDGED[id_], BACK)
    before = helpers.dump(project.url)
    (one,) = rehearse(project, expected=4)["revisions"]
    assert one["defects"] == []
    assert one["skipped"].startswith("not judged: statement 1, on line 7")
    assert one["skipped"].endswith("a rehearsal does not copy")
    assert helpers.dump(project.url) == before
    project.run("alembic", "upgrade", "head")


@pytest.mark.project(SHIPS)
@pytest.mark.parametrize("id_", REFUTED)
@pytest.mark.few_in_ci(1)
def test_what_is_wrong_stays_refuted(project: Project, id_: str) -> None:
    up, told = REFUTED[id_]
    write(project, id_, up, BACK)
    (one,) = rehearse(project, expected=4)["revisions"]
    evidence: list[dict[str, Any]] = one["defects"]
    assert any(told in defect["evidence"] for defect in evidence), json.dumps(one, indent=1)
    project.run("alembic", "upgrade", "head", expected=1)
