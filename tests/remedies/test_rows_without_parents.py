"""Rows that came past a foreign key while triggers were off, before a conversion makes it anew."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.findings.finding import Finding, Options
from remediate.findings.remedy import Remedy
from remediate.revisions.script import script
from remediate.rules import rule_of
from remediate.snapshots.declared import Declared
from tests.support import helpers

pytestmark = pytest.mark.turns_in_ci

FULL = (
    "CREATE TABLE crate (id serial PRIMARY KEY, v text); SELECT setval('crate_id_seq', 2147483640); "
    "INSERT INTO crate SELECT g FROM generate_series(2147483630, 2147483640) g; "
)
PAST = "SET session_replication_role = replica; {}; SET session_replication_role = origin"
PLAIN = "CREATE TABLE item (id serial PRIMARY KEY, crate integer REFERENCES crate); "

KINDS = {
    "a wider key": ("SEQ002", FULL + PLAIN, "INSERT INTO item (crate) VALUES (5), (6)", 2,
        "public.item.item_crate_fkey: SELECT c.* FROM public.item c WHERE c.crate IS NOT NULL"),
    "a wider reference": ("FK001",
        "CREATE TABLE crate (id bigserial PRIMARY KEY); INSERT INTO crate VALUES (1); " + PLAIN,
        "INSERT INTO item (crate) VALUES (1), (77)", 1, "public.item.item_crate_fkey: SELECT"),
    "a reference of partitions": ("SEQ002", FULL
        + 'CREATE TABLE "Item" (crate integer CONSTRAINT "In It" REFERENCES crate, d integer) '
        "PARTITION BY RANGE (d); CREATE TABLE i1 PARTITION OF \"Item\" DEFAULT; ",
        'INSERT INTO "Item" VALUES (9, 1)', 1, 'public."Item"."In It": SELECT'),
    "a composite key": ("SEQ002", "CREATE TABLE crate (n integer DEFAULT 1, id serial, "
        "PRIMARY KEY (n, id)); SELECT setval('crate_id_seq', 2147483640); CREATE TABLE item "
        "(n integer, crate integer, FOREIGN KEY (n, crate) REFERENCES crate); ",
        "INSERT INTO item VALUES (1, 3), (NULL, 4)", 1, "public.item.item_n_crate_fkey: SELECT"),
    "integers for a number": ("FK002", "CREATE TABLE crate (id numeric(10) PRIMARY KEY); " + PLAIN,
        "INSERT INTO item (crate) VALUES (8)", 1, "public.item.item_crate_fkey: SELECT"),
}  # fmt: skip


def repair(url: sa.URL, rule: str) -> Remedy:
    live = helpers.snapshot(url)
    found = [v for v in rule_of(rule).find(live, Declared(), Options()) if isinstance(v, Finding)]
    made = rule_of(rule).remedy(found[0], live, Options())
    assert isinstance(made, Remedy), made
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_are_counted_before_the_conversion(
    kind: str, url: sa.URL, connection: psycopg.Connection
) -> None:
    rule, ddl, past, count, said = KINDS[kind]
    connection.execute((ddl + PAST.format(past)).encode())
    before, made = helpers.dump(url), repair(url, rule)
    with pytest.raises(psycopg.errors.ForeignKeyViolation) as refused:
        helpers.run(connection, script([made]).up)
    assert refused.value.diag.message_primary == (
        "remediate: rows have no parent under foreign keys that are checked again when types "
        "change; nothing was changed"
    )
    assert f"{count} rows of {said}" in str(refused.value.diag.message_detail)
    connection.rollback()
    assert helpers.dump(url) == before
    table = past.split()[2]
    connection.execute(f"DELETE FROM {table} WHERE crate < 100 AND crate > 1".encode())
    helpers.run(connection, script([repair(url, rule)]).up)


def test_of_a_key_that_was_never_validated_are_left(
    url: sa.URL, connection: psycopg.Connection
) -> None:
    connection.execute((FULL + "CREATE TABLE item (crate integer); INSERT INTO item VALUES (5); "
        "ALTER TABLE item ADD FOREIGN KEY (crate) REFERENCES crate NOT VALID").encode())  # fmt: skip
    helpers.run(connection, script([repair(url, "SEQ002")]).up)
