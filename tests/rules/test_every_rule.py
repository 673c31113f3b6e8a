"""One database with every defect, the whole way: generate, upgrade, verify, downgrade."""

from pathlib import Path
from typing import Any

from remediate.findings.finding import in_the_project
from remediate.rehearsal.scratch import Server
from remediate.rules import RULES
from tests.support import helpers
from tests.support.project import ENV, Project, small_project

DDL = """
DROP ROLE IF EXISTS every_app; CREATE ROLE every_app;
CREATE TABLE lost (id serial PRIMARY KEY); ALTER TABLE lost ALTER id DROP DEFAULT;
CREATE TABLE late (id integer PRIMARY KEY DEFAULT nextval('nowhere'::text));
CREATE TABLE called (id integer PRIMARY KEY, v text NOT NULL); INSERT INTO called VALUES (6, 'x');
CREATE TABLE lender (id serial PRIMARY KEY, v text); CREATE TABLE borrower (LIKE lender INCLUDING ALL);
CREATE TABLE fixed (id integer PRIMARY KEY DEFAULT 0); INSERT INTO fixed VALUES (0);
CREATE TABLE granted (id serial PRIMARY KEY, v text); GRANT INSERT ON granted TO every_app;
CREATE TABLE parent (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE child (PRIMARY KEY (id)) INHERITS (parent);
CREATE TABLE root (id bigserial, k integer, PRIMARY KEY (id, k)) PARTITION BY LIST (k);
CREATE TABLE leaf (id bigserial, k integer NOT NULL, PRIMARY KEY (id, k));
ALTER TABLE root ATTACH PARTITION leaf FOR VALUES IN (1);
CREATE TABLE tokens (id uuid PRIMARY KEY);
CREATE TABLE replaced (id bigint, v text); INSERT INTO replaced VALUES (0), (4);
CREATE UNIQUE INDEX loaded ON replaced (id);
CREATE TABLE behind (id serial PRIMARY KEY); INSERT INTO behind SELECT generate_series(1, 9);
CREATE TABLE spent (id serial PRIMARY KEY); SELECT setval('spent_id_seq', 2140000000);
CREATE TABLE refers (id serial PRIMARY KEY, spent_id integer REFERENCES spent);
CREATE TABLE by_hand (id integer PRIMARY KEY, v text NOT NULL);
INSERT INTO by_hand SELECT 2147480000 + n, 'x' FROM generate_series(1, 100) n;
CREATE TABLE narrow (id bigserial PRIMARY KEY); ALTER SEQUENCE narrow_id_seq AS integer;
CREATE SEQUENCE loose; CREATE TABLE unowned (id bigint PRIMARY KEY DEFAULT nextval('loose'));
CREATE TABLE cycles (id serial PRIMARY KEY); ALTER SEQUENCE cycles_id_seq CYCLE;
CREATE TABLE unlogged (id serial PRIMARY KEY); ALTER SEQUENCE unlogged_id_seq SET UNLOGGED;
CREATE TABLE wide (id bigserial PRIMARY KEY, code numeric(9) UNIQUE);
CREATE TABLE shop (id serial PRIMARY KEY, wide_id integer REFERENCES wide, code integer REFERENCES wide (code),
  late_id bigint, behind_id varchar(9), behind2 integer);
ALTER TABLE shop ADD FOREIGN KEY (late_id) REFERENCES wide NOT VALID;
CREATE TABLE visits (id bigserial PRIMARY KEY, wide_id bigint REFERENCES wide);
INSERT INTO wide SELECT FROM generate_series(1, 1000);
INSERT INTO visits (wide_id) SELECT generate_series(1, 1000);
INSERT INTO shop (behind_id) SELECT generate_series(1, 9);
CREATE TABLE pairs (a integer, b integer, PRIMARY KEY (a, b));
CREATE TABLE paired (id serial PRIMARY KEY, a integer, b integer);
ANALYZE
"""
MODELS = """
from sqlalchemy import (
    BigInteger, Column, ForeignKey, ForeignKeyConstraint, Integer, Sequence, Table, Uuid, text,
)
Table("shop", metadata, Column("id", Integer, primary_key=True), Column("behind_id", ForeignKey("behind.id")),
    Column("behind2", ForeignKey("behind.id")))
Table("behind", metadata, Column("id", Integer, primary_key=True))
Table("called", metadata, Column("id", Integer, Sequence("missing"), primary_key=True))
Table("by_hand", metadata, Column("id", Integer, primary_key=True, autoincrement=False))
Table("pairs", metadata, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True))
Table("paired", metadata, Column("id", Integer, primary_key=True), Column("a", Integer), Column("b", Integer),
    ForeignKeyConstraint(["a", "b"], ["pairs.a", "pairs.b"]))
Table("unmade", metadata, Column("id", Integer, primary_key=True))
Table("replaced", metadata, Column("id", BigInteger, primary_key=True))
Table("tokens", metadata, Column("id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")))
"""


# No query shows what is in the project's files.
OF_THE_PROJECT = {rule.code[:5] for rule in RULES if rule.query is in_the_project}


def rows(project: Project, finding: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What the query of a finding gives a role that may read, and nothing else."""
    with helpers.connected(project.url) as session, session.transaction(force_rollback=True):
        session.execute("CREATE ROLE every_reader; GRANT pg_read_all_data TO every_reader")
        session.execute("SET TRANSACTION READ ONLY; SET LOCAL ROLE every_reader")
        return session.execute(finding["query"].encode()).fetchall()


def test_the_whole_way_with_every_rule(newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path, DDL) as project:
        (tmp_path / "migrations" / "env.py").write_text(ENV.format(models=MODELS))
        before = helpers.dump(project.url)
        found = project.json("plan", "--select", ",".join(rule.code for rule in RULES))["findings"]
        silent = {one["id"] for one in found if not one["query"]}
        assert {id_[:5] for id_ in silent} <= OF_THE_PROJECT
        assert [
            one["id"] for one in found if not rows(project, one) and one["id"] not in silent
        ] == []
        # A table that models declare is created where it is approved by name.
        project.run("remediate", "generate", "--approve", "all,MD005", "--reviewer", "Ann")
        texts = "".join(p.read_text() for p in project.generated())
        # SEQ005 is a decision, FK007 nothing to repair; others are about the project's own files.
        without = {"SEQ005", "FK007", *(r.code for r in RULES if not r.provable)}
        repaired = {r.code for r in RULES if f"* {r.code}:" in texts}
        assert repaired == {r.code for r in RULES} - without
        project.run("alembic", "upgrade", "head")
        queried = [one for one in found if one["rule"] in repaired and one["id"] not in silent]
        assert {one["rule"] for one in queried} == repaired
        assert [one["id"] for one in queried if rows(project, one)] == []
        shown = project.run("remediate", "verify", "--probe").stdout
        assert "FAILED" not in shown
        # What was widened, its models still have to say.
        left = project.run("remediate", "plan", "-q", "--ignore", "MD001").stdout
        assert left.strip() == ""
        project.run("alembic", "downgrade", "base")
        assert helpers.dump(project.url) == before
