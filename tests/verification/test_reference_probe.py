"""`verify --probe` at a reference: a row with an id that no parent has, on the live database."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.render.observations import sentence
from remediate.snapshots.tables import Name
from remediate.verification import reference_probe
from tests.support import helpers

PARENT = (
    'CREATE SCHEMA "S x"; CREATE TABLE "S x"."user" (id serial PRIMARY KEY); '
    'INSERT INTO "S x"."user" SELECT generate_series(1, 9); '
)
OF_USER = 'REFERENCES "S x"."user"'
REFUSED = "INSERT of an unknown id is refused by f (taken back)"
TURNED = (
    "INSERT of an unknown id shows nothing: a rule or a trigger turns the row away, or changes it"
)
CASES = {
    "a row that must have a lot": (
        "CREATE TABLE other (id date PRIMARY KEY); INSERT INTO other VALUES ('2020-02-02'); "
        "CREATE TABLE c (id serial PRIMARY KEY, at timestamptz NOT NULL, hour time NOT NULL, "
        "o date NOT NULL REFERENCES other, kind text NOT NULL CHECK (kind IN ('x', 'y')), "
        f"u int NOT NULL CONSTRAINT f {OF_USER})",
        REFUSED,
    ),
    "a check of the column": (
        f"CREATE TABLE c (u int NOT NULL CHECK (u > 0) CONSTRAINT f {OF_USER})",
        REFUSED,
    ),
    "at commit": (
        f"CREATE TABLE c (u int CONSTRAINT f {OF_USER} DEFERRABLE INITIALLY DEFERRED)",
        REFUSED,
    ),
    "not validated": (
        "CREATE TABLE c (u int); INSERT INTO c VALUES (77); "
        f"ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (u) {OF_USER} NOT VALID",
        REFUSED,
    ),
    "a partitioned table": (
        f"CREATE TABLE c (u int CONSTRAINT f {OF_USER}, d date NOT NULL) PARTITION BY HASH (u); "
        "CREATE TABLE c1 PARTITION OF c FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
        REFUSED,
    ),
    "the highest id is there": (
        f"CREATE TABLE c (u int CHECK (u > 0) CONSTRAINT f {OF_USER}); "
        'INSERT INTO "S x"."user" VALUES (2147483647)',
        REFUSED,
    ),
    "nothing fires": (
        f"CREATE TABLE c (u int CONSTRAINT f {OF_USER}); ALTER TABLE c DISABLE TRIGGER ALL",
        "INSERT of an unknown id is accepted (taken back): f does not check it, because its triggers are disabled",
    ),
    "another reference": (
        "CREATE TABLE other (id int PRIMARY KEY); "
        f"CREATE TABLE c (o int NOT NULL REFERENCES other, u int CONSTRAINT f {OF_USER})",
        REFUSED,
    ),
    "another reference, to what takes no row": (
        "CREATE TABLE other (id int PRIMARY KEY CHECK (false)); "
        f"CREATE TABLE c (o int NOT NULL REFERENCES other, u int CONSTRAINT f {OF_USER})",
        "INSERT of an unknown id shows nothing: no row of public.other could be read or made up",
    ),
    "a rule in its place": (
        f"CREATE TABLE c (u int CONSTRAINT f {OF_USER}); "
        "CREATE RULE r AS ON INSERT TO c DO INSTEAD NOTHING",
        TURNED,
    ),
    "a rule to another table": (
        f"CREATE TABLE c (u int CONSTRAINT f {OF_USER}); CREATE TABLE other (u int); "
        "CREATE RULE r AS ON INSERT TO c DO INSTEAD INSERT INTO other VALUES (NEW.u)",
        TURNED,
    ),
    "a trigger that gives another id": (
        f"CREATE TABLE c (u int CONSTRAINT f {OF_USER}); CREATE FUNCTION one() RETURNS trigger "
        "LANGUAGE plpgsql AS 'BEGIN NEW.u := 1; RETURN NEW; END'; "
        "CREATE TRIGGER t BEFORE INSERT ON c FOR EACH ROW EXECUTE FUNCTION one()",
        TURNED,
    ),
    "a trigger that raises": (
        f"CREATE TABLE c (u int CONSTRAINT f {OF_USER}); CREATE FUNCTION no() RETURNS trigger "
        "LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'; "
        "CREATE TRIGGER t BEFORE INSERT ON c FOR EACH ROW EXECUTE FUNCTION no()",
        "INSERT of an unknown id shows nothing: no (P0001)",
    ),
    "a row that cannot be made up": (
        f"CREATE TABLE c (k text NOT NULL CHECK (md5(k) = 'x'), u int CONSTRAINT f {OF_USER})",
        "INSERT of an unknown id shows nothing: no row of public.c could be made up",
    ),
}
WORKS = {REFUSED: True, CASES["nothing fires"][1]: False}


@pytest.mark.newest_in_ci
@pytest.mark.parametrize(("ddl", "shown"), CASES.values(), ids=CASES)
def test_what_a_row_without_parent_shows(
    ddl: str, shown: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(f"{PARENT}{ddl}".encode())
    live = helpers.snapshot(url)
    (fk,) = (fk for fk in live.references[Name("public", "c")] if fk.name == "f")
    before = connection.execute("SELECT count(*) FROM c").fetchone()
    made = reference_probe.probe(connection, fk, live)
    assert (sentence(made.seen), made.works) == (shown, WORKS.get(shown))
    assert connection.execute("SELECT count(*) FROM c").fetchone() == before


@pytest.mark.newest_in_ci
def test_a_role_that_may_not_look_or_insert_shows_nothing(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(f"{PARENT}CREATE TABLE c (u int CONSTRAINT f {OF_USER})".encode())
    live = helpers.snapshot(url)
    (fk,) = live.references[Name("public", "c")]
    connection.execute("DROP ROLE IF EXISTS probe_reader; CREATE ROLE probe_reader")
    connection.execute("GRANT INSERT ON c TO probe_reader; SET ROLE probe_reader")
    made = reference_probe.probe(connection, fk, live)
    lacks = 'remediate found no value that is missing from "S x"."user", or cannot read that table'
    assert sentence(made.seen) == f"INSERT of an unknown id shows nothing: {lacks}"
    connection.execute('RESET ROLE; GRANT USAGE ON SCHEMA "S x" TO probe_reader')
    connection.execute('GRANT SELECT ON "S x"."user" TO probe_reader; SET ROLE probe_reader')
    assert reference_probe.probe(connection, fk, live).works is True
    connection.execute("RESET ROLE; REVOKE INSERT ON c FROM probe_reader; SET ROLE probe_reader")
    made = reference_probe.probe(connection, fk, live)
    assert "permission denied for table c (42501)" in sentence(made.seen)
    assert made.works is None
