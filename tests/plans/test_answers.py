"""Decisions of several reviewers about one item: who answered what, and what it amounts to."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from remediate.commands.generate_options import GenerateOptions
from remediate.commands.review import Walk
from remediate.errors import Refused, UsageProblem
from remediate.plans import plan_file
from remediate.plans.agreement import agreed
from remediate.plans.approval import check_demand
from remediate.plans.decisions import Order, carried, decide
from remediate.plans.document import from_json, with_review
from remediate.plans.plan import Item, Plan
from remediate.render import card
from tests.commands.test_review import finding, plan_of
from tests.support.project import Project

A, B = "PK001:a", "SEQ001:b"


def two(reviewers: int = 2) -> Plan:
    return plan_of(finding(A), finding(B)).demanding(reviewers)


def approve(plan: Plan, reviewer: str, *ids: str, reason: str = "") -> Plan:
    return decide(plan, Order(approve=ids or ("all",), reviewer=reviewer, reason=reason))


def skip(plan: Plan, reviewer: str, *ids: str, reason: str = "not today") -> Plan:
    return decide(plan, Order(skip=ids, reviewer=reviewer, reason=reason))


def answers(item: Item) -> list[str]:
    return [f"{one.answer} {one.reviewer} {one.reason}".strip() for one in item.decisions]


def settled(plan: Plan) -> list[str | None]:
    return [item.decision and item.decision.answer.value for item in plan.items]


def refusal(saved: Plan) -> str:
    with pytest.raises(Refused) as refused:
        agreed(saved, saved, "plan.json", ())
    return refused.value.message


def test_every_decision_stays_and_the_last_of_each_reviewer_counts() -> None:
    plan = approve(two(1), "Ann  Example", A, reason="read it with the DBA")
    plan = approve(plan, "Bea Beta", A)
    assert answers(plan.items[0]) == [
        "approved Ann Example read it with the DBA", "approved Bea Beta",
    ]  # fmt: skip
    assert approve(plan, "ann Example", A) == plan
    plan = skip(plan, "ann example", A)
    assert answers(plan.items[0]) == [
        "approved Ann Example read it with the DBA", "approved Bea Beta",
        "skipped ann example not today",
    ]  # fmt: skip
    assert settled(plan) == ["skipped", None]
    shown = card.reviewed(plan, "plan.json")
    assert f"  before: approved  {A}\n            Ann Example, " in shown
    assert settled(approve(plan, "Ann Example", A, reason="fits")) == ["approved", None]
    one = plan.items[0].decisions[-1]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", one.when)


def test_anybody_who_skips_settles_it() -> None:
    plan = approve(skip(two(1), "Ann", A), "Bea", A)
    assert settled(plan) == ["skipped", None]
    assert f"Not written, as long as anybody skips it: {A}" in card.reviewed(plan, "plan.json")
    plan = approve(plan, "Ann", A)
    assert settled(plan) == ["approved", None]


def test_as_many_names_as_are_demanded() -> None:
    plan = approve(two(), "Ann")
    assert settled(plan) == [None, None]
    assert [item.id for item in plan.unreviewed] == [A, B]
    assert settled(approve(plan, " ANN")) == [None, None]
    assert refusal(plan).endswith(
        f"and 1 reviewer must still approve {A}, {B}; so far decided: Ann"
    )
    assert "2 items approved by some, and not yet by 2 reviewers" in card.reviewed(plan, "p")
    assert settled(approve(plan, "Bea", A)) == ["approved", None]
    both = approve(plan, "Bea", "all")
    rows = [line for line in card.reviewed(both, "p").splitlines() if A in line]
    assert len(rows) == 1
    assert re.fullmatch(rf"  approved  {A}   Ann, .* UTC; Bea, .* UTC", rows[0])
    assert len(rows[0]) <= 80
    assert settled(both) == ["approved", "approved"]
    assert agreed(both, both, "plan.json", ()).reviewer == "Ann, Bea"


def test_what_is_merely_possible_is_not_left_out_in_silence() -> None:
    """One of two reviewers approves it: the other has to answer."""
    plan = plan_of(finding(A), finding(B, confidence="possible")).demanding(2)
    plan = approve(approve(approve(plan, "Ann", A), "Bea", A), "Ann", B)
    assert refusal(plan).endswith(f"1 reviewer must still approve {B}; so far decided: Ann")


def test_a_plan_that_was_saved_before_two_were_demanded() -> None:
    assert "[tool.remediate] reviewers" in refusal(approve(two(1), "Ann").demanding(2))


@pytest.mark.parametrize(
    ("reviewer", "left"),
    [("", []), ("Bea", ["approved Ann"]), (" ann ", ["skipped Bea not today"])],
)
def test_whose_decision_is_taken_back(reviewer: str, left: list[str]) -> None:
    plan = skip(approve(two(), "Ann", A), "Bea", A)
    assert answers(decide(plan, Order(reset=(A,), reviewer=reviewer)).items[0]) == left


def test_a_reset_of_what_only_others_decided() -> None:
    plan = approve(two(), "Ann")
    with pytest.raises(UsageProblem, match="Bea has decided nothing about it, only Ann"):
        decide(plan, Order(reset=(A,), reviewer="Bea"))


def test_the_file_holds_all_and_the_one_that_counts(tmp_path: Path) -> None:
    plan = approve(approve(two(), "Ann", A, reason="fits"), "Bea", A)
    document = json.loads(json.dumps(with_review(plan)))
    first = document["findings"][0]
    assert [one["reviewer"] for one in first["decisions"]] == ["Ann", "Bea"]
    assert first["decision"] == first["decisions"][1]
    assert (first["decisions"][0]["reason"], document["reviewers"]) == ("fits", 2)
    assert from_json(document) == plan


def test_the_file_of_an_older_version() -> None:
    document: dict[str, Any] = json.loads(json.dumps(with_review(approve(two(1), "Ann", A))))
    del document["reviewers"]
    for one in document["findings"]:
        del one["decisions"]
    del document["findings"][0]["decision"]["time"]
    read = from_json(document)
    assert (settled(read), read.items[0].decisions[0].when) == (
        ["approved", None], read.items[0].decisions[0].date,
    )  # fmt: skip


def test_a_decision_falls_with_its_state_of_the_item() -> None:
    plan = approve(approve(two(), "Ann"), "Bea")
    other = plan_of(finding(A, fingerprint="e" * 16), finding(B)).demanding(2)
    kept, fallen = carried(other, plan)
    assert (settled(kept), fallen) == ([None, "approved"], (A,))


def test_one_name_on_a_command_line_is_too_few() -> None:
    check_demand(1, "Ann")
    with pytest.raises(Refused, match=r"2 reviewers must approve each item .* only Ann does"):
        check_demand(2, "Ann")
    with pytest.raises(Refused, match="no one does"):
        check_demand(2, " ")


def test_a_second_reviewer_walks_what_the_first_one_approved() -> None:
    """And the first one is not asked again."""
    shown: list[str] = []

    def walked(plan: Plan, *lines: str) -> Plan:
        given = iter(lines)
        walk = Walk(plan, lambda _: next(given), shown.append, lambda _: None, Order())
        return walk.run()

    plan = walked(two(), "a", "Ann", "q")
    assert answers(plan.items[0]) == ["approved Ann"]
    shown.clear()
    plan = walked(plan, "Bea", "a", "a")
    assert "  lacks the approval of 1 more reviewer" in "\n".join(shown)
    assert settled(plan) == ["approved", None]
    shown.clear()
    plan = walked(plan, "Ann", "a")
    assert "[1/2]  SEQ001" not in "\n".join(shown)
    assert settled(walked(plan, "Bea")) == ["approved", "approved"]


def test_a_reason_for_an_approval_at_a_terminal() -> None:
    """It is that item's, and not the next one's."""
    lines = iter(["w read it with the DBA", "a", "why", "", "a"])
    shown: list[str] = []
    walk = Walk(two(1), lambda _: next(lines), shown.append, lambda _: None, Order(reviewer="Ann"))
    assert [answers(item) for item in walk.run().items] == [
        ["approved Ann read it with the DBA"], ["approved Ann"],
    ]  # fmt: skip
    assert "  Kept for the approval." in shown
    assert "  No reason is kept." in shown


@pytest.mark.project
def test_two_reviewers_from_the_setting_to_the_revision(project: Project) -> None:
    (project.folder / "pyproject.toml").write_text("[tool.remediate]\nreviewers = 2\n")
    said = project.run("remediate", "plan", "--save", "plan.json").stdout
    alone = ("generate", "--approve", "all", "--reviewer", "Ann")
    assert "only Ann does" in project.run("remediate", *alone, expected=3).stderr
    review = ("remediate", "review", "plan.json", "--approve", "all", "--reviewer")
    project.run(*review, "Ann Example", "--reason", "no code passes ids")
    refused = project.run("remediate", "generate", "plan.json", expected=3).stderr
    assert "1 reviewer must still approve PK001:public.t.id" in " ".join(refused.split())
    said = project.run(*review, "Bea Beta").stdout
    assert "1 approved, 0 skipped, 0 to decide." in said
    project.run("remediate", "generate", "plan.json", "--no-rehearse")
    (revision,) = project.generated()
    assert "Approved by Ann Example, Bea Beta on " in revision.read_text()
    paper = revision.with_suffix(".md").read_text()
    assert "| PK001:public.t.id | approved | Ann Example | " in paper
    assert " UTC | no code passes ids |\n" in paper
    assert plan_file.load(project.folder / "plan.json").reviewers == 2


@pytest.mark.parametrize(
    "name", ["YOUR_NAME", "Your Name", "your  name", "NAME", "'Name'", '"Your Name"', "1", "-"]
)
def test_a_placeholder_is_no_reviewer(name: str) -> None:
    """The commands are shown with one for copying."""
    for sign in (
        lambda: approve(two(), name),
        lambda: skip(two(), name, A),
        lambda: GenerateOptions(approve=("all",), reviewer=name),
    ):
        with pytest.raises(UsageProblem, match="name the person who approves") as refused:
            sign()
        assert refused.value.exit_code == 2
    assert settled(approve(two(1), "Žofie Name")) == ["approved", "approved"]


def test_a_digit_does_not_sign_a_review() -> None:
    given, shown = iter(["a", "1", "a", "Ann"]), []
    plan = Walk(two(1), lambda _: next(given, "q"), shown.append, lambda _: None, Order()).run()
    assert "name the person who approves" in "\n".join(shown)
    assert [one.reviewer for one in plan.items[0].decisions] == ["Ann"]
