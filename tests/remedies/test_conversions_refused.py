"""What a conversion meets that it must not change, and what is in its way for a while."""

import threading
import time

import psycopg
import pytest
import sqlalchemy as sa

from remediate.catalog import catalog
from remediate.config import Config
from remediate.findings.finding import Options
from remediate.findings.remedy import Manual, Remedy
from remediate.project.enrichment import enrich
from remediate.remedies.binding import bind
from remediate.revisions.script import script
from remediate.snapshots.declared import Declared
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name
from tests.remedies.test_values import KEYS, column, said_by_models
from tests.support import helpers
from tests.support.examples import named
from tests.support.project import Project

CANONICAL = KEYS + column("('1'), ('2')")

TEXT = KEYS + column("('1'), ('2')", "text")

WATCHED = (
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; "
    "CREATE TRIGGER g BEFORE UPDATE ON c FOR EACH ROW WHEN ({}) EXECUTE FUNCTION f()"
)

REFUSED = [
    ("partition key", KEYS +
        "CREATE TABLE c (id serial, p_id varchar(9)) PARTITION BY LIST (p_id); "
        "CREATE TABLE c1 PARTITION OF c DEFAULT", "partition key of c"),
    ("generated column", CANONICAL
        + "; ALTER TABLE c ADD g text GENERATED ALWAYS AS (p_id || 'x') STORED",
        "generated column g"),
    ("row type", CANONICAL + "; CREATE TABLE u (x c[])", "its row type"),
    ("function with a body", CANONICAL
        + "; CREATE FUNCTION f() RETURNS bigint BEGIN ATOMIC SELECT count(p_id) FROM c; END",
        "function f"),
    ("index on lower", TEXT + "; CREATE INDEX i ON c (lower(p_id))",
        "index i, which computes with it as text"),
    ("partial index", TEXT + "; CREATE INDEX i ON c (id) WHERE p_id <> ''", "index i, which computes with it as text"),
    ("pattern", TEXT + "; ALTER TABLE c ADD CONSTRAINT digits CHECK (p_id IS NULL OR p_id ~ '^[0-9]+$')",
        "CHECK digits, which computes with it as text"),
    ("beside a constant", CANONICAL + "; CREATE UNIQUE INDEX u ON c ((coalesce(p_id, 'none')))",
        "index u, which computes with it as text"),
    ("a blank-padded one", KEYS + column("('1'), ('2')", "char(9)")
        + "; CREATE INDEX i ON c (id) WHERE p_id <> 'none'", "index i, which computes with it as text"),
    ("trim", CANONICAL + "; ALTER TABLE c ADD CONSTRAINT k CHECK (length(trim(p_id)) > 0)",
        "CHECK k, which computes with it as text"),
    ("rows of a publication", CANONICAL + "; CREATE PUBLICATION a FOR TABLE c WHERE (p_id <> '' AND id > 0)",
        "publication a, which computes with it as text"),
    ("position", CANONICAL + "; CREATE INDEX i ON c ((position('0' IN p_id)))",
        "index i, which computes with it as text"),
    ("overlay of a blank-padded one", KEYS + column("('1'), ('2')", "char(9)")
        + "; ALTER TABLE c ADD CONSTRAINT k CHECK (overlay(p_id PLACING 'x' FROM 1) <> '')",
        "CHECK k, which computes with it as text"),
    ("uuid", CANONICAL + "; CREATE INDEX i ON c ((p_id::uuid)) WHERE length(id::text) > 30",
        "index i, which computes with it as text"),
    ("policy", CANONICAL + "; CREATE POLICY own ON c USING (coalesce(p_id, 'none') = current_user)",
        "policy own, which computes with it as text"),
    ("trigger", CANONICAL + "; " + WATCHED.format("coalesce(NEW.p_id, 'none') <> 'none'"),
        "trigger g, which computes with it as text"),
    ("rule", TEXT + "; CREATE TABLE l (x text); CREATE RULE r AS ON UPDATE TO c WHERE lower(NEW.p_id) <> OLD.p_id "
        "DO ALSO INSERT INTO l VALUES (NEW.p_id)", "rule r, which computes with it as text"),
    ("action of a rule", TEXT + "; CREATE TABLE l (x text); CREATE RULE r AS ON DELETE TO c DO ALSO "
        "DELETE FROM l WHERE x = OLD.p_id", "rule r, which computes with it as text"),
    ("view", CANONICAL + "; CREATE VIEW v AS SELECT id, p_id FROM c; CREATE VIEW w AS SELECT x FROM "
        "(SELECT p_id || '%' COLLATE \"C\" AS y, coalesce(p_id, 'none') AS x FROM v) s",
        "view public.w, which computes with it as text"),
    ("materialized view of a partition", "CREATE SCHEMA s; " + KEYS
        + "CREATE TABLE c (id serial, \"N %\" text, p_id text) PARTITION BY LIST (id); "
        "CREATE TABLE s.c1 PARTITION OF c DEFAULT; CREATE TABLE s.d (id integer); "
        "CREATE MATERIALIZED VIEW s.m AS SELECT FROM s.c1 JOIN s.d USING (id) WHERE c1.p_id = 'none'",
        "materialized view s.m, which computes with it as text"),
    ("policy with a subquery", CANONICAL + "; CREATE TABLE o (n text); CREATE POLICY own ON o USING "
        "(EXISTS (SELECT FROM c WHERE coalesce(c.p_id, 'none') = o.n))", "policy own on public.o, which computes"),
    ("index of a partition", KEYS
        + "CREATE TABLE c (n integer, id serial, p_id text) PARTITION BY LIST (id); "
        "CREATE TABLE c1 (p_id text, id integer NOT NULL, n integer); "
        "ALTER TABLE c ATTACH PARTITION c1 DEFAULT; CREATE INDEX i ON c1 (length(p_id))",
        "index i, which computes with it as text"),
    ("inherited", CANONICAL + "; CREATE TABLE kid () INHERITS (c)", "inherited by kid"),
    ("domain", "CREATE DOMAIN d AS varchar(9); " + KEYS + column("('1')", "d"), "domain d"),
]  # fmt: skip


# PostgreSQL 13 prints TRIM, POSITION and OVERLAY as functions, with the cast to text: what has them
# can be made again over a number.
SINCE = {
    "function with a body": 14, "trim": 14, "position": 14, "overlay of a blank-padded one": 14,
    "rows of a publication": 15,
}  # fmt: skip


@pytest.mark.parametrize(("ddl", "why"), named(REFUSED, SINCE))
def test_refused_by_name(ddl: str, why: str, url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(ddl.encode())
    live = said_by_models(url)
    made = bind(live.candidates[0], live, Options())
    assert isinstance(made, Manual)
    assert why in made.reason


def test_what_asks_only_whether_there_is_a_value_is_rebuilt(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    """And so is what computes with another column, or with the number that the text is; what casts it
    to text, whatever it is; what compares it with itself; and what assigns it to a text."""
    connection.execute(
        f"{TEXT}; ALTER TABLE c ADD note text; CREATE INDEX ON c (lower(note)) WHERE p_id IS NOT NULL;"
        "CREATE INDEX ON c ((p_id::integer), trim(p_id::varchar), (p_id::numeric), substring(note FROM 2));"
        "ALTER TABLE c ADD CHECK (p_id IS NOT NULL OR note <> '');"
        "ALTER TABLE c ADD CHECK (num_nonnulls(note, p_id) = 1);"
        f"CREATE INDEX ON c ((p_id::varchar(5))); {WATCHED.format('OLD.p_id IS DISTINCT FROM NEW.p_id')};"
        "CREATE TABLE l (x text); CREATE RULE r AS ON DELETE TO c WHERE OLD.p_id IS NULL DO ALSO INSERT INTO l "
        "VALUES (OLD.p_id); CREATE RULE s AS ON UPDATE TO c DO ALSO INSERT INTO l VALUES (OLD.p_id), (NEW.p_id);"
        "CREATE VIEW v AS SELECT id, p_id, p_id || '%' AS y, lower(p_id::varchar) FROM c GROUP BY id;"
        "CREATE VIEW w AS WITH c AS (SELECT y FROM v) SELECT count(x) FROM l FULL JOIN c ON c.y = x;"
        "CREATE POLICY own ON l USING (EXISTS (SELECT FROM v JOIN c USING (p_id) WHERE c.ctid > '(0,0)'))".encode()
    )  # fmt: skip
    live = said_by_models(url)
    made = bind(live.candidates[0], live, Options())
    assert isinstance(made, Remedy)
    helpers.run(connection, script([made]).up)


MODELS = """\
from sqlalchemy import Column, ForeignKey, Integer, Table

Table("p", metadata, Column("id", Integer, primary_key=True, default=1))
p_id = Column("p_id", ForeignKey("p.id"))
Table("c", metadata, Column("id", Integer, primary_key=True), p_id)
"""
pytestmark = [
    pytest.mark.turns_in_ci,
    pytest.mark.project(
        CANONICAL + "; CREATE PUBLICATION out FOR TABLE c; CREATE VIEW v AS SELECT p_id FROM c",
        models=MODELS,
    ),
]
GENERATE = ("remediate", "generate", "--approve", "FK003", "--reviewer", "Ann")


@pytest.mark.soak
def test_a_hazard_is_accepted_by_name(project: Project) -> None:
    refused = project.run(*GENERATE, expected=3)
    assert (
        "FK003:public.c.p_id has a hazard that is not accepted: the table is published"
        in refused.stderr
    )
    assert "Accept it by name: --allow PUBLISHED_TABLE" in refused.stderr
    assert project.generated() == []
    unknown = project.run(*GENERATE, "--allow", "EVERYTHING", expected=2)
    assert "--allow EVERYTHING: there is no such hazard" in unknown.stderr
    project.run(*GENERATE, "--allow", "published_table")
    assert len(project.generated()) == 2
    explained = project.run("remediate", "explain", "PUBLISHED_TABLE").stdout
    assert "--allow PUBLISHED_TABLE" in explained


@pytest.mark.soak
def test_a_second_run_and_a_second_upgrade(project: Project) -> None:
    allowed = (*GENERATE, "--allow", "PUBLISHED_TABLE")
    project.run(*allowed)
    again = project.run(*allowed, expected=3)
    assert "this repair is generated already" in again.stderr
    project.run("alembic", "upgrade", "head")
    project.run("alembic", "upgrade", "head")
    assert "nothing" in project.run(*allowed, expected=None).stderr.lower() or project.generated()


@pytest.mark.soak
def test_orphans_that_are_kept(project: Project) -> None:
    with helpers.connected(project.url) as connection:
        connection.execute("INSERT INTO c (p_id) VALUES ('77')")
        before = helpers.dump(project.url)
        kept = (*GENERATE, "--orphans", "keep", "--allow", "PUBLISHED_TABLE")
        refused = project.run(*kept, expected=3)
        assert "rows without a parent stay" in refused.stderr
        project.run(*kept, "--allow", "ORPHANS_KEPT")
        project.run("alembic", "upgrade", "head")
        assert connection.execute("SELECT max(p_id) FROM c").fetchone() == (77,)
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute("INSERT INTO c (p_id) VALUES (78)")
        shown = project.run("remediate", "verify").stdout
        assert "not validated: rows from before are not checked" in " ".join(shown.split())
        project.run("alembic", "downgrade", "base")
        assert helpers.dump(project.url) == before


CHANGED = [
    ("repaired",
        "DROP VIEW v; "
        "ALTER TABLE c ALTER p_id TYPE integer USING p_id::integer; "
        "CREATE VIEW v AS SELECT p_id FROM c", "public.c.p_id is integer"),
    ("another view", "CREATE VIEW w AS SELECT p_id FROM c", "expected"),
    ("the view was replaced", "CREATE OR REPLACE VIEW v AS SELECT p_id FROM c WHERE id > 7", "defined otherwise"),
    ("stored otherwise", "ALTER TABLE c ALTER p_id SET STORAGE EXTERNAL", "public.c.p_id has another storage"),
    ("the view went", "DROP VIEW v", "does not exist"),
    ("a trigger came",
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; "
        "END'; "
        "CREATE TRIGGER g BEFORE UPDATE OF p_id ON c FOR EACH ROW EXECUTE FUNCTION f()",
        "g on public.c"),
    ("a value came", "INSERT INTO c (p_id) VALUES ('none')", "1 are no integer"),
    ("the constraint came", "ALTER TABLE c ADD CONSTRAINT c_p_id_fkey CHECK (true)", "already exists"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "says"), [c[1:] for c in CHANGED], ids=[c[0] for c in CHANGED])
def test_changed_since_the_plan(
    change: str, says: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(CANONICAL + "; CREATE VIEW v AS SELECT p_id FROM c")
    live = said_by_models(url)
    made = bind(live.candidates[0], live, Options())
    assert isinstance(made, Remedy)
    connection.execute(change.encode())
    before = helpers.dump(url)
    with pytest.raises(psycopg.Error) as caught:
        helpers.run(connection, script([made]).up)
    assert says in f"{caught.value} {caught.value.diag.message_detail}"
    assert helpers.dump(url) == before


def test_a_snapshot_from_before_is_waited_for(url: sa.URL, connection: psycopg.Connection) -> None:
    """pg_dump between two tables: it would find the rewritten one empty."""
    connection.execute(CANONICAL)
    live = said_by_models(url)
    made = bind(live.candidates[0], live, Options())
    assert isinstance(made, Remedy)
    with helpers.connected(url) as dumping:
        dumping.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        dumping.execute("SELECT count(*) FROM p")
        upgrade = threading.Thread(target=helpers.run, args=[connection, script([made]).up])
        upgrade.start()
        time.sleep(1)
        assert upgrade.is_alive()
        assert dumping.execute("SELECT count(*) FROM c").fetchone() == (2,)
        dumping.execute("COMMIT")
        upgrade.join(20)
    assert not upgrade.is_alive()
    type_ = connection.execute("SELECT pg_typeof(p_id)::text FROM c").fetchone()
    assert type_ == ("integer",)


LOCK = "another session holds a lock on it"
LOCKED = [
    ("the table", "ALTER TABLE c ADD x integer", LOCK),
    ("the key's table", "ALTER TABLE p ADD x integer", LOCK),
]


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize(("change", "why"), [c[1:] for c in LOCKED], ids=[c[0] for c in LOCKED])
def test_values_that_cannot_be_read_now(
    change: str, why: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(CANONICAL)
    with helpers.connected(url) as other:
        other.execute("BEGIN")
        other.execute(change.encode())
        live = said_by_models(url)
        other.execute("ROLLBACK")
    assert any(why in u.reason for u in live.unread)
    made = bind(live.candidates[0], live, Options())
    assert isinstance(made, Manual)
    assert made.reason == f"its values could not be read ({LOCK}): plan again once they can be read"


def test_a_view_that_cannot_be_read_now(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(CANONICAL + "; CREATE VIEW v AS SELECT p_id FROM c")
    with helpers.connected(url) as other:
        other.execute("BEGIN")
        other.execute("ALTER VIEW v SET (security_barrier = true)")
        started = time.monotonic()
        live = said_by_models(url)
        waited = time.monotonic() - started
        other.execute("ROLLBACK")
    assert waited < 15
    made = bind(live.candidates[0], live, Options())
    assert isinstance(made, Manual)
    assert "another session holds a lock on it" in made.reason


def test_a_role_that_may_not_read_the_values(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(
        CANONICAL
        + "; DROP ROLE IF EXISTS blind; CREATE ROLE blind LOGIN; GRANT SELECT ON p TO blind"
    )
    engine = sa.create_engine(url.set(username="blind"), poolclass=sa.NullPool)
    fk = ForeignKey(Name("public", "c"), ("p_id",), Name("public", "p"), ("id",))
    with engine.connect() as reading:
        live = enrich(reading, catalog.read(reading), Declared(foreign_keys=(fk,)), Config())
    engine.dispose()
    assert ("p_id", "its values: no privilege to read every row (SELECT, or row security)") in {
        (u.column, u.reason) for u in live.unread
    }
