"""MATCH FULL: a row of the rehearsal's own refers with all columns of a foreign key, or with none."""

from pathlib import Path

import pytest

from remediate.rehearsal.scratch import Server
from tests.support import helpers
from tests.support.project import small_project

GENERATE = ("remediate", "generate", "--approve", "all", "--reviewer", "Ann")
SHOPS = (
    "CREATE TABLE stock (shop text NOT NULL DEFAULT 'main', item serial, PRIMARY KEY (shop, item)); "
    "INSERT INTO stock (shop) SELECT 'main' FROM generate_series(1, 12); "
)
SALES = (
    "CREATE TABLE sale (id serial PRIMARY KEY, shop text NOT NULL DEFAULT 'main', item integer); "
    "INSERT INTO sale SELECT 2147483600 + item, shop, item FROM stock; "
    "SELECT setval('sale_id_seq', 2147483630); CREATE INDEX ON sale (shop, item); "
)
REFERENCE = (
    "ALTER TABLE sale ADD CONSTRAINT sold FOREIGN KEY (shop, item) REFERENCES stock MATCH FULL"
)
NULLABLE = (
    "CREATE TABLE stock (id serial PRIMARY KEY, shop text, item integer, UNIQUE (shop, item)); "
    "INSERT INTO stock (shop, item) SELECT 'main', generate_series(1, 12); "
)
FULL = "INSERT INTO stock (item) VALUES (2147483640); SELECT setval('stock_item_seq', 2147483640); "
CASES = {
    "looked at": SHOPS + SALES + f"{REFERENCE} NOT VALID",
    "of one sale each": f"{SHOPS}{SALES}CREATE UNIQUE INDEX ON sale (item); {REFERENCE} NOT VALID",
    "made anew": SHOPS + SALES + FULL + REFERENCE,
    "of a key that may be NULL": NULLABLE + SALES + f"{REFERENCE.replace('stock', 'stock (shop, item)')} NOT VALID",
}  # fmt: skip


@pytest.mark.few_in_ci(1)
@pytest.mark.parametrize("case", CASES)
def test_all_is_proven_and_undone(case: str, newest: Server, tmp_path: Path) -> None:
    with small_project(newest, tmp_path, CASES[case]) as project:
        before = helpers.dump(project.url)
        project.run(*GENERATE)
        project.run("alembic", "upgrade", "head")
        project.run("remediate", "verify")
        project.run("alembic", "downgrade", "base")
        project.psql("DROP TABLE alembic_version")
        assert helpers.dump(project.url) == before
