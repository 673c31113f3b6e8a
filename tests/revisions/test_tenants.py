"""One revision for the schemas whose repairs differ in nothing but the name."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from remediate.errors import StopsOthers
from remediate.findings import marks
from remediate.findings.finding import Confidence, Facts, Finding, Place, Severity
from remediate.findings.remedy import Lock, Remedy, Step
from remediate.plans.plan import ApprovedItem
from remediate.postgres.sql import ident, literal, quote
from remediate.rehearsal.scratch import Server
from remediate.revisions.blocks import Block, Script
from remediate.revisions.differing import of_one_run
from remediate.revisions.tenants import Group, Part, Text, grouped
from remediate.snapshots.tables import Name
from tests.support import helpers
from tests.support.project import small_project

PLAIN = ("t", "acme", "acme2", "id", "nextval")
QUOTED = ("default", "acme-2", "a.b", "Acme", "a b", "select", 'we"ird')
ODD = ("o'brien", "$$", "50%", "%s", "a:b", ":colon", "back\\s", "two\nlines")


def part(schema: str, name: str = "t") -> Part:
    table = Name(schema, name)
    text = f"SELECT setval({literal(str(table))}) FROM {table.sql} -- default {ident('id')}"
    finding = Finding(
        "PK001", "n", Place(table, "id"), Severity.ERROR, Confidence.PROVEN, "m", Facts()
    )
    step = Step(text, f"COMMENT {quote(schema)}.t", Lock.NONE, table)
    return (ApprovedItem(finding, Remedy("title", "undo", (step,), (), ())),)


def script(part: Part, _: str) -> Script:
    steps = [step for item in part for step in item.remedy.steps]
    up, down = (tuple(s.up for s in steps), tuple(s.down for s in steps))
    return Script((Block(str(part[0].finding.place), up),), (Block("", down),))


@pytest.mark.parametrize("name", ["t", "Odd Table", "o'dd", "x:y"])
def test_every_schema_gets_to_the_letter_what_it_would_get_alone(name: str) -> None:
    (group,) = grouped([tuple(i for s in (*PLAIN, *QUOTED, *ODD) for i in part(s, name))], script)
    assert isinstance(group, Group)
    assert group.schemas == (*PLAIN, *QUOTED, *ODD)
    for schema, items in zip(group.schemas, group.parts, strict=True):
        alone = Text(script(items, schema), (items[0].finding.id,))
        assert group.text.gives(alone, schema)
        assert schema in ODD or group.text.of(schema) == alone
    source = f"TENANTS = {group.schemas!r}\n# Findings: {', '.join(group.text.ids)}"
    assert all(marks.names(source, item.finding.id) for item in group.items)
    assert marks.of_each(group.text.ids, source) == tuple(i.finding.id for i in group.items)
    assert not marks.names(source, "PK001:other.t.id")
    for items in group.parts:
        (one,) = grouped([items], script, each=True)
        assert isinstance(one, Group)
        assert one.text == group.text
    assert len(grouped([tuple(i for s in PLAIN for i in part(s))], script, one=True)) == 1


def test_a_text_that_is_still_about_its_schema_serves_no_other() -> None:
    """Of one schema alone, nothing else would show it."""

    def spaced(part: Part, schema: str) -> Script:
        return Script((Block("", (f"DROP TABLE {ident(schema)} . t",)),), ())

    for schema in ("acme", "tenant"):
        assert grouped([part(schema)], spaced, each=True) == [part(schema)]
        assert grouped([part(schema)], script, each=True) != [part(schema)]


def test_one_run_of_env_py_gets_what_suits_most_schemas_and_no_part_of_the_rest() -> None:
    """Also where the same end follows what differs."""

    def group(*schemas: str, text: str = "") -> Group:
        made = Script((Block("", (f"SELECT -- {schemas}\n  '{{tenant}}', {text}",)),), ())
        return Group(schemas, tuple(map(part, schemas)), Text(made, ()))

    ended = [group("a", "b"), group("c"), group("a", "b", "c")]
    with pytest.raises(StopsOthers) as raised:
        of_one_run(ended, ("c", "a", "b"))
    assert raised.value.ids == {"PK001:c.t.id"}
    with pytest.raises(StopsOthers) as raised:
        of_one_run([group("a", "b", "gone"), part("public")], ("a", "b"))
    assert raised.value.ids == {"PK001:gone.t.id", "PK001:public.t.id"}
    assert raised.value.message.endswith(
        "for each schema, and not for gone, public, which only psql repairs"
    )
    with pytest.raises(
        StopsOthers, match=r"first difference: in c `.*, bigint`, in a `.*, integer"
    ):
        of_one_run([group("a", "b", text="integer"), group("c", text="bigint")], ("a", "b", "c"))
    (only,) = part("d")
    fewer = (replace(only, finding=replace(only.finding, rule="PK005")),)
    with pytest.raises(StopsOthers, match=r"first difference: a needs PK001 of t.id, and d does "):
        of_one_run([group("a", "b"), fewer], ("a", "b", "d"))
    assert of_one_run([group("b", "c"), group("b")], ("a", "b", "c")) == {"b"}


SCHEMAS = ("acme", "beta", '"c.D"', "delta", '"f%o\'$:"', "zeta")
TABLES = """
CREATE SCHEMA {schema};
CREATE TABLE {schema}.users (id integer PRIMARY KEY);
CREATE TABLE {schema}.orders (id serial PRIMARY KEY, user_id varchar(9));
CREATE VIEW {schema}.v AS SELECT user_id FROM {schema}.orders;
ALTER TABLE {schema}.orders ALTER id DROP DEFAULT;
INSERT INTO {schema}.orders (id) SELECT generate_series(1, {ids});
"""
GENERATE = ("generate", "--approve", "PK001,FK003", "--reviewer", "Ada")
MODELS = """\
from sqlalchemy import Column, ForeignKey, Integer, Table
metadata.schema = "tenant"
Table("users", metadata, Column("id", Integer, primary_key=True))
user = ForeignKey("tenant.users.id")
Table("orders", metadata, Column("id", Integer, primary_key=True), Column("user_id", None, user))
"""
NOTES = "SELECT obj_description('alembic_version'::regclass)"
GIVEN = """
ALTER TABLE {0}.users OWNER TO tenants_upgrading; ALTER TABLE {0}.orders OWNER TO tenants_upgrading;
ALTER VIEW {0}.v OWNER TO tenants_upgrading; ALTER SCHEMA {0} OWNER TO tenants_upgrading;
GRANT SELECT, INSERT, UPDATE, DELETE ON alembic_version TO tenants_upgrading;
"""
DONE = "SELECT count(*) FROM pg_attrdef WHERE adrelid::regclass::text LIKE '%orders'"


def test_each_schema_is_whole_or_untouched_and_the_next_upgrade_goes_on(
    newest: Server, tmp_path: Path
) -> None:
    """Also where one is gone, where some names need quotes, and where one was whole before."""
    ddl = "".join(TABLES.format(schema=s, ids=n) for n, s in enumerate(SCHEMAS, 3))
    with (
        small_project(newest, tmp_path, ddl, models=MODELS) as project,
        helpers.connected(project.url) as live,
    ):
        project.run("alembic", "stamp", "base")
        project.run("remediate", *GENERATE)
        texts = [" ".join(path.read_text().split()) for path in project.generated()]
        counts = [text.count("the other 4 of 6 schemas") for text in texts]
        assert (len(counts), {*counts}) == (3, {1})
        live.execute(
            "CREATE SEQUENCE delta.users_id_seq AS integer OWNED BY delta.users.id;"
            "ALTER TABLE delta.users ALTER id SET DEFAULT nextval('delta.users_id_seq');"
            "ALTER TABLE delta.orders ALTER id SET DEFAULT nextval('delta.orders_id_seq');"
            "SELECT setval('delta.orders_id_seq', 6);"
            "COMMENT ON TABLE alembic_version IS 'ours'"
        )
        before = helpers.dump(project.url)
        live.execute("ALTER TABLE beta.orders ALTER id SET DEFAULT 7")
        failed = project.run("alembic", "upgrade", "head", expected=1).stderr
        assert "In schema beta, which is unchanged. The schemas before it are done" in " ".join(
            failed.split()
        )
        assert live.execute(DONE).fetchone() == (3,)
        live.execute("ALTER TABLE beta.orders ALTER id DROP DEFAULT")
        live.execute("ALTER TABLE beta.orders RENAME TO o; CREATE VIEW beta.orders AS TABLE beta.o")
        failed = project.run("alembic", "upgrade", "head", expected=1).stderr
        assert "Not a table there: beta.orders. In schema beta" in " ".join(failed.split())
        live.execute("DROP VIEW beta.orders; ALTER TABLE beta.o RENAME TO orders")
        live.execute("ALTER SCHEMA zeta RENAME TO gone")
        project.run("alembic", "upgrade", "head")
        told = live.execute(NOTES).fetchone()
        assert told
        assert [line.split(" in ")[-1] for line in told[0].splitlines()] == [
            "ours", "delta (remediate)",
        ]  # fmt: skip
        made = project.json("verify", expected=1)
        assert {one["outcome"] for one in made["repairs"]} == {"ok"}
        assert (len(made["repairs"]), made["gone"]) == (15, ["zeta"])
        live.execute(TABLES.format(schema="later", ids=3))
        made = project.json("verify", expected=1)
        assert {*made["not_named"]} >= {"PK001:later.orders.id", "PK001:gone.users.id"}
        said = project.run("remediate", "verify", expected=1).stdout
        assert "schemas: gone and later" in said
        live.execute("DROP SCHEMA later CASCADE; CREATE SCHEMA zeta")
        assert project.json("verify", expected=1)["gone"] == []
        live.execute("DROP SCHEMA zeta")
        project.run("alembic", "downgrade", "base")
        live.execute("ALTER SCHEMA gone RENAME TO zeta")
        assert helpers.dump(project.url) == before
        assert live.execute(NOTES).fetchone() == ("ours",)
        live.execute("CREATE ROLE tenants_upgrading;" + "".join(map(GIVEN.format, SCHEMAS)))
        url, role = project.url, {"options": "-crole=tenants_upgrading"}
        project.url = url.update_query_dict(role)
        failed = project.run("alembic", "upgrade", "head", expected=1).stderr
        assert "tenants_upgrading does not own alembic_version" in " ".join(failed.split())
        assert live.execute(DONE).fetchone() == (1,)  # where it was whole
        live.execute("DROP SCHEMA delta CASCADE")
        project.run("alembic", "upgrade", "head")
        project.url = url


MANY = tuple(f"s{n:02}" for n in range(40))
PROGRESS = "SELECT count(*) FILTER (WHERE n = 2), count(*) FILTER (WHERE n NOT IN (0, 2)) FROM ("
PROGRESS += "SELECT count(d.oid) AS n FROM pg_class c LEFT JOIN pg_attrdef d ON d.adrelid = c.oid "
PROGRESS += "WHERE c.relkind = 'r' AND c.relname IN ('users', 'orders') GROUP BY relnamespace) AS t"


@pytest.mark.soak
@pytest.mark.parametrize("way", ["upgrade head", "downgrade base"])
def test_killed_anywhere_each_schema_is_whole_or_untouched(
    way: str, newest: Server, tmp_path: Path
) -> None:
    ddl = "".join(TABLES.format(schema=s, ids=3) for s in MANY)
    with (
        small_project(newest, tmp_path, ddl, models=MODELS) as project,
        helpers.connected(project.url) as live,
    ):
        project.run("alembic", "stamp", "base")
        before = helpers.dump(project.url)
        project.run("remediate", "generate", "--approve", "PK001", "--reviewer", "Ada")
        if way.startswith("downgrade"):
            project.run("alembic", "upgrade", "head")
        start = live.execute(PROGRESS).fetchone()
        url = project.url.set(drivername="postgresql+psycopg")
        known = {"DATABASE_URL": url.render_as_string(hide_password=False)}
        command = [sys.executable, "-m", "alembic", *way.split()]
        with subprocess.Popen(command, cwd=project.folder, env=os.environ | known) as process:
            while (met := live.execute(PROGRESS).fetchone()) == start:
                assert process.poll() is None
            process.kill()
        assert met
        assert (0 < met[0] < len(MANY), met[1]) == (True, 0)
        project.run("alembic", *way.split())
        done = live.execute(PROGRESS).fetchone()
        assert done == (len(MANY) if way.startswith("upgrade") else 0, 0)
        project.run("alembic", "downgrade", "base")
        assert helpers.dump(project.url) == before
