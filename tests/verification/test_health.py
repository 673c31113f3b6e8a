"""`verify --probe` without repairs: whether each table takes a row, shown by an INSERT."""

import pytest

import remediate
from remediate.errors import UsageProblem
from remediate.verification.result import Outcome
from tests.support import helpers
from tests.support.project import Project

DDL = """
CREATE SCHEMA "my app";
CREATE TABLE t (id integer PRIMARY KEY, v text NOT NULL);
CREATE TABLE works (id serial PRIMARY KEY, code text NOT NULL CHECK (code ~ '^[A-Z]{3}$'));
CREATE TABLE child (id serial PRIMARY KEY, up integer NOT NULL REFERENCES works DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "my app"."Behind" ("Id" serial PRIMARY KEY); INSERT INTO "my app"."Behind" VALUES (1);
CREATE TABLE country (code char(2) PRIMARY KEY, name text);
CREATE TABLE log (at timestamptz NOT NULL);
CREATE TABLE guarded (code text PRIMARY KEY CHECK (false));
CREATE TABLE parted (id bigserial, day date NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE closed (id serial PRIMARY KEY, CHECK (false) NO INHERIT); CREATE TABLE open () INHERITS (closed);
CREATE TABLE bare (id serial, n integer) PARTITION BY LIST (n);
CREATE TABLE lost (id serial PRIMARY KEY); CREATE RULE nothing AS ON INSERT TO lost DO INSTEAD NOTHING;
CREATE TABLE moved (id serial PRIMARY KEY);
CREATE RULE r AS ON INSERT TO moved DO INSTEAD INSERT INTO log VALUES (now());
CREATE TABLE kept (id serial PRIMARY KEY); CREATE TABLE kept_1 () INHERITS (kept);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN IF TG_TABLE_NAME = ''kept'' THEN INSERT INTO kept_1 VALUES (NEW.*); END IF; RETURN NULL; END';
CREATE TRIGGER tr BEFORE INSERT ON kept FOR EACH ROW EXECUTE FUNCTION f();
CREATE TABLE dropped (id serial PRIMARY KEY);
CREATE TRIGGER tr BEFORE INSERT ON dropped FOR EACH ROW EXECUTE FUNCTION f();
CREATE TABLE unchecked (id serial PRIMARY KEY, up integer REFERENCES works);
ALTER TABLE unchecked DISABLE TRIGGER ALL;
CREATE TABLE ran_out (id bigserial, at date DEFAULT current_date) PARTITION BY RANGE (at);
CREATE TABLE ran_out_1 PARTITION OF ran_out FOR VALUES FROM ('2001-01-01') TO ('2002-01-01');
CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.was := 1; RETURN NEW; END';
CREATE TABLE coded (id serial PRIMARY KEY);
CREATE TRIGGER tr BEFORE INSERT ON coded FOR EACH ROW EXECUTE FUNCTION broken();
CREATE FUNCTION routed() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN EXECUTE ''INSERT INTO routed_'' || NEW.at::text || '' SELECT $1.*'' USING NEW; RETURN NULL; END';
CREATE TABLE routed (id serial PRIMARY KEY, at date NOT NULL);
CREATE TRIGGER tr BEFORE INSERT ON routed FOR EACH ROW EXECUTE FUNCTION routed();
CREATE FUNCTION logged() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN EXECUTE ''INSERT INTO gone VALUES (a)''; RETURN NEW; END';
CREATE TABLE logged (id serial PRIMARY KEY);
CREATE TRIGGER tr BEFORE INSERT ON logged FOR EACH ROW EXECUTE FUNCTION logged();
CREATE TABLE monthly (id bigserial, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE monthly_1 PARTITION OF monthly FOR VALUES FROM ('2001-01-01') TO ('2002-01-01');
CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.id := 7; RETURN NEW; END';
CREATE TABLE filled (id integer PRIMARY KEY);
CREATE TRIGGER tr BEFORE INSERT ON filled FOR EACH ROW EXECUTE FUNCTION fill();
CREATE TABLE picky (id serial PRIMARY KEY, code text NOT NULL CHECK (md5(code) = 'x'));
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('1990-01-01') TO ('2999-01-01');
"""  # fmt: skip
pytestmark = pytest.mark.project(DDL)


@pytest.fixture
def here(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project, in this process."""
    monkeypatch.chdir(project.folder)
    monkeypatch.setenv("DATABASE_URL", project.url.render_as_string(hide_password=False))
    return project


def outcomes(**options: object) -> dict[str, str]:
    probe = remediate.VerifyOptions(probe=True)
    made = remediate.verify(remediate.load(**options), probe)  # type: ignore[arg-type]
    return {str(one.place): one.outcome.value for one in made.entries}


def test_every_table_is_tried_and_nothing_stays(here: Project) -> None:
    assert outcomes() == {
        '"my app"."Behind"': "failed", "public.bare": "failed", "public.child": "ok",
        "public.closed": "unverified", "public.coded": "failed", "public.country": "ok", "public.dropped": "failed",
        "public.filled": "ok",
        "public.guarded": "unverified", "public.kept": "ok", "public.kept_1": "ok",
        "public.log": "ok", "public.logged": "failed", "public.lost": "failed", "public.monthly": "ok",
        "public.moved": "unverified",
        "public.open": "ok", "public.parted": "ok", "public.picky": "unverified",
        "public.ran_out": "failed", "public.routed": "unverified",
        "public.t": "failed", "public.unchecked": "failed", "public.works": "ok",
    }  # fmt: skip
    with helpers.connected(here.url) as connection:
        counted = "SELECT (SELECT count(*) FROM works), (SELECT count(*) FROM country)"
        assert connection.execute(counted).fetchone() == (0, 0)
        connection.execute("INSERT INTO works (code) VALUES ('ABC')")
    assert outcomes(table=["child", "works"]) == {"public.child": "ok", "public.works": "ok"}


def test_what_it_costs_what_fails_and_the_exit_code(project: Project) -> None:
    result = project.run("remediate", "verify", "--probe", expected=1)
    assert "One INSERT for each of 24 tables. A probe costs one value of" in result.stderr
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "Repairs   none are named: every table is tried" in lines
    assert "FAILED  public.t" in lines
    for said in (
        "INSERT is accepted, and its row is stored nowhere: see rule nothing",
        "INSERT is accepted, and its row is stored nowhere: see trigger tr",
        "INSERT is accepted, and its row is not in this table: see rule r",
        "no row goes in, for CHECK closed_check is false for every one: its rows are in its child "
        "tables",
        "INSERT of an unknown id is accepted (taken back): unchecked_up_fkey does not check it, "
        "for its triggers are disabled",
    ):
        assert f"! {said} " in " ".join(result.stdout.split()) + " ", said
    assert "10 ok, 9 failed, 5 unverified." in lines
    project.run("remediate", "verify", "--probe", "--table", "works", "--table", "child")
    url = project.url.render_as_string(hide_password=False)
    alone = Project(project.folder.parent, project.url)
    words = ("remediate", "verify", "--probe", "--table", "log")
    assert "1 ok." in alone.run(*words, REMEDIATE_DATABASE_URL=url).stdout


def test_a_key_that_the_probe_has_to_supply(here: Project) -> None:
    """Nobody knows who fills the ids of a database in which none is generated: no tick for that."""
    with helpers.connected(here.url) as connection:
        connection.execute(
            'DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA "my app" CASCADE; '
            "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL); "
            "CREATE TABLE orders (id integer PRIMARY KEY, user_id integer REFERENCES users); "
            "INSERT INTO users SELECT n, 'a' FROM generate_series(1, 20) n; "
            "INSERT INTO orders SELECT n, n FROM generate_series(1, 20) n; "
            "CREATE TABLE country (code char(2) PRIMARY KEY, name text)"
        )
    assert outcomes() == {
        "public.country": "ok", "public.orders": "unverified", "public.users": "unverified",
    }  # fmt: skip
    shown = here.run("remediate", "verify", "--probe").stdout
    assert "        INSERT with its key works (taken back)" in shown.splitlines()
    with pytest.raises(UsageProblem, match="nothing generates its id, and whether"):
        outcomes(table=["orders"])


def test_nothing_that_could_be_looked_at(here: Project) -> None:
    with pytest.raises(
        UsageProblem, match=r"no INSERT shows whether 1 table takes rows: public\.guarded, no row"
    ):
        outcomes(table=["guarded"])
    with helpers.connected(here.url) as connection:
        connection.execute(
            "CREATE TABLE of_picky (id serial PRIMARY KEY, up integer NOT NULL REFERENCES picky); "
            "CREATE TABLE node (id serial PRIMARY KEY, up integer NOT NULL REFERENCES node)"
        )
    said = here.run("remediate", "verify", "--probe", "--table", "of_picky,node", expected=2).stderr
    assert (
        "public.of_picky, INSERT was not tried: public.picky shows this role no row to refer to, "
        "and none could be made up" in said
    )
    assert "INSERT a row into public.picky, and probe again." in said
    assert "INSERT a first row of public.node, which refers to itself, and probe again." in said
    assert "Connect as" not in said
    with helpers.connected(here.url) as connection:
        connection.execute(
            'DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP TABLE "my app"."Behind"'
        )
    with pytest.raises(UsageProblem, match="nothing"):
        outcomes()


def test_a_role_that_may_not_insert_shows_nothing(project: Project) -> None:
    project.psql(
        "DROP ROLE IF EXISTS health_reader; CREATE ROLE health_reader LOGIN; "
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO health_reader"
    )
    url = project.url.set(username="health_reader").render_as_string(hide_password=False)
    alone = Project(project.folder.parent, project.url)
    words = ("remediate", "verify", "--probe", "--table", "works,country,parted")
    said = alone.run(*words, REMEDIATE_DATABASE_URL=url, expected=2).stderr
    assert "no INSERT shows whether 3 tables take rows: public.country, permission denied" in said
    assert "(and 2 tables likewise)" in said
    assert "Connect as the role that inserts" in said


def test_every_table_beside_repairs(here: Project) -> None:
    """After a repair a probe is about that; the health check is asked for by name."""
    approve = ("--approve", "PK001", "--reviewer", "Ann", "--no-rehearse")
    here.run("remediate", "generate", *approve)
    here.run("alembic", "upgrade", "head")
    assert outcomes() == {"public.t.id": Outcome.OK.value}
    shown = here.run("remediate", "verify", "--probe", "--every-table", expected=1).stdout
    assert "11 ok, 8 failed, 5 unverified." in shown
    refused = here.run("remediate", "verify", "--every-table", expected=2).stderr
    assert "--every-table is about a probe without a plan" in refused
