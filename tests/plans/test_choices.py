"""Models without a table: created, kept as code only, or to be deleted."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from remediate.commands.review import Walk
from remediate.errors import Refused, UsageProblem
from remediate.findings.facts import facts_of
from remediate.findings.finding import Place
from remediate.plans.answers import Answer
from remediate.plans.decisions import Order, carried, decide
from remediate.plans.document import from_json, with_review
from remediate.plans.plan import Plan
from remediate.rehearsal.scratch import Server
from remediate.render import card, closing, markdown, runbook
from remediate.render.style import PLAIN
from remediate.rules.models.table_missing import TableMissingFacts
from remediate.snapshots.tables import Name
from tests.support import helpers

A, B, V = "MD005:public.a", "MD005:public.b", "MD005:public.v"


@pytest.fixture(scope="module")
def fresh(newest: Server) -> Iterator[Plan]:
    """Two tables that can be created, one that cannot, and a key that needs a repair."""
    metadata = sa.MetaData()
    for name, *more in (("a",), ("b",), ("v", sa.Column("x", sa.dialects.postgresql.CITEXT))):
        sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), *more)
    models = helpers.declared(metadata)
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute(
                "CREATE TABLE lost (id serial PRIMARY KEY); ALTER TABLE lost ALTER id DROP DEFAULT"
            )
        yield helpers.plan_that_comes_back(helpers.snapshot(url, models), models)


@pytest.fixture
def plan(fresh: Plan) -> Plan:
    """As its file holds it."""
    return fresh.on_file


def decided(plan: Plan, *choose: str, reason: str = "later", **other: tuple[str, ...]) -> Plan:
    return decide(plan, Order(choose=choose, reviewer="Ann", reason=reason, **other))


def answers(plan: Plan) -> dict[str, tuple[str, str]]:
    return {i.id: (i.decision.answer, i.decision.choice) for i in plan.items if i.decision}


def test_each_answer_is_kept_with_its_reason(plan: Plan) -> None:
    made = decided(plan, f"{A}=code-only", f"{B}=create")
    made = decided(made, f"{V}=delete", reason="nobody uses it")
    assert answers(made) == {
        A: (Answer.SKIPPED, "code-only"), B: (Answer.APPROVED, ""), V: (Answer.SKIPPED, "delete"),
    }  # fmt: skip
    reasons = {i.id: i.decision.reason for i in made.items if i.decision}
    assert reasons == {A: "later", B: "", V: "nobody uses it"}  # of what is left out alone
    assert from_json(with_review(made)) == made
    shown = card.reviewed(made, "plan.json")
    assert "  to be deleted  MD005:public.v   Ann, " in shown
    assert "UTC: nobody uses it" in shown
    assert [*made.approvals] == [B]


def test_an_answer_is_about_the_model(plan: Plan) -> None:
    """Whatever would create its table; no repair is skipped for good, and nothing is approved."""
    lost = "PK001:public.lost.id"
    made = decided(decided(plan, f"{A}=create"), f"{A}=code-only", f"{V}=delete", skip=(lost,))
    made = decided(decided(made, f"{B}=code-only"), f"{B}=create")
    other = tuple(replace(item, fingerprint="e" * 16) for item in plan.items)
    kept, fallen = carried(replace(plan, items=other), made)
    assert answers(kept) == {A: (Answer.SKIPPED, "code-only"), V: (Answer.SKIPPED, "delete")}
    assert sorted(fallen) == [B, lost]
    assert carried(replace(plan, items=()), made)[1] == tuple(i.id for i in made.items)


def test_all_leaves_them_and_says_so(plan: Plan) -> None:
    made = decide(plan, Order(approve=("all",), reviewer="Ann"))
    assert [*answers(made)] == ["PK001:public.lost.id"]
    assert made.unreviewed == ()
    shown = card.reviewed(made, "plan.json")
    assert "1 approved, 0 skipped, 0 to decide, 3 choices open." in shown
    assert f"Left out, because it is a choice, to be made by its id: {A}, {B}" in shown


def test_papers_count_them_apart(fresh: Plan) -> None:
    """They are no repairs that wait: nobody has to create a table."""
    shown = markdown.markdown(fresh, "")
    assert "4 findings: 1 repairable automatically, 1 by hand, 2 to decide about." in shown
    book = runbook.markdown(runbook.Runbook(fresh, "2026-11-29 17:00 UTC", "1"))
    assert "- [ ] 1 more can be repaired without hurry" in book
    assert (
        "- [ ] MD005:public.a and 1 alike (public.b): create the table, keep the model as code only, or"
        " delete it: remediate review PLAN --choose."
    ) in book


def test_where_nothing_is_left_but_choices(fresh: Plan) -> None:
    left = replace(fresh, heads=(), items=tuple(i for i in fresh.items if i.is_choice))
    assert [*closing.next_commands(left, PLAIN)] == [
        "Why:   remediate explain MD005",
        "Next:  remediate plan --save plan.json && remediate review plan.json",
    ]


def test_their_rule_approves_what_can_be_created(plan: Plan) -> None:
    made = decide(plan, Order(approve=("MD005",), reviewer="Ann"))
    assert [*made.approvals] == [A, B]
    again = decide(decided(plan, f"{A}=code-only"), Order(approve=("MD005",), reviewer="Ben"))
    assert [*again.approvals] == [B]


def test_no_table_is_created_without_one_that_it_needs(fresh: Plan) -> None:
    """Neither directly nor by another, whoever decides first."""
    first, second = (next(i for i in fresh.items if i.id == id_) for id_ in (A, B))
    facts = facts_of(second.finding, TableMissingFacts)
    below = replace(second.finding, facts=replace(facts, missing_too=("public.a",)))
    place, facts = Place(Name("public", "z")), replace(facts, missing_too=("public.b",))
    last = replace(below, place=place, facts=facts)
    items = (first, replace(second, finding=below), replace(second, finding=last))
    plan = replace(fresh, items=items).on_file
    assert len(decide(plan, Order(approve=("MD005",), reviewer="Ann")).approvals) == 3
    later = decided(plan, f"{A}=code-only")
    with pytest.raises(
        Refused, match=f"{B} cannot be created: it needs public.a, which is kept as"
    ):
        decided(later, f"{B}=create")
    with pytest.raises(Refused, match="MD005 names nothing that can be approved"):
        decide(later, Order(approve=("MD005",), reviewer="Ben"))
    with pytest.raises(
        Refused, match=f"{B} cannot be created: it needs public.a, which is to be d"
    ):
        decided(decided(plan, f"{A}=create", f"{B}=create"), f"{A}=delete")
    _, shown = walked(later, "a", "a")
    assert shown.count("cannot be created") == 2
    alone = replace(plan, items=plan.items[1:])
    with pytest.raises(Refused, match=f"{B} cannot be created: it needs public.a, which is not in"):
        decided(alone, f"{B}=create")


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (
            (f"{V}=create",),
            Refused,
            f"{V} has no repair to approve: the database has no type citext",
        ),
        (
            (f"{A}=keep",),
            UsageProblem,
            f"--choose {A}=keep: expected an id and one of create, code-only, delete",
        ),
        ((A,), UsageProblem, "expected an id and one of create, code-only, delete"),
        (
            ("MD005:public.c=delete",),
            UsageProblem,
            "MD005:public.c: this plan has no such rule or finding",
        ),
        (("PK001:public.lost.id=delete",), UsageProblem, "it is a repair, not a choice"),
    ],
)
def test_what_is_no_answer(
    plan: Plan, words: tuple[str, ...], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as refused:
        decided(plan, *words)
    assert message in str(refused.value)


def test_an_answer_needs_a_reason(plan: Plan) -> None:
    with pytest.raises(UsageProblem, match="a skipped item needs a reason"):
        decided(plan, f"{A}=delete", reason="")


def walked(plan: Plan, *lines: str) -> tuple[Plan, str]:
    said, shown = iter(lines), list[str]()
    walk = Walk(
        plan, lambda _: next(said, "q"), shown.append, lambda _: None, Order(reviewer="Ann")
    )
    return walk.run(), "\n".join(shown)


def test_somebody_at_a_terminal_is_asked(plan: Plan) -> None:
    repaired = decide(plan, Order(approve=("all",), reviewer="Ann"))
    made, shown = walked(repaired, "c", "a feature to come", "create", "t superseded", "n")
    assert answers(replace(made, items=made.items[1:])) == {
        A: (Answer.SKIPPED, "code-only"), B: (Answer.APPROVED, ""), V: (Answer.SKIPPED, "delete"),
    }  # fmt: skip
    assert "a create the table   c keep the model as code only" in shown
    assert "by hand: the database has no type citext" in shown
    both, shown = walked(repaired, "r", "2")
    assert [*both.approvals] == ["PK001:public.lost.id", A, B]
    untouched, _ = walked(plan, "c because", "t because")
    assert answers(untouched) == {}
