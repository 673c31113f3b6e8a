"""`plan --since`: the ids that were used since a plan was saved tell when they end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

import remediate
from remediate.findings.facts import facts_as_json
from remediate.plans import plan_file
from remediate.plans.made import Made
from remediate.plans.plan import Plan
from remediate.rehearsal.scratch import Server
from tests.support import helpers

DDL = (
    "CREATE TABLE public.orders (id serial PRIMARY KEY); SELECT setval('orders_id_seq', 400000000)"
)


def saved(plan: Plan, path: Path, days: float) -> None:
    """The plan as a file that was saved so many days ago."""
    at = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
    assert plan.made is not None
    plan_file.save(replace(plan.on_file, made=replace(plan.made, at=at)), path)


def test_a_key_that_is_hardly_half_used_and_ends_within_a_month(
    newest: Server, tmp_path: Path
) -> None:
    """Its repair is worked out, too: what hangs on it was read because of the plan."""
    file = tmp_path / "plan.json"
    with newest.database() as url:
        _run(url, DDL)
        config = remediate.Config(database_url=url.render_as_string(hide_password=False))
        before = remediate.plan(config)
        assert before.items == ()
        saved(before, file, days=10)
        _run(url, "SELECT setval('orders_id_seq', 1000000000)")
        plan = remediate.plan(replace(config, since=str(file)))
        unaware = remediate.plan(config)
    (item,) = plan.items
    facts = facts_as_json(item.finding.facts)
    assert (item.finding.rule, item.finding.severity) == ("SEQ002", "error")
    assert (facts["days_left"], facts["pace_basis"], facts["pace_sure"]) == (
        19.1, "saved plan", "good",
    )  # fmt: skip
    assert item.finding.message.endswith(
        ", in about 19 days at 60,000,000 ids a day (since the plan of 10 days ago)"
    )
    assert item.steps
    assert unaware.items == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"made": None}, "holds no next ids with their time"),
        ({"headroom": ()}, "holds no next ids with their time"),
        ({"made": Made("yesterday", "0.1.0")}, "cannot be read: Invalid isoformat string"),
        ({"made": Made("2026-11-30T21:40:00", "0.1.0")}, "made.at has no time zone"),
        ({"database": "other"}, "the plan was made for the database other"),
    ],
)
def test_a_plan_that_tells_nothing_is_refused(
    change: dict[str, object], said: str, newest: Server, tmp_path: Path
) -> None:
    file = tmp_path / "plan.json"
    with newest.database() as url:
        _run(url, DDL)
        config = remediate.Config(database_url=url.render_as_string(hide_password=False))
        plan = remediate.plan(config).on_file
        if name := change.pop("database", ""):
            change["database"] = replace(plan.database, name=str(name))
        plan_file.save(replace(plan, **change), file)
        with pytest.raises(remediate.RemediateError, match=said):
            remediate.plan(replace(config, since=str(file)))


def _run(url: sa.URL, sql: str) -> None:
    with helpers.connected(url) as connection:
        connection.execute(sql.encode())
