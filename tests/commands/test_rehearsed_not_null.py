"""A column becomes NOT NULL: refuted where the database holds a NULL, and only there."""

from typing import Any

import pytest

from tests.commands.test_rehearsed_as_configured import rehearse, write
from tests.support.project import Project

ROOMS = """
CREATE TABLE room (nr serial PRIMARY KEY, label varchar(20), floor integer, "of" text);
INSERT INTO room (label, floor) SELECT 'r' || n, nullif(n, 7) FROM generate_series(1, 9) n;
UPDATE room SET "of" = 'x'
"""
BACK = '    op.alter_column("room", "{}", nullable=True)\n'
CHECKED = """\
    op.execute('ALTER TABLE room ADD CONSTRAINT filled CHECK ("of" IS NOT NULL) NOT VALID')
    op.execute("ALTER TABLE room VALIDATE CONSTRAINT filled")
    op.alter_column("room", "of", nullable=False)
    op.drop_constraint("filled", "room")
"""


def not_null(column: str) -> str:
    return f'    op.alter_column("room", "{column}", nullable=False)\n'


def evidence(made: dict[str, Any]) -> list[str]:
    return [defect["evidence"] for one in made["revisions"] for defect in one["defects"]]


@pytest.mark.project(ROOMS)
def test_a_column_without_a_null_may_become_not_null(project: Project) -> None:
    write(project, "both", not_null("label") + CHECKED, BACK.format("of") + BACK.format("label"))
    made = rehearse(project)
    assert made["proven"], made
    project.run("alembic", "upgrade", "head")
    project.run("alembic", "downgrade", "base")


@pytest.mark.project(ROOMS)
def test_a_null_of_the_database_refutes_it(project: Project) -> None:
    write(project, "floor", not_null("floor"), BACK.format("floor"))
    (found,) = evidence(rehearse(project, expected=4))
    assert 'column "floor" of relation "room" contains null values' in found
    project.run("alembic", "upgrade", "head", expected=1)


@pytest.mark.soak
@pytest.mark.project(ROOMS)
def test_a_new_column_is_null_in_every_row(project: Project) -> None:
    write(
        project,
        "added",
        '    op.add_column("room", sa.Column("new", sa.Text))\n',
        '    op.drop_column("room", "new")\n',
    )
    write(project, "full", not_null("new"), BACK.format("new"), after="added")
    (found,) = evidence(rehearse(project, expected=4))
    assert 'column "new" of relation "room" contains null values' in found


@pytest.mark.soak
@pytest.mark.project(ROOMS)
def test_a_null_that_a_revision_inserts_refutes_the_next(project: Project) -> None:
    write(project, "more", '    op.execute("INSERT INTO room (floor) VALUES (12)")\n')
    write(project, "label", not_null("label"), BACK.format("label"), after="more")
    (found,) = evidence(rehearse(project, expected=4))
    assert 'column "label" of relation "room" contains null values' in found
