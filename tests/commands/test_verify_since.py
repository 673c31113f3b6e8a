"""`plan --save` before, `verify` after: what changed beside what was meant, on the live database."""

import json

import pytest

from tests.support.project import Project

DDL = """
CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (1), (7);
CREATE TABLE "Other one" (id serial PRIMARY KEY, email text DEFAULT 'hunter2');
CREATE TABLE w (id serial PRIMARY KEY); INSERT INTO w VALUES (1);
CREATE TABLE possible (id uuid PRIMARY KEY); CREATE VIEW v AS SELECT 1;
CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
GRANT INSERT ON t TO pg_signal_backend; ALTER DEFAULT PRIVILEGES GRANT SELECT ON SEQUENCES TO pg_monitor
"""
SAVE = ("remediate", "plan", "--save", "before.json")
VERIFY = ("remediate", "verify", "before.json")
pytestmark = pytest.mark.project(DDL)


def test_from_the_saved_plan_to_what_else_happened(project: Project) -> None:
    project.run(*SAVE)
    text = (project.folder / "before.json").read_text()
    assert "hunter2" not in text
    assert "catalog" not in project.json("plan")
    review = ("remediate", "review", "before.json", "--reviewer", "Ann")
    project.run(*review, "--approve", "PK001")
    generate = ("remediate", "generate", "--approve", "PK001", "--reviewer", "Ann")
    project.run(*generate, "--no-rehearse")
    shown = project.run(*VERIFY, expected=1).stdout
    assert " has not run on this database\n" in shown
    assert "rule still finds it" not in shown
    project.run("alembic", "upgrade", "head")
    assert project.run(*VERIFY).stdout.partition("\n\n")[2] == (
        "ok      public.t.id   PK001\n"
        "        draws from public.t_id_seq; owns it; usable by pg_signal_backend; next\n"
        "        value 8, highest id 7\n\n"
        "Changed since the plan was saved: 2 objects, all of them as meant\n\n"
        "1 ok.\n\n"
        "Next:  remediate verify --probe   (one real INSERT a table, taken back)\n"
    )  # nothing of w, about which nobody has decided yet
    project.run(*review, "--skip", "SEQ001:public.w.id", "--reason", "it is dropped")
    project.psql(
        'ALTER TABLE "Other one" ALTER email SET NOT NULL; CREATE INDEX odd ON t (id); '
        "CREATE TABLE late (id integer); DROP TABLE w; DROP VIEW v; "
        "ALTER SEQUENCE t_id_seq CACHE 9; GRANT SELECT ON SEQUENCE t_id_seq TO pg_signal_backend; "
        "CREATE OR REPLACE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 2'"
    )
    shown = project.run(*VERIFY).stdout.splitlines()
    at = shown.index("Changed since the plan was saved: 1 object as meant, 8 objects beside that")
    assert shown[at + 1] == '  public."Other one": column email now not null'
    assert "  public.late: table is new: owner postgres" in shown
    assert "  public.w: table is gone: owner postgres" in shown
    told = " ".join(" ".join(shown).split())
    assert " public.t: index odd is new: method btree, columns (id), " in told
    assert (
        " public.t_id_seq: sequence has cache 9, grants pg_monitor=r/postgres "
        "pg_signal_backend=rU/postgres postgres=rwU/postgres; the repair makes it with grants to "
        "(pg_signal_backend) "
    ) in told
    assert " public.f: function () was definition " in told
    assert " public.v: view is gone: owner postgres, " in told
    since = project.json("verify", "before.json")["since"]
    assert (since["as_meant"], len(since["beside"])) == (1, 8)
    assert since["beside"][2] == {
        "relation": "public.late", "object": "table", "before": "", "after": "owner postgres",
    }  # fmt: skip
    here = project.json("verify", "before.json", "--table", "t")["since"]
    assert [one["object"] for one in here["beside"]] == ["index odd", "sequence"]
    project.psql("ALTER TABLE t ALTER id DROP DEFAULT")
    project.run(*VERIFY, expected=1)


def test_where_nothing_was_to_be_repaired(project: Project) -> None:
    """News and no failure; and an older plan, which does not say what existed."""
    project.run(*SAVE, "--table", "Other one")
    assert "Changed since the plan was saved: nothing" in project.run(*VERIFY).stdout
    project.psql('ALTER TABLE "Other one" ADD note text')
    shown = project.run(*VERIFY).stdout
    assert "0 objects as meant, 1 object beside that" in shown
    assert "No repair is named.\n" in shown
    file = project.folder / "before.json"
    older = {key: value for key, value in json.loads(file.read_text()).items() if key != "catalog"}
    file.write_text(json.dumps(older))
    assert "nothing to verify: no repair is named" in project.run(*VERIFY, expected=2).stderr


RETYPED = """
CREATE TABLE p (id bigserial PRIMARY KEY); INSERT INTO p DEFAULT VALUES;
CREATE TABLE c (id serial PRIMARY KEY, p_id varchar(9) DEFAULT '1' CHECK (p_id NOT IN ('3', '4')));
CREATE VIEW v AS SELECT id, p_id FROM c WHERE p_id <> '5'; CREATE VIEW w AS SELECT p_id FROM v;
CREATE POLICY pol ON c USING (p_id <> '9')
"""
REFERENCE = """
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table
Table("p", metadata, Column("id", BigInteger, primary_key=True))
Table("c", metadata, Column("id", Integer, primary_key=True), Column("p_id", ForeignKey("p.id")))
"""
REDEFINED = """
ALTER TABLE c DROP CONSTRAINT c_p_id_check, ADD CONSTRAINT c_p_id_check CHECK (p_id NOT IN (3, 6));
CREATE OR REPLACE VIEW v AS SELECT id, p_id FROM c WHERE p_id <> 6; ALTER TABLE c ALTER p_id SET DEFAULT 2;
DROP POLICY pol ON c; CREATE POLICY pol ON c USING (p_id <> 8);
ALTER TABLE c DROP CONSTRAINT c_p_id_fkey, ADD FOREIGN KEY (p_id) REFERENCES p ON DELETE CASCADE
"""


@pytest.mark.project(RETYPED, models=REFERENCE)
def test_what_is_rebuilt_or_made_is_as_its_repair_leaves_it(project: Project) -> None:
    project.run(*SAVE)
    by = ("--reviewer", "Ann", "--no-rehearse")
    project.run("remediate", "generate", "--approve", "FK003:public.c.p_id", *by)
    project.run("alembic", "upgrade", "head")
    assert " objects, all of them as meant\n" in project.run(*VERIFY).stdout
    project.psql(REDEFINED)
    since = project.json("verify", "before.json")["since"]
    assert [(one["relation"], one["object"]) for one in since["beside"]] == [
        ("public.c", "column p_id"), ("public.c", "constraint c_p_id_check"),
        ("public.c", "constraint c_p_id_fkey"), ("public.c", "policy pol"), ("public.v", "view"),
    ]  # fmt: skip
