"""`remediate verify`: after the deploy, on the live database."""

import json

import pytest

from remediate.commands import triage
from remediate.findings.marks import encoded, place_of, recorded
from remediate.rehearsal.scratch import Server
from remediate.snapshots.tables import Name
from tests.support import helpers
from tests.support.project import Project

GENERATE = ("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
DDL = """
CREATE TABLE t (id integer PRIMARY KEY, v text NOT NULL); INSERT INTO t VALUES (1, 'a'), (7, 'b');
CREATE TABLE parent (id serial PRIMARY KEY); CREATE TABLE granted (id serial PRIMARY KEY,
  up integer NOT NULL REFERENCES parent, c integer NOT NULL DEFAULT 5 CHECK (c > 3), v text UNIQUE);
DROP ROLE IF EXISTS verify_app; CREATE ROLE verify_app; GRANT INSERT ON granted TO verify_app;
CREATE TABLE behind (id serial PRIMARY KEY, v varchar(3) NOT NULL CHECK (v <> '1'));
INSERT INTO behind SELECT n, 'x' FROM generate_series(1, 9) n;
CREATE TABLE narrow (id bigserial PRIMARY KEY); ALTER SEQUENCE narrow_id_seq AS integer
"""


pytestmark = pytest.mark.project(DDL)


def execute(project: Project, statement: str) -> None:
    with helpers.connected(project.url) as connection:
        connection.execute(statement)


def test_from_the_revisions_of_the_project(project: Project) -> None:
    project.run(*GENERATE)
    waiting = project.run("remediate", "verify", expected=1).stdout
    assert waiting.count("has not run on this database") == 2
    assert waiting.endswith("2 revisions to run.\n\nNext:  alembic upgrade head\n")
    (project.versions / "own.py").write_text(
        f'revision, down_revision = "own", "{project.run("alembic", "heads").stdout.split()[0]}"\n'
        "def upgrade(): pass\ndef downgrade(): pass\n"
    )
    all_ = project.run("remediate", "verify", expected=1).stdout
    assert all_.endswith(
        "\n3 revisions to run, 2 of them repairs.\n\nNext:  alembic upgrade head\n"
    )
    left = project.run("remediate", "status", "--table", "t").stdout  # generate refuses until then
    assert left.endswith("\nNext:  alembic upgrade head\n")
    project.run("alembic", "upgrade", "head")
    assert project.run("remediate", "verify").stdout.partition("\n\n")[2] == (
        "ok      public.t.id   PK001\n"
        "        draws from public.t_id_seq; owns it; next value 8, highest id 7\n"
        "ok      public.granted.id   PK005\n"
        "        draws from public.granted_id_seq; owns it; usable by verify_app; next\n"
        "        value 1, no rows\n"
        "ok      public.behind.id   SEQ001\n"
        "        draws from public.behind_id_seq; owns it; next value 10, highest id 9\n"
        "ok      public.narrow.id   SEQ003\n"
        "        draws from public.narrow_id_seq; owns it; next value 1, no rows\n"
        "\n4 ok.\n\n"
        "Next:  remediate verify --probe   (one real INSERT a table, taken back)\n"
    )
    execute(project, "ALTER SEQUENCE t_id_seq OWNED BY NONE")
    shown = project.run("remediate", "verify").stdout  # as for `plan`, to which it is an info
    assert "_id_seq; no column owns it (remediate explain\n        SEQ004); next" in shown


@pytest.mark.parametrize(
    ("damage", "place", "problem"),
    [
        ("ALTER TABLE t ALTER id DROP DEFAULT", "public.t.id", "nothing generates it"),
        pytest.param("REVOKE USAGE ON SEQUENCE granted_id_seq FROM verify_app", "public.granted.id",
                     "verify_app may INSERT but may not use the sequence", marks=pytest.mark.soak),
        ("SELECT setval('behind_id_seq', 3)", "public.behind.id", "next value 4, but id 4 already exists"),
        ("ALTER SEQUENCE t_id_seq OWNED BY parent.id", "public.t.id", "its sequence belongs to public.parent"),
        pytest.param("ALTER SEQUENCE narrow_id_seq AS integer", "public.narrow.id",
                     "the rule still finds it", marks=pytest.mark.soak),
        ("DROP TABLE t", "public.t.id", "it does not exist here"),
    ],
)  # fmt: skip
def test_what_is_broken_again_fails(
    damage: str, place: str, problem: str, project: Project
) -> None:
    project.run(*GENERATE)
    project.run("alembic", "upgrade", "head")
    execute(project, damage)
    result = project.run("remediate", "verify", "-f", "json", expected=1)
    made = json.loads(result.stdout)
    assert (made["format"], made["passed"]) == ("remediate.verify/1", False)
    failed = [r for r in made["repairs"] if r["outcome"] == "failed"]
    assert [f"{r['schema']}.{r['table']}.{r['column']}" for r in failed] == [place]
    assert problem in failed[0]["problems"]


NEARLY_FULL = "CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (2147483600); "
LAST = 2**63 - 1
SPENT = f"""
DROP ROLE IF EXISTS verify_app; CREATE ROLE verify_app; CREATE TABLE t (id bigserial PRIMARY KEY);
INSERT INTO t VALUES ({LAST - 1}), ({LAST}); SELECT setval('t_id_seq', {LAST - 1}, false);
GRANT INSERT ON t TO verify_app
"""
FAR_AHEAD = """
CREATE TABLE t (id serial PRIMARY KEY); INSERT INTO t VALUES (2147480000);
DROP ROLE IF EXISTS verify_app; CREATE ROLE verify_app; GRANT INSERT ON t TO verify_app
"""


LENT = """
CREATE UNLOGGED TABLE o (id serial PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('o_id_seq')); INSERT INTO t VALUES (2147483640)
"""


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        pytest.param(
            "SEQ002", "nothing generates it", marks=pytest.mark.project(NEARLY_FULL, models="")
        ),
        pytest.param(
            "PK005", "next value 1, but id 2,147,480,000 already exists", marks=pytest.mark.project(FAR_AHEAD)
        ),
        pytest.param(
            "PK005", f"next value {LAST - 1:,}, but id {LAST - 1:,} already exists", marks=pytest.mark.project(SPENT)
        ),
        pytest.param(
            "SEQ007", "its sequence belongs to public.o", marks=pytest.mark.project(LENT, models="")
        ),
    ],
)  # fmt: skip
def test_a_repair_does_not_answer_for_what_nobody_approved(
    rule: str, shown: str, project: Project
) -> None:
    """PK001 and SEQ001 are an info there, PK003 is left to a person: the repair holds."""
    project.run("remediate", "generate", "--approve", rule, "--reviewer", "Ann")
    project.run("alembic", "upgrade", "head")
    told = project.run("remediate", "verify").stdout
    assert f"ok      public.t.id   {rule}" in told
    assert shown in " ".join(told.split())


BORROWING = """
DROP ROLE IF EXISTS verify_app; CREATE ROLE verify_app; CREATE TABLE o (id serial PRIMARY KEY);
CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('o_id_seq'));
CREATE TABLE child (PRIMARY KEY (id)) INHERITS (t); GRANT INSERT ON child TO verify_app
"""


@pytest.mark.project(BORROWING, models="")
def test_a_child_shares_what_its_parent_borrows(project: Project) -> None:
    """PK003 speaks of the parent alone, and so does `verify`."""
    project.run("remediate", "generate", "--approve", "PK005", "--reviewer", "Ann")
    project.run("alembic", "upgrade", "head")
    told = project.run("remediate", "verify").stdout
    assert "ok      public.child.id   PK005" in told
    assert "draws from public.o_id_seq; shares that of public.t; usable" in " ".join(told.split())


NARROW = """
CREATE TABLE p (a bigint, b bigint, PRIMARY KEY (a, b)); CREATE TABLE c (id serial PRIMARY KEY,
  a smallint, b integer)
"""
PENDING = """
CREATE TABLE p (a bigint PRIMARY KEY); CREATE TABLE c (id serial PRIMARY KEY, a smallint);
ALTER TABLE c ADD CONSTRAINT {} FOREIGN KEY (a) REFERENCES p NOT VALID
"""
TWO_COLUMNS = """
from sqlalchemy import *
metadata = MetaData()
Table("p", metadata, Column("a", BigInteger, primary_key=True), Column("b", BigInteger, primary_key=True))
Table("c", metadata, Column("id", Integer, primary_key=True), Column("a", SmallInteger),
  Column("b", Integer), ForeignKeyConstraint(["a", "b"], ["p.a", "p.b"]))
"""


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(
    ("rule", "types"),
    [
        pytest.param("FK005", "bigint", marks=pytest.mark.project(PENDING.format("f"), models="")),
        pytest.param("FK005", "bigint", marks=pytest.mark.project(PENDING.format("a"), models="")),
        pytest.param(
            "MD004", "bigint, bigint", marks=pytest.mark.project(NARROW, models=TWO_COLUMNS)
        ),
    ],
)
def test_a_constraint_does_not_answer_for_the_types_of_its_columns(
    rule: str, types: str, project: Project
) -> None:
    project.run("remediate", "generate", "--approve", rule, "--reviewer", "Ann")
    project.run("alembic", "upgrade", "head")
    told = project.run("remediate", "verify").stdout
    assert f"   {rule}\n" in told
    assert f"validated; its key is {types}" in " ".join(told.split())


def test_what_cannot_be_read_is_not_ok(project: Project) -> None:
    project.run(*GENERATE)
    project.run("alembic", "upgrade", "head")
    with helpers.connected(project.url, autocommit=False) as blocker:
        blocker.execute("LOCK TABLE behind IN ACCESS EXCLUSIVE MODE")
        shown = project.run("remediate", "verify", expected=1).stdout
    assert "?       public.behind.id   SEQ001\n        ! not verified: its lowest" in shown
    assert "3 ok, 1 unverified." in shown


@pytest.mark.soak
def test_from_a_saved_plan(project: Project, newest: Server) -> None:
    project.run("remediate", "plan", "-f", "json", "-o", "plan.json")
    project.run("remediate", "verify", "plan.json", expected=1)
    project.run(*GENERATE)
    project.run("alembic", "upgrade", "head")
    assert "4 ok." in project.run("remediate", "verify", "plan.json").stdout
    one = project.run("remediate", "verify", "plan.json", "--table", "behind").stdout
    assert "1 ok." in one
    with newest.database() as other:
        url = other.render_as_string(hide_password=False)
        refused = project.run("remediate", "verify", "plan.json", expected=3, DATABASE_URL=url)
    assert "the plan was made for the database" in refused.stderr


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a plan"),
        ('{"format": "remediate.plan/0"}', "its format is 'remediate.plan/0'"),
        (
            '{"format": "remediate.plan/1"}',
            "is damaged at its top: 'database' is a required property",
        ),
    ],
)
def test_a_bad_plan_file(text: str, complaint: str, project: Project) -> None:
    (project.folder / "plan.json").write_text(text)
    assert complaint in project.run("remediate", "verify", "plan.json", expected=2).stderr


def test_a_plan_file_that_is_not_there(project: Project) -> None:
    shown = project.run("remediate", "verify", "nowhere.json", expected=2).stderr
    assert "nowhere.json cannot be read: No such file or directory" in shown


def test_nothing_to_verify_is_said(project: Project) -> None:
    shown = project.run("remediate", "verify", expected=2).stderr
    assert "nothing to verify: no repair is named in the revisions of this project" in shown


def test_a_probe_inserts_and_takes_back(project: Project) -> None:
    project.run(*GENERATE)
    project.run("alembic", "upgrade", "head")
    result = project.run("remediate", "verify", "--probe")
    assert "A probe uses one value of the sequence" in result.stderr
    shown = " ".join(result.stdout.split())
    assert "INSERT works (taken back)" in shown
    assert 'INSERT got an id, and then met: insert or update on table "granted"' in shown
    assert 'INSERT got an id, and then met: new row for relation "behind" violates check' in shown
    with helpers.connected(project.url) as connection:
        counted = connection.execute(
            "SELECT (SELECT count(*) FROM t), (SELECT count(*) FROM granted), "
            "(SELECT count(*) FROM behind), (SELECT last_value FROM t_id_seq)"
        )
        assert counted.fetchone() == (2, 0, 9, 8)
    execute(project, "ALTER TABLE t ADD CHECK (id < 0) NOT VALID")
    shown = " ".join(project.run("remediate", "verify", "--probe", expected=1).stdout.split())
    assert 'INSERT fails: new row for relation "t" violates check constraint "t_id_check"' in shown


def test_a_probe_finds_what_reading_cannot(project: Project, newest: Server) -> None:
    project.run(*GENERATE)
    project.run("alembic", "upgrade", "head")
    execute(
        project,
        "CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN NEW.id := NULL; RETURN NEW; END';"
        "CREATE TRIGGER undo BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION undo()",
    )
    project.run("remediate", "verify")
    log = project.folder / "log"
    with helpers.own_log(newest, log):
        shown = project.run("remediate", "verify", "--probe", expected=1).stdout
    assert 'INSERT fails: null value in column "id" of relation "t"' in " ".join(shown.split())
    found = triage.read([str(log)])
    assert (found.groups, found.others) == ((), 0)  # for triage no user met it
    assert found.own


@pytest.mark.parametrize(
    "names",
    [
        ("public", "users", "id"),
        ('S."x', 'a"""b\\c\n%d:e é', "I d"),
        ("s.t", "", "'quoted'"),
        ("\t", "* PK001:a", "  "),
    ],
)
def test_ids_survive_the_docstring(names: tuple[str, str, str]) -> None:
    from remediate.findings.finding import Place  # noqa: PLC0415

    place = Place(Name(*names[:2]), names[2])
    id_ = f"PK001:{place}"
    line = encoded(id_)
    assert line.isprintable()
    assert "\\" not in line
    assert '"""' not in line
    docstring = f"A title\n\nRevision ID: x\n\nRepairs:\n* {line}\n* SEQ002:a.b.c\n\nApproved by"
    assert recorded(docstring) == (id_, "SEQ002:a.b.c")
    if names[1]:
        assert place_of(id_) == ("PK001", place)


BOUND = """
CREATE TABLE "user" (id serial PRIMARY KEY); CREATE TABLE other (id serial PRIMARY KEY, user_id integer UNIQUE);
CREATE TABLE event (id serial PRIMARY KEY, user_id varchar(20)); DROP ROLE IF EXISTS verify_bound;
CREATE ROLE verify_bound; GRANT INSERT ON other, event TO verify_bound
"""
BOUND_MODELS = """
from sqlalchemy import *
metadata = MetaData()
Table("user", metadata, Column("id", Integer, primary_key=True))
Table("event", metadata, Column("id", Integer, primary_key=True), Column("user_id", ForeignKey("user.id")))
Table("rate", metadata, Column("id", Integer, primary_key=True), Column("by", ForeignKey("user.id"), index=True))
"""
GONE = "ALTER TABLE event DROP CONSTRAINT event_user_id_fkey, ADD FOREIGN KEY (user_id) REFERENCES "
DAMAGES = (
    (
        f"{GONE} other (user_id) NOT VALID; ALTER TABLE rate DROP CONSTRAINT rate_by_fkey; "
        "ALTER TABLE rate ALTER id DROP DEFAULT",
        ('event.user_id FK003 ! the foreign key (user_id) to public."user" (id) that its repair',
         "rate MD005 ! nothing generates id, although its repair gave it a default ! the foreign key (by) to "
             "public.\"user\" (id) that its repair declared is gone"),
    ),
    (
        f'{GONE} "user" NOT VALID; DROP INDEX ix_event_user_id, ix_rate_by; '
        'ALTER TABLE rate ADD FOREIGN KEY (by) REFERENCES "user"; '
        "ALTER TABLE rate ALTER id SET DEFAULT nextval('rate_id_seq'); "
        "ALTER TABLE rate DROP CONSTRAINT rate_pkey, ADD PRIMARY KEY (by, id)",
        ("event.user_id FK003 ! not validated: rows from before are not checked ! its index is gone",
         "rate MD005 ! the primary key (id) that its repair made is gone primary key (by, id)"),
    ),
)  # fmt: skip


@pytest.mark.soak
@pytest.mark.project(BOUND, models=BOUND_MODELS)
def test_what_its_repair_declared_has_to_be_there(project: Project) -> None:
    project.run("remediate", "plan", "--save", "plan.json")
    project.run("remediate", "generate", "--approve", "FK003,MD005", "--reviewer", "Ann")
    project.run("alembic", "upgrade", "head")
    shown = " ".join(project.run("remediate", "verify").stdout.split())
    assert "2 ok." in shown
    assert "verify_bound may INSERT into other tables of public, but not into this one" in shown
    for damage, told in DAMAGES:
        execute(project, damage)
        shown = " ".join(project.run("remediate", "verify", expected=1).stdout.split())
        assert all(f"FAILED public.{one}" in shown for one in told)
