"""Numeric keys without decimals become bigint with what references them, and come back."""

from dataclasses import dataclass

import psycopg
import pytest
import sqlalchemy as sa

from remediate.config import Config
from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Hazard, Manual, Remedy
from remediate.revisions.script import script
from remediate.rules import rule_of
from remediate.snapshots.declared import Declared
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

PARTY = "CREATE TABLE party (id {} PRIMARY KEY, name text); "
TWO = "INSERT INTO party SELECT g, 'p' FROM generate_series(1, 40) g; "
BIGINT = "CREATE TABLE deal (id bigserial PRIMARY KEY, party_id bigint REFERENCES party); "


@dataclass(frozen=True)
class Case:
    """What a rule finds first, the columns that are bigint afterwards, and a title."""

    ddl: str
    title: str
    columns: tuple[str, ...]
    rule: str = "FK002"


CASES = {
    "one reference": Case(
        PARTY.format("numeric(10)") + TWO + BIGINT,
        "convert public.party.id to bigint",
        ("party.id",),
    ),
    "numeric references beside it": Case(
        PARTY.format("numeric(10, 0)") + TWO + BIGINT
        + "CREATE TABLE visit (party_id numeric(10) NOT NULL DEFAULT 1 REFERENCES party ON DELETE "
        "CASCADE DEFERRABLE); INSERT INTO visit VALUES (7); "
        "CREATE TABLE bonus (party_id numeric PRIMARY KEY REFERENCES party); "
        "CREATE TABLE paid (bonus numeric(12) REFERENCES bonus, day date); CREATE INDEX ON paid (bonus)",
        "convert public.party.id to bigint with 3 columns that reference it",
        ("party.id", "visit.party_id", "bonus.party_id", "paid.bonus"),
    ),
    "the key references another numeric key": Case(
        PARTY.format("numeric(19)") + TWO
        + "CREATE TABLE firm (id numeric(19) PRIMARY KEY REFERENCES party); "
        "CREATE TABLE deal (firm_id integer REFERENCES firm)",
        "convert public.firm.id to bigint with 2 columns that reference it",
        ("party.id", "firm.id", "deal.firm_id"),
    ),
    "a tree, its sequence, and views": Case(
        "CREATE SEQUENCE numbers; CREATE TABLE party (id numeric(15) PRIMARY KEY DEFAULT "
        "nextval('numbers'), up numeric(15) REFERENCES party CHECK (up > 0)); "
        "ALTER SEQUENCE numbers OWNED BY party.id; INSERT INTO party VALUES (DEFAULT, 1); "
        "CREATE VIEW known AS SELECT id, up FROM party WHERE up > 0; COMMENT ON COLUMN party.id IS 'x'; "
        + BIGINT,
        "convert public.party.id to bigint with the column that references it",
        ("party.id", "party.up"),
    ),
    "text": Case(
        PARTY.format("numeric(10)") + TWO
        + "CREATE TABLE deal (id bigserial PRIMARY KEY, party_id varchar(12)); "
        "INSERT INTO deal (party_id) SELECT id::text FROM party; "
        "CREATE TABLE visit (party_id numeric(10) REFERENCES party)",
        "public.party.id to bigint, public.deal.party_id to bigint, references public.party.id as "
        "deal_party_id_fkey",
        ("party.id", "deal.party_id", "visit.party_id"),
        rule="FK003",
    ),
    "integers without a foreign key": Case(
        PARTY.format("numeric") + TWO
        + "CREATE TABLE deal (id bigserial PRIMARY KEY, party_id integer); "
        "INSERT INTO deal (party_id) SELECT id FROM party",
        "public.party.id to bigint, public.deal.party_id references public.party.id as "
        "deal_party_id_fkey",
        ("party.id", "deal.party_id"),
        rule="FK004",
    ),
    "full": Case(
        PARTY.format("numeric(4)") + "INSERT INTO party SELECT g, 'p' FROM generate_series(1, 9990) g; "
        "ANALYZE party; CREATE TABLE visit (party_id numeric(4) REFERENCES party); CREATE SEQUENCE "
        "numbers OWNED BY party.id",
        "convert public.party.id to bigint with the column that references it",
        ("party.id", "visit.party_id"),
        rule="SEQ002",
    ),
}  # fmt: skip


def found(url: sa.URL, rule: str, models: Declared = Declared()) -> list[Finding]:
    live = helpers.snapshot(url, models, Config())
    verdicts = rule_of(rule).find(live, models, Options())
    return [v for v in verdicts if isinstance(v, Finding)]


def remedy(url: sa.URL, rule: str) -> Remedy | Manual:
    (finding,) = found(url, rule)
    return rule_of(rule).remedy(finding, helpers.snapshot(url), Options())


def types(connection: psycopg.Connection, columns: tuple[str, ...]) -> set[str]:
    rows = connection.execute(
        "SELECT c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod) "
        "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    )
    return {type_ for name, type_ in rows if name in columns}


@pytest.mark.parametrize("name", CASES)
def test_there_and_back(name: str, url: sa.URL, connection: psycopg.Connection) -> None:
    case = CASES[name]
    connection.execute(case.ddl.encode())
    before, made = helpers.dump(url), remedy(url, case.rule)
    assert isinstance(made, Remedy), made
    assert (made.title, made.finish == ()) == (case.title, case.rule in ("FK002", "SEQ002"))
    assert Hazard.NARROW_DOWNGRADE in made.hazards
    written = script([made])
    helpers.run(connection, written.up)
    assert types(connection, case.columns) == {"bigint"}
    assert [f.id for rule in ("FK001", "FK002", "FK003") for f in found(url, rule)] == []
    helpers.run(connection, written.down)
    assert helpers.dump(url) == before
    helpers.run(connection, written.up)


def test_decimals_that_reference_it(url: sa.URL, connection: psycopg.Connection) -> None:
    odd = "CREATE TABLE odd (party_id numeric(10, 2) CONSTRAINT odd_fk REFERENCES party)"
    connection.execute((PARTY.format("numeric(10)") + BIGINT + odd).encode())
    assert remedy(url, "FK002") == Manual(
        "odd_fk would reference a bigint with a type that PostgreSQL cannot compare with it (42804): "
        "convert these columns first"
    )


def test_tables_that_reference_each_other(url: sa.URL, connection: psycopg.Connection) -> None:
    circle = (
        "CREATE TABLE firm (id numeric(10) PRIMARY KEY REFERENCES party); "
        "ALTER TABLE party ADD FOREIGN KEY (id) REFERENCES firm; "
    )
    connection.execute((PARTY.format("numeric(10)") + circle + BIGINT).encode())
    assert remedy(url, "FK002") == Manual(
        "public.firm and public.party reference each other: convert them by hand, in one statement or transaction"
    )


@pytest.mark.parametrize(
    ("value", "why"),
    [("9223372036854775808", "bigint out of range"), ("'NaN'", "cannot convert NaN to bigint")],
)
def test_what_no_bigint_holds_is_left_to_a_person(
    value: str, why: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute((PARTY.format("numeric") + BIGINT + "CREATE SEQUENCE party_id_seq").encode())
    connection.execute(f"INSERT INTO party VALUES ({value})".encode())
    reason = f"remediate could not read public.party.id as bigint: its lowest and highest id: {why}"
    assert (remedy(url, "FK002"), remedy(url, "PK001")) == (Manual(reason), Manual(reason))


LARGE = (
    "INSERT INTO party SELECT g, repeat('p', 900) FROM generate_series(1, 9000) g; ANALYZE party; "
)


@pytest.mark.parametrize("rows", ["", LARGE], ids=["small", "large"])
def test_what_is_written_with_decimals_is_left_to_a_person(
    rows: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute((PARTY.format("numeric") + BIGINT + rows).encode())
    connection.execute(b"INSERT INTO party VALUES (9001.00), (0)")
    assert remedy(url, "FK002") == Manual(
        "public.party.id holds 9001.00, which is no bigint: decide about the rows of SELECT id FROM "
        "public.party WHERE scale(id) > 0 first"
    )


@pytest.mark.parametrize("rows", ["", LARGE], ids=["small", "large"])
def test_what_is_no_whole_number_makes_it_no_key_of_numbers(
    rows: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute((PARTY.format("numeric") + BIGINT + rows).encode())
    connection.execute(b"INSERT INTO party VALUES (9001.00), (9002.50), (-1)")
    before, made = helpers.dump(url), remedy(url, "FK002")
    assert isinstance(made, Remedy)
    assert made.title == "convert public.deal.party_id to numeric"
    helpers.run(connection, script([made]).up)
    assert found(url, "PK001") == found(url, "FK002") == []
    helpers.run(connection, script([made]).down)
    assert helpers.dump(url) == before


def test_a_sequence_whose_ids_are_not_whole(url: sa.URL, connection: psycopg.Connection) -> None:
    key = PARTY.format("numeric DEFAULT nextval('s')")
    connection.execute(f"CREATE SEQUENCE s AS smallint; {key}".encode())
    connection.execute(b"ALTER SEQUENCE s OWNED BY party.id; SELECT setval('s', 32767)")
    connection.execute(b"INSERT INTO party VALUES (32767), (4.5)")
    made = remedy(url, "SEQ002")
    assert isinstance(made, Remedy)
    assert made.title == "make sequence public.s bigint"


def test_what_came_since_stops_the_upgrade(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute((PARTY.format("numeric") + BIGINT).encode())
    made = remedy(url, "FK002")
    assert isinstance(made, Remedy)
    connection.execute(b"INSERT INTO party VALUES (1.5)")
    with pytest.raises(psycopg.errors.DataException, match="holds values that are no bigint"):
        helpers.run(connection, script([made]).up)
    assert types(connection, ("party.id",)) == {"numeric"}


def test_a_reference_to_decimals_is_converted_itself(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute((PARTY.format("numeric(10, 2)") + BIGINT).encode())
    made = remedy(url, "FK002")
    assert isinstance(made, Remedy)
    assert made.title == "convert public.deal.party_id to numeric"


def test_a_key_of_numbers_gets_a_sequence(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(b"CREATE TABLE a (id numeric(6) PRIMARY KEY, v text)")
    connection.execute(b"CREATE SEQUENCE a_id_seq; INSERT INTO a VALUES (41)")
    before, made = helpers.dump(url), remedy(url, "PK001")
    assert isinstance(made, Remedy)
    helpers.run(connection, script([made]).up)
    got = connection.execute("INSERT INTO a (v) VALUES ('w') RETURNING id").fetchone()
    assert got == (42,)
    helpers.run(connection, script([made]).down)
    assert helpers.dump(url) == before


def test_no_room_in_few_digits(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(b"CREATE TABLE a (id numeric(3) PRIMARY KEY); CREATE SEQUENCE a_id_seq")
    connection.execute(b"INSERT INTO a VALUES (999)")
    assert remedy(url, "PK001") == Manual(
        "no room: the next value would be 1,000, and numeric(3,0) ends at 999; widen the column to "
        "bigint first"
    )


@pytest.mark.parametrize("digits", ["", "(19)", "(24, 0)"])
def test_no_type_has_more_than_bigint(
    digits: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(PARTY.format(f"numeric{digits}").encode())
    connection.execute(b"CREATE SEQUENCE counting OWNED BY party.id")
    connection.execute(b"INSERT INTO party VALUES (9223372036854775807); ANALYZE party")
    (full,) = found(url, "SEQ002")
    assert full.message == (
        "public.party.id: no id is left in bigint (limit 9,223,372,036,854,775,807)"
    )
    assert remedy(url, "SEQ002") == Manual(
        "no sequence exceeds bigint: decide about the rows that are so far ahead, or what happens once no id is left"
    )
    assert remedy(url, "PK001") == Manual(
        "no room: its highest id is 9,223,372,036,854,775,807, and no sequence exceeds 9,223,372,036,854,775,807; "
        "decide about the rows with such high ids"
    )


DOMAIN = "CREATE DOMAIN digits AS numeric(8,0) CHECK (VALUE > 0); CREATE DOMAIN number AS digits; "


@pytest.mark.parametrize("type_", ["digits", "number"])
def test_a_key_of_a_domain(type_: str, url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute((DOMAIN + PARTY.format(type_) + TWO + BIGINT).encode())
    connection.execute(b"CREATE SEQUENCE counting OWNED BY party.id")
    assert remedy(url, "FK002") == Manual(
        f"objects on the columns cannot be rebuilt: public.party.id: domain {type_}"
    )
    before, made = helpers.dump(url), remedy(url, "PK001")
    assert isinstance(made, Remedy)
    helpers.run(connection, script([made]).up)
    got = connection.execute("INSERT INTO party (name) VALUES ('w') RETURNING id").fetchone()
    assert got == (41,)
    helpers.run(connection, script([made]).down)
    assert helpers.dump(url) == before
    connection.execute(b"INSERT INTO party VALUES (99999999)")
    assert remedy(url, "PK001") == Manual(
        f"no room: the next value would be 100,000,000, and public.{type_} ends at 99,999,999; widen "
        "the column to bigint first"
    )


def test_a_domain_with_decimals(url: sa.URL, connection: psycopg.Connection) -> None:
    ddl = "CREATE DOMAIN price AS numeric(8,2); CREATE SEQUENCE party_id_seq; "
    connection.execute((ddl + PARTY.format("price") + TWO).encode())
    assert found(url, "PK001") == []


MODELS = [
    (sa.Numeric(10, 0), "bigint", ["MD001 warning"]),
    (sa.Numeric(10, 2), "bigint", ["MD001 error"]),
    (sa.BigInteger(), "numeric(10)", ["MD001 info"]),
    (sa.Numeric(10, 0), "numeric(10)", []),
    (sa.Numeric(), "numeric(12)", []),
]


@pytest.mark.parametrize(("model", "type_", "said"), MODELS)
def test_models_and_numbers(
    model: sa.types.TypeEngine[object],
    type_: str,
    said: list[str],
    url: sa.URL,
    connection: psycopg.Connection,
) -> None:
    connection.execute((PARTY.format(type_)).encode())
    metadata = sa.MetaData()
    sa.Table("party", metadata, sa.Column("id", model, primary_key=True))
    models = helpers.declared(metadata)
    assert [f"{f.rule} {f.severity}" for f in found(url, "MD001", models)] == said
