"""Histories that do not run from their first revision: as far as they go, and why no further."""

import json
from typing import Any

import pytest

from tests.commands.test_rehearsed_as_configured import defects, rehearse, write
from tests.support.project import Project

BY_CREATE_ALL = """
CREATE TABLE memo (id serial PRIMARY KEY, body text, tag text);
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('tag')
"""


def add(column: str) -> tuple[str, str]:
    return (
        f'    op.add_column("memo", sa.Column("{column}", sa.Text))\n',
        f'    op.drop_column("memo", "{column}")\n',
    )


def rehearsed(project: Project, *words: str, expected: int = 0) -> dict[str, Any]:
    result = project.run("remediate", "rehearse", *words, "-f", "json", expected=expected)
    assert "Traceback" not in result.stderr
    made: dict[str, Any] = json.loads(result.stdout)
    return made


@pytest.mark.soak
@pytest.mark.project("SELECT 1")
def test_a_predecessor_that_fails_is_named_with_its_reason(project: Project) -> None:
    write(project, "body", *add("body"))
    write(project, "tag", *add("tag"), after="body")
    shown = project.run("remediate", "rehearse", "tag", expected=4)
    words = " ".join(shown.stdout.split())
    assert (
        "tag not rehearsed tag migrations/versions/tag.py not rehearsed: it follows body, which "
        'fails: migrations/versions/body.py:7: relation "memo" does not exist' in words
    )
    assert shown.stdout.endswith("\nNext:  remediate rehearse body\n")
    assert "Traceback" not in shown.stderr + shown.stdout
    write(project, "body", '    import os\n    os.environ["NOBODY_SETS_THIS"]\n')
    (one,) = rehearsed(project, "tag", expected=4)["revisions"]
    assert one["skipped"].endswith("body.py:8: KeyError: 'NOBODY_SETS_THIS'")


@pytest.mark.soak
@pytest.mark.project(BY_CREATE_ALL)
def test_a_history_that_starts_from_create_all(project: Project) -> None:
    write(project, "body", *add("body"))
    write(project, "tag", *add("tag"), after="body")
    write(project, "next", *add("next"), after="tag")
    made = rehearsed(project, ":head")
    where = made["database"]
    assert made["start"] == f"the schema of {where} at tag, 2 revisions taken back"
    assert defects(made) == {"body": [], "tag": [], "next": []}
    assert made["limits"] == [
        "the upgrade of an empty database, where body does not run: migrations/versions/body.py:7: statement 1 "
        'of upgrade(): 42P01: relation "memo" does not exist'
    ]
    alone = rehearsed(project, "tag")
    assert alone["start"] == f"the schema of {where} at tag, 1 revision taken back"
    assert rehearse(project)["start"] == f"the schema of {where} at tag"


@pytest.mark.soak
@pytest.mark.project(BY_CREATE_ALL)
def test_what_has_run_is_not_refuted_by_a_state_that_nobody_can_make(project: Project) -> None:
    write(project, "body", *add("body"))
    write(project, "tag", add("tag")[0], "    raise NotImplementedError\n", after="body")
    made = rehearsed(project, ":head", expected=4)
    assert [one["defects"] for one in made["revisions"]] == [[], []]
    for one in made["revisions"]:
        assert one["skipped"] == (
            "not judged: on an empty database migrations/versions/body.py:7: statement 1 of upgrade(): 42P01: "
            'relation "memo" does not exist; and the schema of the live database does not lead back either: '
            "migrations/versions/tag.py:11: NotImplementedError: NotImplementedError. For a verdict, make one "
            "of the two ways run, or rehearse the last revision alone"
        )
    write(project, "tag", *add("other"), after="body")
    assert not rehearsed(project, "body", expected=4)["proven"]


ROWS = """
CREATE TABLE settings (key text PRIMARY KEY, value text); CREATE TABLE empty (key text);
CREATE TABLE roles (id serial PRIMARY KEY, name text);
CREATE TABLE grants (id serial PRIMARY KEY, role_id integer NOT NULL REFERENCES roles);
INSERT INTO settings VALUES ('tenant', 'north'); INSERT INTO roles (name) VALUES ('admin')
"""
READS = {
    "python": (
        "    where = \"SELECT value FROM settings WHERE key = 'tenant'\"\n"
        "    tenant = op.get_bind().execute(sa.text(where)).scalar_one()\n",
        "not judged: statement 1, on line 8, reads rows of settings, which the database has and a "
        "rehearsal does not copy",
    ),
    "value": (
        "    role = op.get_bind().execute(sa.text(\"SELECT id FROM roles WHERE name = 'x'\")).scalar()\n"
        "    op.execute(sa.text('INSERT INTO grants (role_id) VALUES (:r)').bindparams(r=role))\n",
        "not judged: statement 1, on line 7, reads rows of roles, which the database has and a "
        "rehearsal does not copy",
    ),
    "nested": (
        "    op.execute(\"INSERT INTO grants (role_id) VALUES ((SELECT id FROM roles WHERE name = 'admin'))\")\n",
        "not judged: statement 1, on line 7, reads rows of roles, which the database has and a "
        "rehearsal does not copy",
    ),
    "nowhere": (
        "    op.get_bind().execute(sa.text('SELECT key FROM empty')).scalar_one()\n",
        "",
    ),
}  # fmt: skip


@pytest.mark.project(ROWS)
def test_what_needs_rows_is_not_judged(project: Project) -> None:
    for id_, (up, _) in READS.items():
        write(project, id_, up)
    made = rehearsed(project, expected=4)
    assert {one["revision"]: one["skipped"] for one in made["revisions"]} == {
        id_: words for id_, (_, words) in READS.items()
    }
    assert [d.partition(":")[0] for d in defects(made)["nowhere"]] == ["UPGRADE_FAILS"]


@pytest.mark.project(BY_CREATE_ALL)
def test_what_has_run_and_leaves_something_behind_is_refuted(project: Project) -> None:
    """Its upgrade ran: that it does not run twice is no reason to ask the live schema."""
    write(project, "body", '    op.execute("CREATE TABLE memo (id serial PRIMARY KEY)")\n')
    upgrade, downgrade = add("tag")
    pinned = '    op.create_check_constraint("low", "memo", "id < 9")\n'
    write(project, "tag", upgrade + pinned, downgrade, after="body")
    made = rehearsed(project, "tag", expected=4)
    differs, again = defects(made)["tag"]
    assert differs.startswith("DOWNGRADE_DIFFERS: ")
    assert "CONSTRAINT low CHECK ((id < 9))" in differs
    assert again.startswith("UPGRADE_AGAIN_FAILS: ")
    assert made["revisions"][0]["skipped"] == ""


@pytest.mark.soak
@pytest.mark.project(BY_CREATE_ALL + "; ALTER TABLE memo ADD CONSTRAINT low CHECK (id < 9)")
def test_what_its_own_downgrade_leaves_on_the_live_schema_refutes_it(project: Project) -> None:
    """Also where the history does not run on an empty database."""
    write(project, "body", *add("body"))
    upgrade, downgrade = add("tag")
    pinned = '    op.create_check_constraint("low", "memo", "id < 9")\n'
    write(project, "tag", upgrade + pinned, downgrade, after="body")
    (again,) = defects(rehearsed(project, "tag", expected=4))["tag"]
    assert again == (
        'UPGRADE_AGAIN_FAILS: statement 2 of upgrade(): 42710: constraint "low" for relation "memo" '
        "already exists"
    )
    write(project, "tag", upgrade + pinned, "    pass\n", after="body")
    both = rehearsed(project, "tag", expected=4)["revisions"]
    assert {one["skipped"].partition(":")[0] for one in both} == {"not judged"}
