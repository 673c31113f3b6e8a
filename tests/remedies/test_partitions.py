"""A partitioned table gets what its partitions draw from, and all of them have one sequence."""

from dataclasses import dataclass

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Manual, Remedy
from remediate.rehearsal.scratch import Server
from remediate.revisions.script import script
from remediate.rules import RULES, rule_of
from remediate.rules.keys.key_without_default import RULE
from remediate.snapshots.declared import Declared
from tests.support import helpers
from tests.support.meant import nothing_else

pytestmark = pytest.mark.turns_in_ci

ROOT = (
    "CREATE TABLE visit (n bigint NOT NULL, at date NOT NULL, PRIMARY KEY (at, n)) "
    "PARTITION BY RANGE (at); "
)
FEBRUARY = (
    "CREATE TABLE february PARTITION OF visit FOR VALUES FROM ('2030-02-01') TO ('2030-03-01'); "
)
JANUARY = (
    "CREATE TABLE january (n {type}, at date NOT NULL, PRIMARY KEY (at, n)); {more}"
    "ALTER TABLE visit ATTACH PARTITION january FOR VALUES FROM ('2030-01-01') TO ('2030-02-01'); "
)
MARCH = (
    "CREATE TABLE march (n bigserial, at date NOT NULL, PRIMARY KEY (at, n)); "
    "ALTER TABLE visit ATTACH PARTITION march FOR VALUES FROM ('2030-03-01') TO ('2030-04-01'); "
    "INSERT INTO march (at) SELECT '2030-03-02' FROM generate_series(1, 9); "
)
SERIAL = JANUARY.format(type="bigserial", more="")
ROWS = "INSERT INTO january (at) VALUES ('2030-01-05'), ('2030-01-06'); "
FREE = (
    "CREATE SEQUENCE numbers START 50; "
    + JANUARY.format(type="bigint NOT NULL DEFAULT nextval('numbers')", more="")
    + ROWS
)
LENT = FREE + "CREATE TABLE other (id bigint PRIMARY KEY DEFAULT nextval('numbers')); "
FUNCTION = (
    "CREATE FUNCTION made() RETURNS bigint LANGUAGE sql AS "
    "'SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint'; "
    + JANUARY.format(type="bigint NOT NULL DEFAULT made()", more="")
)


@dataclass(frozen=True)
class Case:
    """Partitions of which some generate; what owns the sequence at last; the next ids."""

    ddl: str
    sequence: str
    ids: list[int]


CASES = {
    "a partition owns the sequence": Case(SERIAL + ROWS + FEBRUARY, "january_n_seq", [3, 4, 5]),
    "nobody owns it": Case(FREE + FEBRUARY, "numbers", [52, 53, 54]),
    "another table draws from it": Case(LENT + FEBRUARY, "visit_n_seq", [52, 53, 54]),
    "two partitions, two sequences": Case(
        SERIAL + ROWS + MARCH + FEBRUARY, "january_n_seq", [10, 11, 12]
    ),
    "a partition of a partition": Case(
        SERIAL + "CREATE TABLE later PARTITION OF visit FOR VALUES FROM ('2030-02-01') TO "
        "('2030-09-01') PARTITION BY RANGE (at); "
        + FEBRUARY.replace("OF visit", "OF later"),
        "january_n_seq",
        [1, 2, 3],
    ),
}  # fmt: skip


def found(url: sa.URL) -> list[Finding]:
    """By every rule that a repair could break."""
    live = helpers.snapshot(url)
    of_keys = [r for r in RULES if r.provable and not r.alone and not r.asked_for]
    verdicts = [v for r in of_keys for v in r.find(live, Declared(), Options())]
    return [v for v in verdicts if isinstance(v, Finding)]


def remedy(url: sa.URL) -> Remedy | Manual:
    (finding,) = [f for f in found(url) if f.rule == RULE.code]
    assert str(finding.place) == "public.visit.n"
    return RULE.remedy(finding, helpers.snapshot(url), Options())


def insert(connection: psycopg.Connection, table: str, at: str) -> int:
    made = connection.execute(f"INSERT INTO {table} (at) VALUES ('{at}') RETURNING n").fetchone()
    assert made
    return int(made[0])


@pytest.mark.parametrize("name", CASES)
def test_one_sequence_for_all(name: str, url: sa.URL, connection: psycopg.Connection) -> None:
    case = CASES[name]
    connection.execute((ROOT + case.ddl).encode())
    with pytest.raises(psycopg.errors.NotNullViolation):
        insert(connection, "visit", "2030-02-03")
    before = helpers.dump(url)
    made = remedy(url)
    assert isinstance(made, Remedy)
    written = script([made])
    with nothing_else(url, [made]):
        helpers.run(connection, written.up)

    places = [("visit", "2030-02-03"), ("february", "2030-02-03"), ("visit", "2030-01-09")]
    assert [insert(connection, *place) for place in places] == case.ids
    owner = connection.execute("SELECT pg_get_serial_sequence('visit', 'n')").fetchone()
    assert owner == (f"public.{case.sequence}",)
    lenders = {"another table draws from it": ["SEQ004:public.other.id"]}
    assert [f.id for f in found(url)] == lenders.get(name, [])
    helpers.run(connection, written.down)
    assert helpers.dump(url) == before


def test_a_default_that_is_a_function(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute((ROOT + FUNCTION + FEBRUARY).encode())
    before, made = helpers.dump(url), remedy(url)
    assert isinstance(made, Remedy)
    assert made.title == "set the default of its partitions, public.made()"
    written = script([made])
    helpers.run(connection, written.up)
    assert insert(connection, "visit", "2030-02-03") >= 7000
    assert insert(connection, "february", "2030-02-03") >= 7000
    assert found(url) == []
    helpers.run(connection, written.down)
    assert helpers.dump(url) == before


KEYLESS = ROOT.replace(", PRIMARY KEY (at, n)", "")
OWN_KEYS = {
    "one sequence": (
        "CREATE SEQUENCE numbers; "
        + KEYLESS
        + FEBRUARY.replace("visit FOR", "visit (n DEFAULT nextval('numbers'), PRIMARY KEY (n)) FOR")
        + "INSERT INTO february (at) SELECT '2030-02-03' FROM generate_series(1, 5); "
        + JANUARY.format(type="bigint DEFAULT nextval('numbers')", more="").replace("(at, n)", "(n)")
    ),
    "that of one partition, below another": (
        KEYLESS
        + "CREATE TABLE later PARTITION OF visit FOR VALUES FROM ('2030-02-01') TO ('2030-09-01') "
        "PARTITION BY RANGE (at); "
        + FEBRUARY.replace("visit FOR", "later (PRIMARY KEY (n, at)) FOR")
        + SERIAL.replace("(at, n)", "(n, at)")
        + "INSERT INTO january (at) SELECT '2030-01-03' FROM generate_series(1, 5); "
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OWN_KEYS)
def test_a_root_whose_partitions_have_the_key(
    name: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(OWN_KEYS[name].encode())
    before, made = helpers.dump(url), remedy(url)
    assert [f.rule for f in found(url)] == ["PK001"]
    assert isinstance(made, Remedy)
    written = script([made])
    helpers.run(connection, written.up)
    assert [insert(connection, "visit", f"2030-0{n}-04") for n in (1, 2)] == [6, 7]
    assert found(url) == []
    helpers.run(connection, written.down)
    assert helpers.dump(url) == before


HEALTHY = {
    "its root generates": KEYLESS.replace("n bigint NOT NULL", "n bigserial")
    + FEBRUARY.replace("visit FOR", "visit (PRIMARY KEY (n)) FOR"),
    "nothing generates": KEYLESS + FEBRUARY.replace("visit FOR", "visit (PRIMARY KEY (n)) FOR"),
    "only another column is filled": KEYLESS
    + FEBRUARY.replace("visit FOR", "visit (at DEFAULT now(), PRIMARY KEY (n, at)) FOR"),
    "some have no key": KEYLESS + JANUARY.format(type="bigserial", more="").replace(
        ", PRIMARY KEY (at, n)", "") + FEBRUARY.replace("visit FOR", "visit (PRIMARY KEY (n)) FOR"),
    "what is called like its key": "CREATE SEQUENCE numbers; " + KEYLESS
    + FEBRUARY.replace("visit FOR", "visit (n DEFAULT nextval('numbers'), PRIMARY KEY (n)) FOR")
    + "ALTER TABLE visit ALTER n SET DEFAULT nextval('numbers'); CREATE TABLE guest (id serial "
    "PRIMARY KEY, visit_n bigint); INSERT INTO visit (at) SELECT '2030-02-03' FROM "
    "generate_series(1, 30); INSERT INTO guest (visit_n) SELECT n FROM visit",
}  # fmt: skip


@pytest.mark.parametrize("name", HEALTHY)
def test_a_root_without_a_key_is_left_alone(
    name: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(HEALTHY[name].encode())
    live = helpers.snapshot(url)
    verdicts = [v for r in RULES for v in r.find(live, Declared(), Options())]
    spoken = {v.id for v in verdicts if isinstance(v, Finding)}
    assert spoken - {"SEQ004:public.visit.n"} == set()


def test_a_type_above_keys_of_partitions(newest: Server) -> None:
    own = FEBRUARY.replace("visit FOR", "visit (PRIMARY KEY (n)) FOR")
    with newest.database() as url, helpers.connected(url) as connection:
        connection.execute((KEYLESS.replace("n bigint NOT NULL", "n serial") + own).encode())
        connection.execute("SELECT setval('visit_n_seq', 2147483600)")
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
            connection.execute("ALTER TABLE visit ALTER n TYPE bigint")
        (full,) = found(url)
        made = rule_of("SEQ002").remedy(full, helpers.snapshot(url), Options())
    assert made == Manual(
        "the partitions of public.visit have primary keys of their own, and PostgreSQL may refuse to recreate them "
        "(55000): drop these keys first, and add them again afterwards"
    )


def test_two_functions_are_a_decision(url: sa.URL, connection: psycopg.Connection) -> None:
    march = MARCH.replace("bigserial", "bigint NOT NULL DEFAULT made() + 1").partition("INSERT")[0]
    connection.execute((ROOT + FUNCTION + march).encode())
    assert remedy(url) == Manual(
        "its partitions have different defaults, (public.made() + 1) and public.made(): decide which one is right for "
        "the partitioned table"
    )


def test_a_root_that_generates_is_left_alone(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute((ROOT.replace("n bigint NOT NULL", "n bigserial") + FEBRUARY).encode())
    connection.execute("ALTER TABLE february ALTER n DROP DEFAULT")
    assert found(url) == []
