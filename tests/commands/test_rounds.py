"""Findings that meet on one key, sequence or index: `--approve all` writes them all, one upon another."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from remediate.findings.marks import recorded
from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import Project, small_project

APPROVED = ("--approve", "all", "--reviewer", "Ann")
NEAR = 2**31 - 48  # the end of integer

MODELS = """
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("c", metadata, sa.Column("id", sa.Integer, primary_key=True),
         sa.Column("t_id", sa.Integer, sa.ForeignKey("t.id")))
"""

CHILD = """
    CREATE TABLE c (id serial PRIMARY KEY, t_id {type}, r text);
    INSERT INTO c (t_id) SELECT id FROM t LIMIT 20; CREATE INDEX ON c (t_id);
"""
FULL = f"INSERT INTO t SELECT {NEAR} - g FROM generate_series(0, 30) g;"
SERIAL = (
    f"CREATE TABLE t (id serial PRIMARY KEY, v text); SELECT setval('t_id_seq', {NEAR}); {FULL}"
)
LOST = "ALTER TABLE t ALTER id DROP DEFAULT;"
BARE = f"CREATE TABLE t (id integer PRIMARY KEY, v text); {FULL}"
BY_NAME = (
    "CREATE SEQUENCE s AS integer; ALTER TABLE t ALTER id SET DEFAULT nextval('public.s'::text);"
)
FREE = "CREATE SEQUENCE s; CREATE TABLE t (id {type} PRIMARY KEY DEFAULT nextval('s'), v text);"
CYCLING = "CREATE TABLE t (id serial PRIMARY KEY); ALTER SEQUENCE t_id_seq CYCLE MAXVALUE 20000;"
AT_IDS = f"SELECT setval('s', {NEAR});"
GRANT = "GRANT INSERT ON t TO ann;"

MEETING = {
    "PK001 SEQ002": BARE,
    "PK001 SEQ002 of a lost default": SERIAL + LOST,
    "PK001 SEQ002 FK004": BARE + CHILD.format(type="integer"),
    "PK001 of a cycling sequence": CYCLING + LOST,
    "PK001 SEQ003": "CREATE TABLE t (id serial PRIMARY KEY); ALTER TABLE t ALTER id TYPE bigint;" + LOST,
    "PK001 SEQ007": "CREATE TABLE t (id serial PRIMARY KEY); ALTER SEQUENCE t_id_seq SET UNLOGGED;" + LOST,
    "PK001 PK009 FK004": "CREATE TABLE t (id integer, v text); INSERT INTO t SELECT generate_series(1, 30);"
                     + CHILD.format(type="integer"),
    "PK003 PK005 PK009 SEQ001 FK004": "CREATE TABLE c (id serial PRIMARY KEY, t_id int, v text); "
                     "CREATE TABLE t (LIKE c INCLUDING DEFAULTS); INSERT INTO t VALUES (1); " + GRANT,
    "PK003 SEQ001 of a lender and a borrower": "CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t SELECT "
                     "generate_series(1, 30); CREATE TABLE c (id integer PRIMARY KEY DEFAULT nextval('t_id_seq'), "
                     "t_id int REFERENCES t); CREATE INDEX ON c (t_id); INSERT INTO c SELECT generate_series(1, 40);",
    "PK004 PK009 FK004 of both ends": "CREATE TABLE t (id smallint DEFAULT 7, v text); INSERT INTO t VALUES (1), (2);"
                     "CREATE TABLE c (id integer NOT NULL DEFAULT 7, t_id integer); INSERT INTO c VALUES (1, 1);"
                     "CREATE INDEX ON c (t_id);",
    "PK009 SEQ002": f"CREATE TABLE t (id serial, v text); SELECT setval('t_id_seq', {NEAR}); {FULL}",
    "PK009 SEQ001": "CREATE TABLE t (id serial, v text); INSERT INTO t SELECT generate_series(1, 30);",
    "PK002 PK005 SEQ004": f"CREATE TABLE t (id integer PRIMARY KEY, v text); {BY_NAME} {GRANT}",
    "PK002 SEQ002 SEQ004": BARE + BY_NAME + AT_IDS,
    "PK002 SEQ002 SEQ004 of a cycling sequence": BARE + BY_NAME + AT_IDS + "ALTER SEQUENCE s CYCLE;",
    "PK002 of two that name one": "CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('gone'::text));"
                     "CREATE TABLE c (id integer PRIMARY KEY DEFAULT nextval('gone'::text),"
                     "t_id integer REFERENCES t); CREATE INDEX ON c (t_id); GRANT INSERT ON t TO ann;",
    "PK003 SEQ007 of two sequences": "CREATE TABLE t (id serial PRIMARY KEY);"
                     "CREATE TABLE c (id serial PRIMARY KEY, t_id integer REFERENCES t); CREATE INDEX ON c (t_id);"
                     "ALTER TABLE c ALTER id SET DEFAULT nextval('t_id_seq');"
                     "ALTER SEQUENCE t_id_seq SET UNLOGGED; ALTER SEQUENCE c_id_seq SET UNLOGGED;",
    "PK004 SEQ002": "CREATE TABLE t (id integer PRIMARY KEY DEFAULT 5, v text);" + FULL,
    "PK005 SEQ001 SEQ004": FREE.format(type="integer") + "INSERT INTO t SELECT generate_series(1, 30);" + GRANT,
    "PK005 SEQ002": SERIAL + GRANT,
    "SEQ001 SEQ004": FREE.format(type="bigint") + "INSERT INTO t SELECT generate_series(1, 30);",
    "SEQ001 SEQ003": "CREATE TABLE t (id serial PRIMARY KEY); ALTER TABLE t ALTER id TYPE bigint;"
                     "INSERT INTO t SELECT generate_series(1, 30);",
    "SEQ006 of a sequence that lies behind": CYCLING + "INSERT INTO t SELECT generate_series(1, 30);",
    "SEQ002 SEQ003": "CREATE TABLE t (id serial PRIMARY KEY); ALTER TABLE t ALTER id TYPE bigint;"
                     f"SELECT setval('t_id_seq', {NEAR}); {FULL}",
    "SEQ004 SEQ006 SEQ007 of few ids": f"CREATE UNLOGGED SEQUENCE s AS integer CYCLE; {BARE}"
                     f"ALTER TABLE t ALTER id SET DEFAULT nextval('s'); SELECT setval('s', {NEAR});",
    "SEQ002 FK003": SERIAL + CHILD.format(type="text"),
    "SEQ002 FK003 with a view": SERIAL + CHILD.format(type="text") + "CREATE VIEW w AS SELECT t_id FROM c;",
    "SEQ002 FK004": SERIAL + CHILD.format(type="integer"),
    "SEQ002 FK005": SERIAL + CHILD.format(type="integer")
                     + "ALTER TABLE c ADD FOREIGN KEY (t_id) REFERENCES t NOT VALID;",
    "PK001 FK002 FK005": "CREATE TABLE t (id numeric PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 30);"
                     + CHILD.format(type="integer") + "ALTER TABLE c ADD FOREIGN KEY (t_id) REFERENCES t NOT VALID;",
    "FK001 FK005": "CREATE TABLE t (id bigserial PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 30);"
                     "SELECT setval('t_id_seq', 31);"
                     + CHILD.format(type="integer") + "ALTER TABLE c ADD FOREIGN KEY (t_id) REFERENCES t NOT VALID;",
    "PK001 of both ends, FK003": "CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t SELECT generate_series(1, 30);"
                     + CHILD.format(type="text") + "ALTER TABLE c ALTER id DROP DEFAULT; DROP SEQUENCE c_id_seq;",
}  # fmt: skip


UNTOUCHED = {"MD001", "MD002", "MD005"}  # of the models


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(("codes", "ddl"), MEETING.items(), ids=MEETING.keys())
def test_all_is_written(codes: str, ddl: str, newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path, with_ann(newest, ddl), models=MODELS) as project:
        before, plan = schema(project), project.json("plan")
        shown = {one["id"] for one in (*plan["findings"], *plan["revealed"])}
        told = project.run("remediate", "generate", *APPROVED).stderr
        texts = [path.read_text() for path in project.generated()]
        repaired = {
            id_ for text in texts for id_ in recorded(ast.get_docstring(ast.parse(text)) or "")
        }
        known = {id_.partition(":")[0] for id_ in repaired} | {
            *re.findall(r"[A-Z]+\d{3}(?=:)", told)
        }
        assert known - UNTOUCHED == {*re.findall(r"[A-Z]+\d{3}", codes)}
        assert repaired <= shown
        assert re.findall("Not written|not repaired by them", told) == []
        project.run("alembic", "upgrade", "head")
        assert {f["rule"] for f in project.json("plan")["findings"]} <= UNTOUCHED
        assert still_shown(project, plan["findings"]) == []
        project.run("remediate", "verify")
        project.run("alembic", "downgrade", "base")
        assert schema(project) == before
        project.run("alembic", "upgrade", "head")


def still_shown(project: Project, findings: list[dict[str, Any]]) -> list[str]:
    """Those whose query has rows, of what is repaired."""
    with helpers.connected(project.url) as connection:
        return [
            f["id"]
            for f in findings
            if f["query"] and f["rule"] not in UNTOUCHED
            if connection.execute(f["query"].encode()).fetchall()
        ]


BETWEEN = """
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("t_tag", metadata, sa.Column("t_id", sa.ForeignKey("t.id"), primary_key=True),
         sa.Column("tag_id", sa.ForeignKey("tag.id"), primary_key=True))
sa.Table("tag", metadata, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("detail", metadata, sa.Column("id", sa.ForeignKey("t.id"), primary_key=True))
"""
WITHOUT_KEYS = (
    "CREATE TABLE t (id serial PRIMARY KEY); CREATE TABLE tag (id serial PRIMARY KEY);"
    "CREATE TABLE t_tag (t_id integer, tag_id integer); CREATE TABLE detail (id integer);"
)


@pytest.mark.soak
def test_a_new_key_is_the_index_of_the_reference_that_leads_it(
    newest: Server, tmp_path: Path
) -> None:
    with small_project(newest, tmp_path, WITHOUT_KEYS, models=BETWEEN) as project:
        project.run("remediate", "generate", *APPROVED)
        texts = "".join(path.read_text() for path in project.generated())
        built = re.findall(r"CREATE INDEX CONCURRENTLY \w+\s+ON \S+ \((\w+)\)", texts)
        assert built == ["tag_id"]
        project.run("alembic", "upgrade", "head")
        assert {f["rule"] for f in project.json("plan")["findings"]} <= UNTOUCHED
        project.run("alembic", "downgrade", "base")


COMPOSITE = """
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table("t", metadata, sa.Column("id", sa.Integer, primary_key=True))
sa.Table("c", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("v", sa.Text),
         sa.Column("t_id", {type}), sa.ForeignKeyConstraint(["t_id", "v"], ["t.id", "t.v"]))
"""


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(
    ("ddl", "type_", "reason"),
    [
        ("integer", "Integer", "public.c.t_id (integer) is almost too narrow for the keys"),
        ("jsonb", "JSON", "a foreign key needs comparable types, not jsonb to integer"),
    ],
)
def test_a_reference_that_would_not_hold_the_keys(
    ddl: str, type_: str, reason: str, newest: Server, tmp_path: Path
) -> None:
    """The key is widened first; then the foreign key over two columns is a person's."""
    child = f"CREATE TABLE c (id serial PRIMARY KEY, v text, t_id {ddl});"
    with small_project(
        newest,
        tmp_path,
        f"{SERIAL} CREATE UNIQUE INDEX ON t (id, v); {child}",
        models=COMPOSITE.format(type=f"sa.{type_}"),
    ) as project:
        (found,) = (f for f in project.json("plan")["findings"] if f["rule"] == "MD004")
        said = str(found["remedy"].get("manual")) + str(found["company"])
        assert reason in said
        project.run("remediate", "generate", *APPROVED, expected=None)
        project.run("alembic", "upgrade", "head")
        left = {f["rule"] for f in project.json("plan")["findings"]} - UNTOUCHED
        assert left - {"MD002", "FK003"} == {"MD004"}


def with_ann(server: Server, ddl: str) -> str:
    """The DDL, once the role that it names is there."""
    with helpers.connected(server.url) as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = 'ann'").fetchall():
            connection.execute("CREATE ROLE ann")
    return ddl


def schema(project: Project) -> str:
    with helpers.connected(project.url) as connection:
        connection.execute("DROP TABLE IF EXISTS alembic_version")
    return helpers.dump(project.url)


def test_the_plan_says_what_is_found_only_then(newest: Server, tmp_path: Path) -> None:
    """A key that got a sequence may be near its end; `all` repairs no more than the plan showed."""
    old = f"CREATE TABLE t (id integer PRIMARY KEY, v text); INSERT INTO t VALUES (7); {FULL}"
    with small_project(newest, tmp_path, old, models=MODELS) as project:
        plan = project.json("plan")
        project.run("remediate", "plan", "--save", "plan.json")
        assert "SEQ002:public.t.id" not in [f["id"] for f in plan["findings"]]
        (one,) = plan["revealed"]
        assert (one["id"], one["repair"]) == ("SEQ002:public.t.id", "widen public.t.id to bigint")
        text = " ".join(project.run("remediate", "plan").stdout.split())
        assert "Found only once these are repaired SEQ002 public.t.id: " in text
        assert "+ widen public.t.id to bigint; `--approve all` writes it too" in text
        assert "\n## Found only once these are repaired\n\n- SEQ002 public.t.id" in project.run(
            "remediate", "plan", "-f", "markdown").stdout  # fmt: skip
        project.run("remediate", "review", "plan.json", *APPROVED)
        told = project.run("remediate", "generate", "plan.json").stderr
        assert (
            "Found only after these have run, and not repaired by them: SEQ002:public.t.id" in told
        )
        assert len(project.generated()) == 1


@pytest.mark.parametrize(("codes", "company"), [
    ("PK001 SEQ002", {"SEQ002:public.t.id": "later"}),
    ("SEQ002 SEQ003", {"SEQ003:public.t.id": "settled"}),
    ("PK002 PK005 SEQ004", {"PK005:public.t.id": "settled"}),
    # What refuses INSERTs now goes first.
    ("PK003 SEQ001 of a lender and a borrower", {"PK003:public.c.id": "later", "SEQ001:public.c.id": "settled"}),
    ("PK005 SEQ001 SEQ004", {}),  # they change different facts of the sequence
])  # fmt: skip
def test_the_plan_says_what_becomes_of_each(
    codes: str, company: dict[str, str], newest: Server, tmp_path: Path
) -> None:
    with small_project(
        newest, tmp_path, with_ann(newest, MEETING[codes]), models=MODELS
    ) as project:
        told = {
            f["id"]: f["company"]["fate"] for f in project.json("plan")["findings"] if f["company"]
        }
        assert told == company
        text = " ".join(project.run("remediate", "plan").stdout.split())
        assert text.count("It meets other repairs on one key, sequence or index.") == len(company)


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("codes", ["PK001 SEQ002", "SEQ002 FK004", "SEQ002 FK003", "FK001 FK005"])
def test_the_sql_of_a_plan_leaves_what_builds_on_it_to_the_next(
    codes: str, newest: Server, tmp_path: Path
) -> None:
    with small_project(newest, tmp_path, MEETING[codes], models=MODELS) as project:

        def found() -> set[str]:
            return {f["id"] for f in project.json("plan")["findings"] if f["rule"][:2] != "MD"}

        known, later = found(), "-- For a plan once this has run, as it builds on it: "
        first = project.run("remediate", "plan", "--sql").stdout
        (named,) = (line.removeprefix(later) for line in first.splitlines() if later in line)
        assert {named} < known
        project.psql(first)
        assert found() == {named}
        second = project.run("remediate", "plan", "--sql").stdout
        assert later not in second
        project.psql(second)
        assert found() == set()


WIDER = """
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table("t", metadata, sa.Column("id", sa.BigInteger, primary_key=True))
"""


@pytest.mark.soak
def test_what_the_models_say_is_settled_by_the_repair_that_does_it(
    newest: Server, tmp_path: Path
) -> None:
    """An integer key at its end, whose model says BigInteger already, and is chosen to be right."""
    chosen = ("--right", "public.t.id=models")
    with small_project(newest, tmp_path, SERIAL, models=WIDER) as project:
        found = project.json("plan", *chosen)["findings"]
        fates = {f["id"]: (f["company"] or {}).get("fate") for f in found}
        assert fates == {"SEQ002:public.t.id": None, "MD001:public.t.id": "settled"}
        told = project.run("remediate", "generate", *chosen, *APPROVED).stderr
        assert "Repaired along with the others: MD001:public.t.id" in told
        assert "Not written" not in told
        project.run("alembic", "upgrade", "head")
        assert project.json("plan", *chosen)["findings"] == []


@pytest.mark.soak
def test_a_model_that_is_ahead_is_left_as_it_is(newest: Server, tmp_path: Path) -> None:
    """It says what the database says once the ids that run out have room."""
    with small_project(newest, tmp_path, SERIAL, models=WIDER) as project:
        found = {f["rule"]: f for f in project.json("plan")["findings"]}
        assert found["MD001"]["company"] == {"fate": "settled", "reason": ""}
        shown = " ".join(project.run("remediate", "plan").stdout.split())
        assert "Leave the model as it is if the others are repaired" in shown
        told = project.run("remediate", "models").stderr
        assert "left as it is: public.t.id: a repair makes the database say the same" in told
        alone = project.run("remediate", "models", "--ignore", "SEQ002", expected=3)
        assert "left as it is" not in alone.stderr
        project.run("remediate", "generate", *APPROVED)
        project.run("alembic", "upgrade", "head")
        assert project.json("plan")["findings"] == []


TEXTS = (
    WIDER.replace("BigInteger", "Integer")
    + """
sa.Table("c", metadata, sa.Column("id", sa.Integer, primary_key=True),
         sa.Column("t_id", sa.Text, sa.ForeignKey("t.id")))
"""
)


@pytest.mark.soak
def test_models_that_are_to_follow_are_no_finding_of_their_own(
    newest: Server, tmp_path: Path
) -> None:
    """MODEL_TYPE names them at the step that converts the column."""
    ddl = SERIAL.replace(str(NEAR), "31") + CHILD.format(type="text")
    with small_project(newest, tmp_path, ddl, models=TEXTS) as project:
        told = project.run("remediate", "generate", *APPROVED).stderr
        assert len(project.generated()) > 0
        assert "not repaired by them" not in told
