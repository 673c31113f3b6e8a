"""Models without a table: created by a revision where they are approved by name."""

import pytest

from tests.support import helpers
from tests.support.project import ENV, Project

MODELS = """\
from sqlalchemy import CheckConstraint, Column, Enum, ForeignKey, Integer, String, Table, text
Table("user", metadata, Column("id", Integer, primary_key=True))
Table("rates", metadata, Column("id", Integer, primary_key=True), Column("region_id", ForeignKey("tax.regions.id")),
    Column("user_id", ForeignKey("user.id"), nullable=False, index=True), CheckConstraint("id % 2 < 2", name="odd"),
    Column("number", Integer, server_default=text("nextval('numbers'::regclass)")))
Table("regions", metadata, Column("id", Integer, primary_key=True), Column("mood", Enum("sad", "ok", name="mood")),
    Column("name", String(20), comment="of: it", server_default="100%"), schema="tax")
"""
DDL = """
DROP ROLE IF EXISTS create_app; CREATE ROLE create_app; CREATE SCHEMA tax;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE "user" (id serial PRIMARY KEY); GRANT INSERT ON "user" TO create_app;
GRANT USAGE ON user_id_seq TO create_app; INSERT INTO "user" DEFAULT VALUES;
ALTER DEFAULT PRIVILEGES GRANT INSERT ON TABLES TO create_app; GRANT USAGE ON SCHEMA tax TO create_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA tax GRANT USAGE ON SEQUENCES TO PUBLIC; CREATE SEQUENCE rates_id_seq;
CREATE SEQUENCE numbers;
"""
SCHEMAS = ENV.replace("target_metadata=metadata", "target_metadata=metadata, include_schemas=True")
USED = {
    "app.py": "from sqlalchemy import text\n\nRATES = text('SELECT id FROM rates')\n",
    "other.py": "NAME = 'regions'\n",
}
PROJECT = pytest.mark.project(DDL, models=MODELS, env=SCHEMAS, files=USED)


@PROJECT
def test_nothing_is_created_unasked(project: Project) -> None:
    before = project.files()
    generate = ("remediate", "generate", "--reviewer", "Ann", "--approve")
    assert project.run(*generate, "all", expected=3).stderr.split("\n\n")[0].strip() == (
        "remediate: nothing that is approved can be written\n"
        "           Left out, because it is a choice, to be made by its id: MD005:tax.regions, MD005:public.rates\n"
        "             Approve each by its id: --approve MD005:tax.regions"
    )
    refused = project.run(*generate, "MD005:public.rates", expected=3).stderr
    assert (
        "MD005:public.rates cannot be created without tax.regions, which it needs and which is missing too"
        in refused
    )
    assert project.files() == before
    shown = project.run("remediate", "plan", "--sql").stdout.strip()
    assert shown == "-- Plan: 0 to repair, 2 to decide. Nothing was changed."


@pytest.mark.project(
    "CREATE TABLE t (id serial PRIMARY KEY)",
    models="""\
from sqlalchemy import BigInteger, Column, Identity, Integer, Table, text
Table("t", metadata, Column("id", Integer, primary_key=True))
Table("ring", metadata, Column("id", Integer, Identity(cycle=True), primary_key=True))
Table("seven", metadata, Column("id", BigInteger, primary_key=True, server_default=text("7")))
Table("plain", metadata, Column("id", Integer, primary_key=True))
""",
)
def test_what_the_model_asks_for_is_a_remark(project: Project) -> None:
    project.run("remediate", "generate", "--approve", "MD005", "--reviewer", "Ann")
    (revision,) = project.generated()
    said = " ".join(revision.read_text().split('"""')[1].split())
    assert "rules run again: find none of it in 1 of 3 tables" in said
    why = "The model declares it so, and the revision creates the table as the model declares it"
    assert (
        f"* remark: SEQ006: public.ring.id is unique, but its sequence starts again at its end (CYCLE). {why}"
        in said
    )
    assert f"the second fails. {why}" in said
    review = revision.with_suffix(".md").read_text()
    assert "- [ ] remark: SEQ006" in review
    assert "- [ ] the rules find nothing of it afterwards: 1 of 3 tables; PK004" in review


@PROJECT
def test_what_has_to_change_before_a_model_is_deleted(project: Project) -> None:
    shown = project.run("remediate", "plan", "--save", "plan.json").stdout
    assert "      named at app.py:3" in shown.splitlines()
    assert "Plan: 0 to repair, 2 to decide. Nothing was changed." in shown
    assert (
        "  1 of these models is not named elsewhere in the 2 Python files of the project"
        in shown.splitlines()
    )
    choose = ("--choose", "MD005:public.rates=delete,MD005:tax.regions=delete")
    why = ("--reason", "superseded", "--reviewer", "Ann")
    assert project.run("remediate", "review", "plan.json", *choose, *why).stdout.splitlines()[
        3:8
    ] == [
        "To change before the model of tax.regions is deleted:",
        "  not named elsewhere in the 2 Python files of the project",
        "To change before the model of public.rates is deleted:",
        "  app.py:3 SQL names rates",
        "",
    ]


@PROJECT
def test_the_whole_way(project: Project) -> None:
    before = helpers.dump(project.url)
    project.run("remediate", "plan", "--save", "before.json")
    project.run("remediate", "generate", "--approve", "MD005", "--reviewer", "Ann")
    (revision,) = project.generated()
    note = revision.read_text().split('"""')[1].splitlines()
    assert note[0] == "create 2 tables"
    assert "* INSERT without id: works in 2 tables as create_app, postgres, each id above" in note
    assert "* rules run again: find none of it in the 2 tables" in note
    project.run("alembic", "upgrade", "head")
    assert "No new upgrade operations detected" in project.run("alembic", "check").stdout
    shown = " ".join(project.run("remediate", "verify", "--probe").stdout.split())
    assert (
        "ok public.rates MD005 primary key (id); INSERT works (taken back); INSERT of an " in shown
    )
    assert shown.count("INSERT of an unknown id is refused by") == 2
    shown = project.run("remediate", "verify", "before.json").stdout
    assert "Changed since the plan was saved: 5 objects, all of them as meant" in shown
    project.psql(
        "ALTER TABLE tax.regions DROP name, ALTER id TYPE bigint; "
        "ALTER TABLE rates ADD note text, DROP CONSTRAINT odd, DROP CONSTRAINT rates_user_id_fkey, "
        'ADD CONSTRAINT rates_user_id_fkey FOREIGN KEY (user_id) REFERENCES "user" ON DELETE CASCADE; '
        "DROP INDEX ix_rates_user_id; CREATE INDEX ON rates (id, user_id)"
    )
    shown = " ".join(project.run("remediate", "verify", "before.json").stdout.split())
    told = shown[shown.index("5 objects as meant, 7 objects beside that") :]
    assert "public.rates: column note is new: type text public.rates: constraint" in told
    assert "rates_user_id_fkey has delete c; the repair makes it with delete a public" in told
    assert "constraint odd does not exist; the repair creates it: check public" in told
    assert "tax.regions: column id has type bigint; the repair makes it with type integer" in told
    made = "type character varying(20), default, comment 2 ok."
    assert f"tax.regions: column name does not exist; the repair creates it: {made}" in told
    project.run("remediate", "tests", "-o", "keys.py")
    tests = (project.folder / "keys.py").read_text()
    assert "INSERT INTO public.rates" in tests
    assert "INSERT INTO tax.regions" in tests
    with helpers.connected(project.url) as connection:
        # Those of tax are granted by default, numbers is none; what has the name of rates' is not it.
        connection.execute("SET ROLE create_app; INSERT INTO tax.regions DEFAULT VALUES")
        connection.execute(
            "INSERT INTO rates (user_id) VALUES (1); RESET ROLE; DELETE FROM tax.regions"
        )
        refused = project.run("alembic", "downgrade", "base", expected=None)
        assert refused.returncode
        assert "public.rates holds rows, which the downgrade would lose" in refused.stderr
        connection.execute("DELETE FROM rates")
    project.run("alembic", "downgrade", "base")
    assert helpers.dump(project.url) == before
