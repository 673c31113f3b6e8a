"""What worked before must work after a revision, after its downgrade and after it once more."""

from pathlib import Path
from typing import Any

import pytest

from remediate.rehearsal.scratch import Server
from tests.commands.test_rehearse import HEAD, names, rehearse
from tests.support.project import scratch_url, small_project

PAIR = "CREATE TABLE t (id serial PRIMARY KEY); CREATE TABLE c (id serial PRIMARY KEY, t_id integer DEFAULT {}, r text)"
DECLARED = "ALTER TABLE c ADD CONSTRAINT c_t_id_fkey FOREIGN KEY (t_id) REFERENCES t"
UNDECLARED = "ALTER TABLE c DROP CONSTRAINT c_t_id_fkey"
AUDITED = """
CREATE TABLE audit (id serial PRIMARY KEY, what text); CREATE TABLE t (id serial PRIMARY KEY, r text);
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN INSERT INTO audit (what) VALUES (NEW.r); RETURN NEW; END $$;
CREATE TRIGGER tell AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION tell()
"""
VIEWED = """
CREATE TABLE t (id serial PRIMARY KEY, n integer); INSERT INTO t (n) VALUES (1);
CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 2 * $1; END';
CREATE VIEW v AS SELECT id, twice(n) FROM t
"""
TWICE = "CREATE OR REPLACE FUNCTION twice(integer) RETURNS integer LANGUAGE plpgsql STABLE AS"
CALLING = """
CREATE TABLE t (id serial PRIMARY KEY, n integer);
CREATE FUNCTION told({0}) RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM told({1}.id); RETURN NULL; END';
CREATE TRIGGER tell AFTER {2} ON t FOR EACH ROW EXECUTE FUNCTION tell()
"""
WIDER, NARROWER = (f"ALTER TABLE t ALTER id TYPE {name}" for name in ("bigint", "integer"))
FORBIDDING = """
CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'rows stay as they are'; END$$;
CREATE TRIGGER forbid BEFORE UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION forbid()
"""
STORED = "CREATE TABLE t (id serial PRIMARY KEY, a integer DEFAULT 1, b integer)"

# Name: the database, upgrade, downgrade, the defects.
BROKEN: dict[str, tuple[str, str, str, list[str]]] = {
    "a default without parent": (PAIR.format(1), DECLARED, UNDECLARED, ["INSERT_BREAKS"]),
    "a default without parent, of several columns": (
        "CREATE TABLE t (a integer, b integer, PRIMARY KEY (a, b)); INSERT INTO t VALUES (1, 1);"
        "CREATE TABLE c (id serial PRIMARY KEY, a integer DEFAULT 1, b integer DEFAULT 2)",
        "ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES t", "ALTER TABLE c DROP CONSTRAINT f",
        ["INSERT_BREAKS"],
    ),
    "a default without parent, without any key": (
        "CREATE TABLE t (id serial PRIMARY KEY); CREATE TABLE c (t_id integer DEFAULT 0)",
        DECLARED, UNDECLARED, ["INSERT_BREAKS"],
    ),
    "a deferred foreign key": (
        PAIR.format(1), f"{DECLARED} DEFERRABLE INITIALLY DEFERRED", UNDECLARED, ["INSERT_BREAKS"],
    ),
    "a trigger that writes to another table": (
        AUDITED, "ALTER TABLE audit ADD CHECK (length(what) > 3), ALTER what SET NOT NULL",
        "ALTER TABLE audit DROP CONSTRAINT audit_what_check, ALTER what DROP NOT NULL", ["INSERT_BREAKS"],
    ),
    "a CHECK that a default violates": (
        STORED, "ALTER TABLE t ADD CONSTRAINT high CHECK (a > 5) NOT VALID", "ALTER TABLE t DROP CONSTRAINT high",
        ["INSERT_BREAKS"],
    ),
    "a column that is computed from a default": (
        STORED, "ALTER TABLE t ADD g integer GENERATED ALWAYS AS (1 / (a - 1)) STORED", "ALTER TABLE t DROP g",
        ["INSERT_BREAKS"],
    ),
    "a function under a view": (
        VIEWED,
        f"{TWICE} 'BEGIN RETURN 1 / 0; END'", f"{TWICE} 'BEGIN RETURN 2 * $1; END'",
        ["SELECT_BREAKS"],
    ),
    "a function that a trigger of UPDATE calls": (
        CALLING.format("integer", "OLD", "UPDATE"), WIDER, NARROWER, ["UPDATE_BREAKS"],
    ),
    "a function that a trigger of DELETE calls": (
        CALLING.format("integer", "OLD", "DELETE"), WIDER, NARROWER, ["DELETE_BREAKS"],
    ),
    "a rule that an UPDATE meets": (
        "CREATE TABLE t (id serial PRIMARY KEY, n integer); CREATE TABLE log (n integer CHECK (n IS NOT NULL))",
        "CREATE RULE told AS ON UPDATE TO t DO ALSO INSERT INTO log VALUES (NEW.n)", "DROP RULE told ON t",
        ["UPDATE_BREAKS"],
    ),
}  # fmt: skip
FINE: dict[str, tuple[str, str, str]] = {
    "a default with a parent": (
        f"{PAIR.format(7)}; INSERT INTO t SELECT g FROM generate_series(1, 9) g", DECLARED, UNDECLARED,
    ),
    "a required reference": (
        "CREATE TABLE t (id serial PRIMARY KEY, name text NOT NULL CHECK (name IN ('x', 'y')));"
        "CREATE TABLE c (id serial PRIMARY KEY, t_id integer NOT NULL)", DECLARED, UNDECLARED,
    ),
    "a required reference to the table itself": (
        "CREATE TABLE t (id serial PRIMARY KEY, above integer NOT NULL)",
        "ALTER TABLE t ADD CONSTRAINT up FOREIGN KEY (above) REFERENCES t", "ALTER TABLE t DROP CONSTRAINT up",
    ),
    "a column and a table that are meant to go": (
        "CREATE TABLE t (id serial PRIMARY KEY, gone integer NOT NULL); CREATE TABLE old (id serial PRIMARY KEY)",
        "ALTER TABLE t DROP gone; DROP TABLE old",
        "ALTER TABLE t ADD gone integer NOT NULL; CREATE TABLE old (id serial PRIMARY KEY)",
    ),
    "a right that is meant to go": (
        "CREATE TABLE t (id serial PRIMARY KEY); DROP ROLE IF EXISTS reader; CREATE ROLE reader;"
        "GRANT SELECT, INSERT ON t TO reader; GRANT USAGE ON SEQUENCE t_id_seq TO reader",
        "REVOKE INSERT, SELECT ON t FROM reader", "GRANT SELECT, INSERT ON t TO reader",
    ),
    "a type that all called functions take": (CALLING.format("bigint", "NEW", "INSERT OR UPDATE"), WIDER, NARROWER),
    "a trigger that forbids changes": (
        "CREATE TABLE t (id serial PRIMARY KEY)", FORBIDDING, "DROP TRIGGER forbid ON t; DROP FUNCTION forbid()",
    ),
    "a matching CHECK": (
        STORED, "ALTER TABLE t ADD CONSTRAINT low CHECK (a < 5)", "ALTER TABLE t DROP CONSTRAINT low",
    ),
}  # fmt: skip


def judged(server: Server, folder: Path, ddl: str, up: str, down: str, expected: int) -> Any:
    with small_project(server, folder, ddl, models="") as project:
        body = f"\n\ndef upgrade():\n    op.execute({up!r})\n\n\ndef downgrade():\n    op.execute({down!r})\n"
        head = HEAD.format(id="mine", down="").replace('""', "None")
        (project.versions / "mine.py").write_text(head + body)
        (one,) = rehearse(project, scratch_url(), expected=expected)["revisions"]
        return one


@pytest.mark.few_in_ci(2)
@pytest.mark.parametrize("case", BROKEN)
def test_what_breaks_is_refuted(case: str, newest: Server, tmp_path: Path) -> None:
    ddl, up, down, defects = BROKEN[case]
    one = judged(newest, tmp_path, ddl, up, down, 4)
    assert sorted(set(names(one))) == defects, one["defects"]


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("case", FINE)
def test_what_goes_on_is_proven(case: str, newest: Server, tmp_path: Path) -> None:
    one = judged(newest, tmp_path, *FINE[case], 0)
    assert one["proven"], one["defects"]


def test_a_downgrade_after_which_an_insert_fails(newest: Server, tmp_path: Path) -> None:
    """The schema comes back, and the sequence behind it does not stand where it stood."""
    down = "SELECT setval('t_id_seq', 1, false)"
    ddl = "CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t VALUES (1); SELECT setval('t_id_seq', 1)"
    one = judged(
        newest, tmp_path, ddl, "SELECT setval('t_id_seq', 5); COMMENT ON TABLE t IS ''", down, 4
    )
    assert "INSERT_BREAKS" in names(one)
    assert "fails after the downgrade" in one["defects"][-1]["what"]
    assert one["defects"][-1]["instead"] == "the exact inverse of each step"


@pytest.mark.soak
def test_what_fires_elsewhere_is_to_take_the_rows_first(newest: Server, tmp_path: Path) -> None:
    """An upgrade has no inverse to be written otherwise."""
    one = judged(newest, tmp_path, *BROKEN["a trigger that writes to another table"][:3], 4)
    (defect,) = one["defects"]
    assert "INSERT without id into public.t fails after the upgrade" in defect["what"]
    assert defect["instead"].startswith("first make the triggers, functions and rules that fire")


def test_every_statement_is_timed(newest: Server, tmp_path: Path) -> None:
    one = judged(
        newest, tmp_path, "CREATE TABLE t (id integer)", "SELECT pg_sleep(1.1)", "SELECT 1", 0
    )
    (timing,) = one["timings"]
    assert timing["statement"] == 1
    assert timing["seconds"] > 1
