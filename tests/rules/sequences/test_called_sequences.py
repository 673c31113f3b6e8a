"""Sequences that no default draws from, and that the models call for a key themselves."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Remedy
from remediate.revisions.script import script
from remediate.rules import rule_of
from remediate.snapshots.declared import Declared
from remediate.verification.keys import verify
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci


def _ticket(type_: type[sa.types.TypeEngine[int]] = sa.Integer, **said: str) -> Declared:
    metadata = sa.MetaData()
    called = sa.Sequence("ticket_no", **said)
    sa.Table("ticket", metadata, sa.Column("no", type_, called, primary_key=True))
    return helpers.declared(metadata)


BEHIND = "CREATE TABLE ticket (no integer PRIMARY KEY); INSERT INTO ticket SELECT generate_series(1, 12); "
PARTED = (
    "CREATE TABLE ticket (no integer PRIMARY KEY) PARTITION BY RANGE (no); "
    "CREATE TABLE early PARTITION OF ticket FOR VALUES FROM (0) TO (7); "
    "CREATE TABLE late PARTITION OF ticket FOR VALUES FROM (7) TO (99); "
    "INSERT INTO ticket SELECT generate_series(1, 12); "
)
FULL = "CREATE TABLE ticket (no {} PRIMARY KEY); CREATE SEQUENCE ticket_no AS smallint; "
END = "SELECT setval('ticket_no', 32767)"
FOUND = {
    "behind": (
        f"{BEHIND}CREATE SEQUENCE ticket_no; SELECT setval('ticket_no', 4)",
        ["SEQ001 error public.ticket.no: the sequence's next value is 5, but id 5 already exists: the next INSERT "
        "fails (duplicate key)"],
    ),
    "of partitions": (
        f"{PARTED}CREATE SEQUENCE ticket_no; SELECT setval('ticket_no', 8)",
        ["SEQ001 error public.ticket.no: the sequence's next value is 9, but id 9 already exists: the next INSERT "
        "fails (duplicate key)"],
    ),
    "ahead": (f"{BEHIND}CREATE SEQUENCE ticket_no START 13", []),
    "another one is behind": (f"{BEHIND}CREATE SEQUENCE tickets; CREATE SEQUENCE ticket_no START 13", []),
    "ends before its column": (
        f"{FULL.format('bigint')}INSERT INTO ticket VALUES (32767); {END}",
        ["SEQ002 error public.ticket.no: no id is left in the sequence "
         "public.ticket_no (smallint) (limit 32,767)"],
    ),
    "ends with its column": (
        f"{FULL.format('smallint')}INSERT INTO ticket VALUES (32767); {END}",
        ["SEQ002 error public.ticket.no: no id is left in smallint (limit 32,767)"],
    ),
}  # fmt: skip


def _found(url: sa.URL, models: Declared) -> list[Finding]:
    live = helpers.snapshot(url, models)
    verdicts = [v for c in ("SEQ001", "SEQ002") for v in rule_of(c).find(live, models, Options())]
    return [v for v in verdicts if isinstance(v, Finding)]


@pytest.mark.parametrize(("ddl", "expected"), FOUND.values(), ids=FOUND.keys())
def test_what_is_found(
    ddl: str, expected: list[str], url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(ddl.encode())
    found = _found(url, _ticket())
    assert [f"{f.rule} {f.severity} {f.message}" for f in found] == expected


def test_it_is_told_by_its_schema(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(
        f"{BEHIND}CREATE SEQUENCE ticket_no START 13; CREATE SCHEMA box; "
        "CREATE SEQUENCE box.ticket_no START 2".encode()
    )
    assert _found(url, _ticket()) == []
    (found,) = _found(url, _ticket(schema="box"))
    assert found.message == (
        "public.ticket.no: the sequence's next value is 2, but id 2 already exists: the next "
        "INSERT fails (duplicate key)"
    )


def test_none_that_a_default_replaces(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(
        b"CREATE TABLE ticket (no integer PRIMARY KEY DEFAULT 7); CREATE SEQUENCE ticket_no; "
        b"INSERT INTO ticket VALUES (1)"
    )
    assert _found(url, _ticket()) == []


@pytest.mark.parametrize("case", ["behind", "of partitions", "ends with its column"])
def test_the_repair_lets_it_go_on(case: str, url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(FOUND[case][0].encode())
    models, insert = _ticket(), "INSERT INTO ticket VALUES (nextval('ticket_no'))"
    (found,) = _found(url, models)
    live = helpers.snapshot(url, models)
    made = rule_of(found.rule).remedy(found, live, Options())
    assert isinstance(made, Remedy)
    helpers.run(connection, script([made]).up)
    connection.execute(insert.encode())
    assert _found(url, models) == []


def test_verify_looks_at_it(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(FOUND["behind"][0].encode())
    models = _ticket()
    said = verify("SEQ001:public.ticket.no", helpers.snapshot(url, models), models, {})
    assert str(said.outcome) == "failed"
    connection.execute("SELECT setval('ticket_no', 12)")
    said = verify("SEQ001:public.ticket.no", helpers.snapshot(url, models), models, {})
    assert str(said.outcome) == "ok"
    assert len(said.facts) == 2


ROLES = ("called_sequences_clerk", "called_sequences_robot")
MADE = "DROP ROLE IF EXISTS {0}; CREATE ROLE {0}; GRANT INSERT ON ticket TO {0}; "
LACKS = (
    "PK005 {} public.ticket.no gets its ids through the models from a sequence that "
    "called_sequences_clerk may not use: the models' INSERTs fail"
)


@pytest.mark.parametrize(
    ("grants", "expected"),
    [
        ("", LACKS.format("likely").replace("clerk", "clerk, called_sequences_robot")),
        ("GRANT USAGE ON SEQUENCE ticket_no TO called_sequences_robot", LACKS.format("possible")),
        ("GRANT UPDATE ON SEQUENCE ticket_no TO PUBLIC", ""),
    ],
    ids=["none may", "another may", "all may"],
)
def test_roles_that_may_not_use_it(
    grants: str, expected: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    ddl = f"{BEHIND}CREATE SEQUENCE ticket_no START 13; {''.join(map(MADE.format, ROLES))}{grants}"
    connection.execute(ddl.encode())
    try:
        models = _ticket()
        live, rule = helpers.snapshot(url, models), rule_of("PK005")
        found = [v for v in rule.find(live, models, Options()) if isinstance(v, Finding)]
        said = [f"{f.rule} {f.confidence} {f.message}" for f in found]
        assert said == ([expected] if expected else [])
        for one in found:
            made = rule.remedy(one, live, Options())
            assert isinstance(made, Remedy)
            helpers.run(connection, script([made]).up)
            assert rule.find(helpers.snapshot(url, models), models, Options()) == ()
    finally:
        connection.execute(
            f"DROP OWNED BY {', '.join(ROLES)}; DROP ROLE {', '.join(ROLES)}".encode()
        )
