"""What a key gets whose model's server_default is no sequence for this key alone."""

import uuid

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Manual, Remedy
from remediate.plans.plan import ApprovedItem
from remediate.plans.rounds import side_by_side
from remediate.revisions.script import script
from remediate.rules import RULES
from remediate.snapshots.declared import Declared
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

OF_KEYS = [rule for rule in RULES if rule.code in ("PK001", "PK003", "PK004", "PK008")]
NUMBERS = sa.Sequence("document_numbers")
TICKET = """
CREATE SEQUENCE ticks; CREATE FUNCTION ticket() RETURNS bigint LANGUAGE sql
AS 'SELECT 4611686018427387904 + nextval(''public.ticks'')';
"""
HIGH = 2**62  # where tickets begin


def models(*, type_: TypeEngine[object] | None = None, **defaults: object) -> Declared:
    """A table of each name, whose key has this server_default."""
    metadata = sa.MetaData()
    for name, default in defaults.items():
        key = sa.Column("id", type_ or sa.BigInteger(), primary_key=True, server_default=default)
        sa.Table(name, metadata, key)
    return helpers.declared(metadata)


def found(url: sa.URL, declared: Declared) -> list[tuple[str, Remedy | Manual, Finding]]:
    live = helpers.snapshot(url, declared)
    findings = (f for rule in OF_KEYS for f in rule.find(live, declared, Options()))
    made = [f for f in findings if isinstance(f, Finding)]
    rules = {rule.code: rule for rule in OF_KEYS}
    return [(str(f.place), rules[f.rule].remedy(f, live, Options()), f) for f in made]


def reasons(url: sa.URL, declared: Declared) -> dict[str, str]:
    return {p: r.reason for p, r, _ in found(url, declared) if isinstance(r, Manual)}


def repaired(url: sa.URL, connection: psycopg.Connection, declared: Declared) -> int:
    """Repair all, one round upon another, there and back and there again: how many rounds."""
    before, rounds = helpers.dump(url), []
    while items := [
        ApprovedItem(f, r) for _, r, f in found(url, declared) if isinstance(r, Remedy)
    ]:
        rounds.append(script([item.remedy for item in side_by_side(items)]))
        helpers.run(connection, rounds[-1].up)
    for made in reversed(rounds):
        helpers.run(connection, made.down)
    assert helpers.dump(url) == before
    for made in rounds:
        helpers.run(connection, made.up)
    return len(rounds)


def given(connection: psycopg.Connection, *tables: str) -> list[int]:
    """The id that an INSERT into each gets."""
    asked = (connection.execute(f"INSERT INTO {t} DEFAULT VALUES RETURNING id") for t in tables)
    return [row[0] for one in asked if (row := one.fetchone())]


def key(name: str, *ids: int, type_: str = "bigint", default: str = "") -> str:
    rows = "".join(f"INSERT INTO {name} VALUES ({i});" for i in ids)
    return (
        f"CREATE TABLE {name} (id {type_} PRIMARY KEY {default and f'DEFAULT {default}'}); {rows}"
    )


@pytest.mark.parametrize(("there", "rounds"), [("CREATE SEQUENCE document_numbers;", 1), ("", 2)])
def test_keys_that_share_a_sequence_by_their_models(
    there: str, rounds: int, url: sa.URL, connection: psycopg.Connection
) -> None:
    """No id of one is given to the other, not even between two revisions; and nobody owns it."""
    ddl = key("bills", 3) + key("credits", 41) + key("drafts", type_="integer")
    connection.execute((there + ddl).encode())
    named = models(bills=NUMBERS.next_value(), credits=sa.text("nextval('document_numbers')"),
                   drafts=sa.text("nextval('public.document_numbers'::regclass)"))  # fmt: skip
    assert repaired(url, connection, named) == rounds
    assert given(connection, "bills", "credits", "drafts", "bills") == [42, 43, 44, 45]
    (sequence,) = helpers.snapshot(url).sequences
    assert sequence.owned_by is None
    said = [f for rule in RULES if rule.code in ("SEQ004", "SEQ005", "PK003")
            for f in rule.find(helpers.snapshot(url), named, Options())]  # fmt: skip
    assert said == []


def test_the_first_of_two_revisions_gives_no_id_of_the_other_table(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute((key("bills", 3) + key("credits", 41)).encode())
    named = models(bills=NUMBERS.next_value(), credits=NUMBERS.next_value())
    first = next(r for place, r, _ in found(url, named) if place == "public.bills.id")
    assert isinstance(first, Remedy)
    helpers.run(connection, script([first]).up)
    assert given(connection, "bills") == [42]


DRAWN = "CREATE SEQUENCE document_numbers;" + key("bills", 5, default="nextval('document_numbers')")


@pytest.mark.parametrize("of_bills", [None, NUMBERS.next_value()])
@pytest.mark.parametrize("lost", [key("credits", 8), key("credits", 8, default="8")])
def test_a_sequence_from_which_another_table_draws(
    of_bills: object, lost: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute((DRAWN + lost).encode())
    repaired(url, connection, models(bills=of_bills, credits=NUMBERS.next_value()))
    assert given(connection, "credits", "bills", "credits") == [9, 10, 11]


@pytest.mark.parametrize("default", ["", "nextval('bills_id_seq')", "8"])
def test_a_sequence_that_another_table_owns(
    default: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    """It would go with that table: a person says whether they share it."""
    connection.execute(
        (
            "CREATE TABLE bills (id serial PRIMARY KEY); SELECT setval('bills_id_seq', 8);"
            + key("credits", 8, default=default)
        ).encode()
    )
    named = models(bills=None, credits=sa.text("nextval('bills_id_seq')"))
    (reason,) = reasons(url, named).values()
    assert "public.bills_id_seq, which public.bills owns" in reason
    connection.execute("ALTER SEQUENCE bills_id_seq OWNED BY NONE")
    repaired(url, connection, named)
    assert given(connection, "credits", "bills", "credits") == [9, 10, 11]


def test_parts_of_one_table_share_nothing(url: sa.URL, connection: psycopg.Connection) -> None:
    """A partition with a model of its own draws what its root draws, which owns it."""
    connection.execute(
        "CREATE TABLE logs (id bigint PRIMARY KEY) PARTITION BY RANGE (id);"
        "CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM (1) TO (1000)"
    )
    repaired(url, connection, models(logs=NUMBERS.next_value(), logs_1=NUMBERS.next_value()))
    (sequence,) = helpers.snapshot(url).sequences
    assert str(sequence.name) == "public.document_numbers"
    assert sequence.owned_by is not None


@pytest.mark.turns_in_ci
@pytest.mark.parametrize(
    "written", [sa.text("ticket()"), sa.text("public.ticket( )"), sa.func.ticket()]
)
@pytest.mark.parametrize("lost", [key("seats"), key("seats", HIGH, HIGH + 9), key("seats", default="0"),
                                  "CREATE TABLE other (id bigserial PRIMARY KEY);"
                                  + key("seats", default="nextval('other_id_seq')")])  # fmt: skip
def test_a_function_that_fills_another_key(
    written: object, lost: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(
        (TICKET + "SELECT setval('ticks', 20);" + key("rows", default="ticket()") + lost).encode()
    )
    repaired(url, connection, models(rows=sa.text("ticket()"), seats=written))
    assert given(connection, "seats") == [HIGH + 21]


@pytest.mark.parametrize(
    "written",
    ["ticket()", "1000000 + nextval('ticks')", "other_ticket('seats')", "other_ticket('Seats')"],
)
@pytest.mark.parametrize("ids", [(), (HIGH,)])
def test_an_expression_that_no_other_key_has(
    written: str, ids: tuple[int, ...], url: sa.URL, connection: psycopg.Connection
) -> None:
    other = TICKET.replace("ticket()", "other_ticket(of text)").replace(
        "CREATE SEQUENCE ticks;", ""
    )
    connection.execute(
        (
            TICKET + other + key("rows", default="other_ticket('SEATS')") + key("seats", *ids)
        ).encode()
    )
    told = reasons(url, models(rows=sa.text("other_ticket('SEATS')"), seats=sa.text(written)))
    assert list(told) == ["public.seats.id"]
    assert told["public.seats.id"].endswith(f"ALTER COLUMN id SET DEFAULT {written}")


def test_ids_above_every_sequence_of_a_silent_model(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(key("seats", HIGH).encode())
    assert found(url, models(seats=None)) == []


@pytest.mark.parametrize(("written", "expected"), [
    ("gen_random_uuid()", "gen_random_uuid()"),
    ("uuid_generate_v4()", "gen_random_uuid()"),
    ("app_uuid()", "public.app_uuid()"),
    ("uuid_generate_v1mc()", ""),
])  # fmt: skip
def test_the_function_of_a_uuid_key(
    written: str, expected: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(
        "CREATE FUNCTION app_uuid() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()';"
        "CREATE TABLE rows (id uuid PRIMARY KEY DEFAULT app_uuid()); CREATE TABLE seats (id uuid PRIMARY KEY)"
    )
    said = models(type_=sa.Uuid(), rows=sa.text("app_uuid()"), seats=sa.text(written))
    if not expected:
        assert written in reasons(url, said)["public.seats.id"]
        return
    repaired(url, connection, said)
    column = helpers.snapshot(url).table_of[helpers.Name("public", "seats")].column("id")
    assert column.default == expected
    assert isinstance(given(connection, "seats")[0], uuid.UUID)
