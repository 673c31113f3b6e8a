"""Tables whose primary key is over other columns than the one that their models declare."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.analysis.causes import Cause
from remediate.findings.facts import part_of
from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Manual, Remedy
from remediate.revisions.script import script
from remediate.rules import RULES_BY_CODE
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

MOVED = """
CREATE TABLE sailor (name text NOT NULL PRIMARY KEY, no integer NOT NULL);
INSERT INTO sailor VALUES ('a', 3), ('b', 9)
"""


def model(*key: str, type_: type = sa.Integer, **given: bool) -> sa.MetaData:
    metadata = sa.MetaData()
    columns = (sa.Column(c, type_, primary_key=True, **given) for c in key)
    sa.Table("sailor", metadata, *columns)
    return metadata


def findings(url: sa.URL, known: sa.MetaData) -> dict[str, Finding]:
    declared = helpers.declared(known)
    live = helpers.snapshot(url, declared)
    verdicts = [v for rule in RULES_BY_CODE.values() for v in rule.find(live, declared, Options())]
    return {v.rule: v for v in verdicts if isinstance(v, Finding)}


def remedy(finding: Finding, url: sa.URL, known: sa.MetaData) -> Remedy | Manual:
    live = helpers.snapshot(url, helpers.declared(known))
    return RULES_BY_CODE[finding.rule].remedy(finding, live, Options())


def test_what_the_models_leave_to_the_database_is_repaired(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute(MOVED.encode())
    before, found = helpers.dump(url), findings(url, model("no"))
    assert {rule: (f.severity.value, f.confidence.value) for rule, f in found.items()} == {
        "PK001": ("error", "proven"),
        "PK009": ("warning", "proven"),
    }
    assert found["PK009"].message == (
        "public.sailor has its primary key on name, but its models declare it on no: nothing prevents duplicates"
    )
    cause = part_of(found["PK001"].facts, Cause)
    assert cause is not None
    assert cause.cause_evidence == "the PRIMARY KEY is on name, and this is an ordinary column"
    by_hand, made = (remedy(found[rule], url, model("no")) for rule in ("PK009", "PK001"))
    assert by_hand == Manual(
        "decide which key is right: declare name in the models, or move the key to no in a revision, after all "
        "foreign keys that reference name"
    )
    assert isinstance(made, Remedy)
    written = script([made])
    helpers.run(connection, written.up)
    insert = "INSERT INTO sailor (name) VALUES ('c') RETURNING no"
    assert connection.execute(insert.encode()).fetchone() == (10,)
    assert set(findings(url, model("no"))) == {"PK009"}
    helpers.run(connection, written.down)
    assert helpers.dump(url) == before


ONLY_THE_KEY = {
    "a number that is generated": ("name text PRIMARY KEY, no serial", model("no")),
    "a number that the models make": (
        "name text PRIMARY KEY, no integer NOT NULL", model("no", autoincrement=False)
    ),
    "a text": ("no serial PRIMARY KEY, name text NOT NULL", model("name", type_=sa.Text)),
}  # fmt: skip


@pytest.mark.parametrize("name", ONLY_THE_KEY)
def test_what_is_filled_is_no_finding_of_its_own(
    name: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    columns, known = ONLY_THE_KEY[name]
    connection.execute(f"CREATE TABLE sailor ({columns})".encode())
    assert set(findings(url, known)) == {"PK009"}


def test_a_uuid_is_judged_too(url: sa.URL, connection: psycopg.Connection) -> None:
    connection.execute(b"CREATE TABLE sailor (no serial PRIMARY KEY, tag uuid NOT NULL)")
    known = sa.MetaData()
    made = sa.text("gen_random_uuid()")
    sa.Table("sailor", known, sa.Column("tag", sa.Uuid, primary_key=True, server_default=made))
    assert set(findings(url, known)) == {"PK008", "PK009"}


HEALTHY = {
    "a column that is unique": ("name text PRIMARY KEY, no serial UNIQUE", model("no")),
    "a key of more columns": ("name text, no serial, PRIMARY KEY (name, no)", model("no")),
    "a key of fewer columns": ("no serial PRIMARY KEY, hat integer", model("no", "hat")),
    "another order": ("no serial, name integer, PRIMARY KEY (name, no)", model("no", "name")),
    "a column that is not there yet": ("name text PRIMARY KEY", model("no")),
}  # fmt: skip


@pytest.mark.parametrize("name", HEALTHY)
def test_what_is_left_alone(name: str, url: sa.URL, connection: psycopg.Connection) -> None:
    columns, known = HEALTHY[name]
    connection.execute(f"CREATE TABLE sailor ({columns})".encode())
    assert findings(url, known) == {}
    assert helpers.snapshot(url, helpers.declared(known)).unread == ()
