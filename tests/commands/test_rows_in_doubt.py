"""Rows that a revision changes by other ways than its own statements, or sees otherwise."""

import pytest

from tests.commands.test_rehearsed_as_configured import rehearse, write
from tests.commands.test_rows_in_the_way import sql
from tests.support.project import Project

FARM = """
CREATE TYPE soil AS ENUM ('sand', 'clay', 'moor');
CREATE DOMAIN soils AS soil[];
CREATE TABLE field (id serial PRIMARY KEY, layers soils, crop text);
INSERT INTO field (layers, crop) SELECT ARRAY['moor', 'sand']::soil[], 'c' || n
  FROM generate_series(1, 30) n;
CREATE TABLE note (id serial PRIMARY KEY, body text NOT NULL, length integer);
INSERT INTO note (body) SELECT 'n' || n FROM generate_series(1, 30) n;
CREATE FUNCTION measure() RETURNS trigger LANGUAGE plpgsql AS
  $$BEGIN new.length := length(new.body); RETURN new; END$$;
CREATE TRIGGER measured BEFORE INSERT OR UPDATE ON note FOR EACH ROW EXECUTE FUNCTION measure();
CREATE TABLE region (code text PRIMARY KEY);
CREATE TABLE barn (id serial PRIMARY KEY, region text REFERENCES region ON UPDATE CASCADE,
  fee integer);
INSERT INTO region VALUES ('no'), ('so');
INSERT INTO barn (region) SELECT CASE WHEN n % 2 = 0 THEN 'no' ELSE 'so' END
  FROM generate_series(1, 30) n;
CREATE FUNCTION charge(euros integer) RETURNS TABLE (n integer) LANGUAGE plpgsql AS
  $$BEGIN UPDATE barn SET fee = euros; RETURN QUERY SELECT 1; END$$;
CREATE SCHEMA farm2;
CREATE TABLE farm2.barn (id serial PRIMARY KEY, region text);
INSERT INTO farm2.barn (region) SELECT 'r' || n FROM generate_series(1, 30) n;
"""
RIGHT = {
    "type": (
        sql(
            "ALTER DOMAIN soils RENAME TO old_soils",
            "ALTER TYPE soil RENAME TO old_soil",
            "CREATE TYPE soil AS ENUM ('sand', 'clay', 'peat')",
            "ALTER TABLE field ALTER layers TYPE soil[] "
            "USING replace(layers::text, 'moor', 'peat')::soil[]",
            "DROP DOMAIN old_soils",
            "DROP TYPE old_soil",
        ),
        "public.field fit (the new type of layers)",
    ),
    "trigger": (
        sql("UPDATE note SET body = body", "ALTER TABLE note ALTER length SET NOT NULL"),
        "public.note fit (NOT NULL (length))",
    ),
    "cascade": (
        sql("UPDATE region SET code = 'farm-' || code", "ALTER TABLE barn ADD CHECK (region > 'f')")
        + sql("ALTER TABLE barn ADD CONSTRAINT farm CHECK (region LIKE 'farm-%%')"),
        "public.barn fit (CHECK farm)",
    ),
    "function": (
        sql("SELECT n FROM charge(5)", "ALTER TABLE barn ALTER fee SET NOT NULL"),
        "public.barn fit (NOT NULL (fee))",
    ),
    "path": (
        sql(
            "SET search_path TO farm2", "ALTER TABLE barn ADD UNIQUE (region)", "RESET search_path"
        ),
        "barn fit (unique (region))",
    ),
}


@pytest.mark.project(FARM)
@pytest.mark.parametrize("id_", RIGHT)
@pytest.mark.few_in_ci(1)
def test_what_is_right_is_not_refuted_by_rows_that_are_otherwise(
    project: Project, id_: str
) -> None:
    up, what = RIGHT[id_]
    write(project, id_, up, "    raise NotImplementedError\n")
    (one,) = rehearse(project)["revisions"]
    assert any(what in told for told in one["not_shown"]), one
    project.run("alembic", "upgrade", "head")
