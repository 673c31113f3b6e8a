"""Functions and triggers that mention a column which is to be no text any more."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.remedy import ACCEPTED_BY_NAME, Hazard, Remedy
from remediate.revisions.script import script
from remediate.snapshots.declared import Declared
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name
from tests.corpora import remedies
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

TABLES = (
    "CREATE TABLE p (id serial PRIMARY KEY); INSERT INTO p SELECT FROM generate_series(1, 40); "
    "CREATE TABLE c (id serial PRIMARY KEY, p_id varchar(9), r text); "
    "INSERT INTO c (p_id) SELECT n::text FROM generate_series(5, 35) n; "
    "CREATE TABLE log (what text); "
)
FUNCTION = "CREATE FUNCTION f() RETURNS {} LANGUAGE plpgsql AS $$BEGIN {} END$$; "
TRIGGER = "CREATE TRIGGER t {} INSERT ON c FOR EACH ROW EXECUTE FUNCTION f(); "
FAILING = {
    "trimmed before": FUNCTION.format("trigger", "NEW.p_id := btrim(NEW.p_id); RETURN NEW;")
    + TRIGGER.format("BEFORE"),
    "written elsewhere": FUNCTION.format("trigger", "DELETE FROM log WHERE what = NEW.P_ID; RETURN NEW;")
    + TRIGGER.format("AFTER"),
    "called by another table's": FUNCTION.format("trigger", "DELETE FROM log USING c WHERE what = c.p_id; RETURN NEW;")
    + TRIGGER.format("AFTER"),
}  # fmt: skip
UNCONCERNED = {
    "another column": FUNCTION.format("trigger", "NEW.r := btrim(NEW.r); RETURN NEW;") + TRIGGER.format("BEFORE"),
    "a longer name": FUNCTION.format("trigger", "NEW.r := 'p_id_of'; RETURN NEW;") + TRIGGER.format("BEFORE"),
    "another table": FUNCTION.format("void", "PERFORM p_id FROM other;"),
    "written by name": FUNCTION.format("void", "INSERT INTO c (r) VALUES ('x');"),
    "returned as the table's own rows": FUNCTION.format("SETOF c", "RETURN QUERY SELECT * FROM c;"),
}  # fmt: skip
# Of no trigger: an application calls them.
CALLED = {
    "written by position": (
        FUNCTION.format("void", "INSERT INTO public.c VALUES (DEFAULT, '7'::varchar, '');"), "SELECT f()",
        psycopg.errors.DatatypeMismatch,
    ),
    "returned as a row": (
        FUNCTION.format("TABLE (n varchar)", "RETURN QUERY SELECT p_id FROM c;"), "SELECT * FROM f()",
        psycopg.errors.DatatypeMismatch,
    ),
    "returned as all columns": (
        FUNCTION.format("TABLE (a integer, b varchar, c text)", "RETURN QUERY SELECT * FROM c;"),
        "SELECT * FROM f()", psycopg.errors.DatatypeMismatch,
    ),
}  # fmt: skip
FK = ForeignKey(Name("public", "c"), ("p_id",), Name("public", "p"), ("id",))
INSERT = "INSERT INTO c (p_id) VALUES ('7')"


@pytest.fixture
def url(shared: sa.URL) -> sa.URL:
    remedies.wipe(shared)
    return shared


def repair(url: sa.URL) -> Remedy:
    models = Declared(foreign_keys=(FK,))
    plan = helpers.plan_that_comes_back(helpers.snapshot(url, models), models)
    (made,) = (i.remedy for i in plan.items if i.finding.rule == "FK003")
    assert isinstance(made, Remedy)
    return made


@pytest.mark.parametrize("case", FAILING)
def test_code_that_would_fail_is_accepted_by_name(
    case: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute((TABLES + FAILING[case]).encode())
    connection.execute(INSERT.encode())
    start, made = helpers.dump(url), repair(url)
    assert Hazard.DATABASE_CODE in made.hazards & ACCEPTED_BY_NAME
    assert made.title.endswith("; read public.f() first")
    whole = script([made])
    helpers.run(connection, whole.up)
    with helpers.connected(url) as other, pytest.raises(psycopg.errors.UndefinedFunction):
        other.execute(INSERT.encode())  # in this session PL/pgSQL keeps the old type (42804)
    helpers.run(connection, whole.down)
    assert helpers.dump(url) == start


@pytest.mark.parametrize("case", UNCONCERNED)
def test_other_code_asks_nothing(case: str, url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute((TABLES + UNCONCERNED[case]).encode())
    made = repair(url)
    assert Hazard.DATABASE_CODE not in made.hazards
    helpers.run(connection, script([made]).up)
    connection.execute(INSERT.encode())


@pytest.mark.parametrize("case", CALLED)
def test_code_that_an_application_calls_is_named(
    case: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    code, call, error = CALLED[case]
    connection.execute((TABLES + code).encode())
    connection.execute(call.encode())
    made = repair(url)
    assert Hazard.DATABASE_CODE in made.hazards
    assert made.title.endswith("; read public.f() first")
    helpers.run(connection, script([made]).up)
    with helpers.connected(url) as other, pytest.raises(error):
        other.execute(call.encode())


WIDENED = (
    "CREATE TABLE t (id serial PRIMARY KEY, n integer); SELECT setval('t_id_seq', 2147483000);"
    "INSERT INTO t DEFAULT VALUES; "
)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("RETURN QUERY SELECT id FROM t;", True),
        ("RETURN QUERY EXECUTE 'SELECT t.* FROM t';", True),
        ("RETURN QUERY SELECT n FROM t;", False),
        ("i := (SELECT id FROM t LIMIT 1); RETURN NEXT;", False),
    ],
)
def test_rows_of_a_key_that_becomes_wider(
    body: str, *, named: bool, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute((WIDENED + FUNCTION.format("TABLE (i integer)", body)).encode())
    plan = helpers.plan_that_comes_back(helpers.snapshot(url), Declared())
    (made,) = (i.remedy for i in plan.items if i.finding.rule == "SEQ002")
    assert isinstance(made, Remedy)
    assert (Hazard.DATABASE_CODE in made.hazards) == named
    assert made.title.endswith("; read public.f() first") == named
