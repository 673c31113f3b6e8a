"""CASCADE in a downgrade: what it reaches is told, and refutes where it is not the upgrade's own."""

import json

import pytest

from tests.commands.test_rehearsed_as_configured import rehearse, write
from tests.support.project import Project

PENS = "CREATE TABLE pen (nr int PRIMARY KEY, ink text); INSERT INTO pen VALUES (3, 'red'), (8, 'blue')"


def sql(*statements: str) -> str:
    return "".join(f"    op.execute({statement!r})\n" for statement in statements)


NUMBERED = sql(
    "CREATE SEQUENCE pen_nr_seq AS integer OWNED BY pen.nr", "SELECT setval('pen_nr_seq', 8)",
    "ALTER TABLE pen ALTER nr SET DEFAULT nextval('pen_nr_seq')",
)  # fmt: skip
OWN = {
    "default": (
        NUMBERED, sql("DROP SEQUENCE pen_nr_seq CASCADE"), "column nr of table pen depends on"
    ),
    "views": (
        sql("CREATE TABLE box (id serial PRIMARY KEY)", "CREATE VIEW boxes AS SELECT * FROM box",
            "CREATE MATERIALIZED VIEW few AS SELECT * FROM boxes"),
        sql("DROP TABLE box CASCADE;"), "view boxes depends on table box, and 1 more",
    ),
}  # fmt: skip


@pytest.mark.few_in_ci(1)
@pytest.mark.project(PENS)
@pytest.mark.parametrize("id_", OWN)
def test_what_the_upgrade_made_itself_refutes_nothing(project: Project, id_: str) -> None:
    up, down, told = OWN[id_]
    write(project, id_, up, down)
    (one,) = rehearse(project)["revisions"]
    assert one["proven"], json.dumps(one["defects"])
    (hazard,) = one["hazards"]
    assert hazard["name"] == "CASCADE_IN_DOWNGRADE"
    assert told in hazard["evidence"]
    assert hazard["instead"].startswith("first drop by its name what depends on it")
    by_name = sql("ALTER TABLE pen ALTER nr DROP DEFAULT") if id_ == "default" else sql(
        "DROP MATERIALIZED VIEW few", "DROP VIEW boxes"
    )  # fmt: skip
    write(project, id_, up, by_name + down.replace(" CASCADE", ""))
    (again,) = rehearse(project)["revisions"]
    assert again["hazards"] == []


@pytest.mark.soak
@pytest.mark.project(PENS)
def test_what_is_not_its_own_or_needs_no_cascade_refutes(project: Project) -> None:
    back = sql("ALTER TABLE pen ALTER nr DROP DEFAULT", "DROP SEQUENCE pen_nr_seq CASCADE")
    write(project, "needless", NUMBERED, back)
    up = sql("CREATE VIEW inks AS SELECT ink FROM pen", "ALTER TABLE pen ADD hue text")
    write(project, "lost", up, sql("ALTER TABLE pen DROP hue", "DROP VIEW inks"))
    other = sql("ALTER TABLE pen ADD tip text", "CREATE VIEW tips AS SELECT tip FROM pen")
    write(project, "more", other, sql("ALTER TABLE pen DROP ink CASCADE"), after="lost")
    made = {one["revision"]: one for one in rehearse(project, expected=4)["revisions"]}
    (needless,) = made["needless"]["defects"]
    assert needless["name"] == "CASCADE_IN_DOWNGRADE"
    assert needless["instead"] == 'op.execute("DROP SEQUENCE pen_nr_seq")'
    found = {d["name"]: d for d in made["more"]["defects"]}
    assert "CASCADE_IN_DOWNGRADE" in found
