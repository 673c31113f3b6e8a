"""A column that gets another type takes values of that type afterwards."""

import pytest

from tests.commands.test_rehearsed_as_configured import rehearse, write
from tests.commands.test_rows_in_the_way import sql
from tests.support.project import Project

PARCEL = """
CREATE TABLE parcel (id serial PRIMARY KEY, sent text NOT NULL, tag text NOT NULL,
  paid varchar(5) NOT NULL, stops text NOT NULL);
INSERT INTO parcel (sent, tag, paid, stops)
  SELECT '2025-03-' || n, gen_random_uuid()::text, 'yes', '{1,2}' FROM generate_series(10, 28) n
"""
CONVERTED = [("sent", "date"), ("tag", "uuid"), ("paid", "boolean"), ("stops", "integer[]")]
BACK = [("sent", "text"), ("tag", "text"), ("paid", "varchar(5)"), ("stops", "text")]


def converted(columns: list[tuple[str, str]]) -> str:
    return sql(*(f"ALTER TABLE parcel ALTER {c} TYPE {t} USING {c}::{t}" for c, t in columns))


@pytest.mark.project(PARCEL)
def test_types_that_refuse_the_values_of_before(project: Project) -> None:
    write(project, "typed", converted(CONVERTED), converted(BACK))
    (one,) = rehearse(project)["revisions"]
    assert one["proven"], one["defects"]


@pytest.mark.project(PARCEL)
def test_a_column_that_takes_no_value_at_all_still_breaks_inserts(project: Project) -> None:
    up = sql("ALTER TABLE parcel ADD CHECK (tag IS NULL) NOT VALID")
    write(project, "barred", up, sql("ALTER TABLE parcel DROP CONSTRAINT parcel_tag_check"))
    (one,) = rehearse(project, expected=4)["revisions"]
    assert "INSERT_BREAKS" in [d["name"] for d in one["defects"]]
