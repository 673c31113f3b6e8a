"""Which statements of a downgrade bring back what the upgrade took, as far as they tell."""

import pytest

from remediate.rehearsal import kept
from remediate.rehearsal.kept import Back
from remediate.rehearsal.result import Run, Statement
from remediate.snapshots.tables import Name

PLAN, OTHER = Name("public", "plan"), Name("public", "other")
KEPT = "CREATE TABLE plan_kept AS SELECT id, fee FROM plan"
DOWN = [
    ([], ["UPDATE plan SET fee = 5"], Back.NO),
    ([], ["INSERT INTO plan (fee) VALUES (%(fee)s)"], Back.NO),
    ([], ["SELECT setval('plan_id_seq', (SELECT max(id) FROM plan))"], Back.NO),
    ([], ["UPDATE other SET fee = plan.fee FROM plan"], Back.NO),
    ([], ["ALTER TABLE plan ALTER fee SET NOT NULL", "CREATE INDEX ON plan (fee)"], Back.NO),
    ([], ["UPDATE plan SET fee = total / 2"], Back.PERHAPS),
    ([], ["INSERT INTO plan SELECT * FROM archive.plans"], Back.PERHAPS),
    ([], ["SELECT restore_plans()"], Back.PERHAPS),
    ([], ["DO 'BEGIN IF true THEN INSERT INTO plan SELECT 1; END IF; END'"], Back.PERHAPS),
    ([], ["SELECT id, fee FROM history", "UPDATE plan SET fee = %(fee)s"], Back.PERHAPS),
    ([], ["ALTER TABLE plan_old RENAME TO plan"], Back.PERHAPS),
    ([KEPT], ["UPDATE plan SET fee = k.fee FROM plan_kept k WHERE k.id = plan.id"], Back.YES),
    ([KEPT], ["WITH k AS (SELECT * FROM plan_kept) INSERT INTO plan SELECT * FROM k"], Back.YES),
    ([KEPT, "INSERT INTO last_copy SELECT * FROM plan_kept"],
     ["INSERT INTO plan SELECT * FROM last_copy"], Back.YES),
    (["UPDATE other SET fee = p.fee FROM plan p"],
     ["UPDATE plan SET fee = (SELECT o.fee FROM other o WHERE o.id = plan.id)"], Back.YES),
    (["UPDATE other SET fee = 5"], ["UPDATE plan SET fee = other.fee FROM other"], Back.PERHAPS),
]  # fmt: skip
DELETING = [
    "DELETE FROM plan WHERE fee > 5",
    "delete from only public.plan",
    "WITH gone AS (DELETE FROM plan RETURNING id) SELECT count(*) FROM gone",
    "SELECT 1; TRUNCATE other_one, plan",
    "MERGE INTO plan USING other ON other.id = plan.id WHEN MATCHED THEN DELETE",
    "DO 'BEGIN DELETE FROM public.plan; END'",
]
OTHERWISE = [
    "DELETE FROM sales.plan",
    "MERGE INTO plan USING other ON other.id = plan.id WHEN MATCHED THEN UPDATE SET fee = 1",
    "DELETE FROM other_one WHERE id IN (SELECT id FROM plan)",
    "DO 'BEGIN DELETE FROM planned; END'",
]


def run(statements: list[str]) -> Run:
    return Run(tuple(Statement(n, sql, n) for n, sql in enumerate(statements, 1)))


@pytest.mark.parametrize(("up", "down", "expected"), DOWN)
def test_constants_bring_nothing_back(up: list[str], down: list[str], expected: Back) -> None:
    assert kept.back(PLAN, run(up), run(down)) is expected


@pytest.mark.parametrize("sql", [*DELETING, *OTHERWISE])
def test_each_way_of_deleting_rows_is_seen(sql: str) -> None:
    found = [*kept.deleted(run([sql]), [PLAN, OTHER])]
    assert found == ([(PLAN, 1)] if sql in DELETING else [])
