"""`remediate review` at a terminal: approve, skip, go back, quit, resume."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pexpect
import pytest

from remediate.commands.review import Walk
from remediate.errors import Refused
from remediate.plans.decisions import Order, decide
from remediate.plans.document import from_json
from remediate.plans.plan import Plan
from tests.plans.test_plan_file import ANN, DDL, B, T, W, decisions, project, review  # noqa: F401
from tests.support.project import Project

Terminal = pexpect.spawn
pytestmark = pytest.mark.project(DDL)


@contextmanager
def terminal(project: Project) -> Iterator[Terminal]:  # noqa: F811
    """The review as its user has it, 80 columns wide."""
    made = pexpect.spawn(
        sys.executable, ["-m", "remediate", "review", "plan.json"], cwd=project.folder,
        env={**os.environ, "TERM": "dumb"}, encoding="utf-8", timeout=20, dimensions=(40, 80),
    )  # fmt: skip
    try:
        yield made
    finally:
        made.close(force=True)


def say(made: Terminal, *answers: str) -> str:
    """Everything that was shown until the last prompt."""
    shown = []
    for answer in answers:
        made.expect(["> $", r"\? $", ": $"])
        shown.append(made.before)
        made.sendline(answer)
    return "".join(shown).replace("\r\n", "\n")


def end(made: Terminal) -> str:
    made.expect(pexpect.EOF)
    made.close()
    assert made.exitstatus == 0
    return str(made.before).replace("\r\n", "\n")


def test_approve_skip_quit_and_resume(project: Project) -> None:  # noqa: F811
    with terminal(project) as first:
        shown = say(first, "x", "u", "d", "a", "Ann  Example", "q")
        rest = end(first)
    assert f"[1/3]  PK001 key-without-default   error, proven\n{T[6:]}" in shown
    assert "CREATE SEQUENCE public.t_id_seq AS integer;" in shown
    assert "DROP SEQUENCE public.t_id_seq;" in shown
    assert "1 approved, 0 skipped, 2 to decide." in rest
    assert rest.rstrip().endswith("Next:  remediate review plan.json")
    assert decisions(project) == {T: "approved Ann Example"}
    with terminal(project) as second:
        shown = say(second, "s", "", "b", "b", "n", "s the API sends texts", "Bea", "b", "q")
        end(second)
    assert f"[2/3]  {W[:6]}" in shown
    assert "Not skipped: the next reader will ask why." in shown
    assert "now   approved by Ann Example on " in shown
    assert decisions(project) == {
        T: "approved Ann Example", W: "skipped Bea the API sends texts",
    }  # fmt: skip
    with terminal(project) as third:
        say(third, "r", "Ann Example")
        rest = end(third)
    assert "2 approved, 1 skipped, 0 to decide." in rest
    assert rest.rstrip().endswith("Next:  remediate generate plan.json")
    assert decisions(project)[B] == "approved Ann Example"


def test_the_terminal_goes_away(project: Project) -> None:  # noqa: F811
    """What was decided until then is saved."""
    with terminal(project) as made:
        say(made, "a", "Ann")
        made.expect("> $")
        made.sendeof()
        assert "1 approved" in end(made)
    with terminal(project) as made:
        made.expect("> $")
        made.sendintr()
        made.expect(pexpect.EOF)
        made.close()
        assert made.exitstatus == 130
    assert decisions(project) == {T: "approved Ann"}


def finding(id_: str, **more: object) -> dict[str, object]:
    step = {
        "up": f"UP {id_}",
        "down": f"DOWN {id_}",
        "lock": "",
        "relation": "public.t",
        "transactional": True,
    }
    hazards = more.pop("hazards", [])
    remedy = {"title": "mend it", "undo": "break it", "steps": [{**step, "hazards": hazards}]}
    return {
        "id": id_, "rule": id_.partition(":")[0], "name": "n", "severity": "error", "confidence": "proven",
        "subject": id_.partition(":")[2], "message": f"{id_} is broken", "facts": {}, "model": None, "remedy": remedy,
        "fingerprint": "f" * 16,
    } | more  # fmt: skip


def plan_of(*findings: dict[str, object]) -> Plan:
    return from_json({
        "database": {"name": "d", "system_identifier": ""}, "heads": [], "engine": "",
        "project": {"bases": [], "heads": []}, "findings": findings, "healthy": [], "unverified": [],
    })  # fmt: skip


def walked(
    findings: list[dict[str, object]], *answers: str, reviewer: str = "Ann"
) -> tuple[Plan, str, int]:
    """The plan after these answers, what was shown, and how often it was saved."""
    given, shown, saved = iter(answers), [], []

    def ask(prompt: str) -> str:
        shown.append(prompt)
        try:
            return next(given)
        except StopIteration:
            raise EOFError from None

    plan = plan_of(*findings)
    made = Walk(plan, ask, shown.append, saved.append, Order(reviewer=reviewer)).run()
    return made, "\n".join(shown), len(saved)


def answers(plan: Plan) -> dict[str, str]:
    return {i.id: i.decision.answer for i in plan.items if i.decision}


def test_all_of_a_rule_at_once() -> None:
    """Of what was skipped before, or is merely possible, nothing is approved on the way."""
    findings = [
        finding("PK001:a"), finding("PK001:b"), finding("SEQ001:c"), finding("PK001:d"),
        finding("PK001:e", confidence="possible"), finding("PK001:f", remedy={"manual": "by hand"}),
    ]  # fmt: skip
    plan, shown, saves = walked(findings, "s no", "r", "2")
    assert answers(plan) == {"PK001:a": "skipped", "PK001:b": "approved", "PK001:d": "approved"}
    assert "2 approved." in shown
    assert saves == 2
    assert "[3/5]  SEQ001" in shown
    assert "f is broken" not in shown


@pytest.mark.parametrize(
    "line",
    [
        "reject", "refuse", "rule", "review", "abort", "all", "again", "a no", "r 2", "aa", "ap", "y",
        "approved", "approve not", "don't approve", "A!", "alike no", "no, approve nothing", "skipp",
    ],
)  # fmt: skip
def test_what_only_begins_like_a_choice_decides_nothing(line: str) -> None:
    plan, shown, saves = walked([finding("PK001:a"), finding("PK001:b")], line, "2", "b", "yes")
    assert answers(plan) == {}
    assert saves == 0
    assert f"Not understood, nothing is decided: {line}" in shown


def test_one_decision_for_what_is_alike_in_many_schemas() -> None:
    """Where anything but the schema and numbers differs, it is asked about by itself."""

    def at(schema: str, rows: int, title: str = "mend it") -> dict[str, object]:
        id_, found = f"PK001:{schema}.t.id", finding("PK001:x")
        step = {"up": f"UP {schema}.t", "down": "", "lock": "", "relation": f"{schema}.t"}
        steps = [{**step, "transactional": True, "hazards": []}]
        place = {"schema": schema, "table": "t", "column": "id", "subject": None}
        message = f"{schema}.t.id is broken: {rows} rows"
        remedy = {"title": title, "undo": "", "steps": steps}
        return found | place | {"id": id_, "message": message, "remedy": remedy}

    findings = [at("a", 1), at("b", 20), at("other", 3, "mend it otherwise"), at("c", 3)]
    plan, shown, saves = walked(findings, "a")
    assert answers(plan) == {f"PK001:{schema}.t.id": "approved" for schema in "abc"}
    assert (saves, "[1/2]  PK001" in shown, "[2/2]  PK001" in shown) == (1, True, True)
    assert "  in each of 3 schemas: a, b and c\n  t.id is broken: 1 to 20 rows" in shown


@pytest.mark.parametrize("number", ["", "y", "yes", "r", "1", "3", "two", "2 or so"])
def test_many_are_approved_by_their_number_only(number: str) -> None:
    plan, shown, saves = walked([finding("PK001:a"), finding("PK001:b")], "r", number)
    assert "Type 2 to approve all 2, or Enter to approve none: " in shown
    assert "  PK001:b" in shown.splitlines()
    assert "Not approved." in shown
    assert (answers(plan), saves) == ({}, 0)
    plan, _, _ = walked([finding("PK001:a"), finding("PK001:b")], "alike", "2")
    assert len(answers(plan)) == 2


def test_a_key_is_no_name() -> None:
    """Who is asked for a name and wants to leave must not have signed."""
    plan, shown, saves = walked(
        [finding("PK001:a")], "a", "q", "s too early", "stop", "a", "Ann", reviewer=""
    )
    assert shown.count("Nothing is decided: that is a key, and a name is needed.") == 2
    assert answers(plan) == {"PK001:a": "approved"}
    assert saves == 1


def test_a_hazard_is_typed() -> None:
    hazards = ["PUBLISHED_TABLE", "EXPLICIT_IDS"]
    findings = [finding("PK001:a", hazards=hazards), finding("PK001:b", hazards=hazards)]
    plan, shown, saves = walked(findings, "a", "yes", "r", "a", "published_table", "a")
    assert "Not approved." in shown
    assert "has a hazard that is not accepted" in shown
    assert answers(plan) == {"PK001:a": "approved", "PK001:b": "approved"}
    assert plan.items[0].decision is not None
    assert plan.items[0].decision.allowed == ("PUBLISHED_TABLE",)
    assert saves == 2
    assert shown.count("Accept it by typing its name") == 2


@pytest.mark.parametrize("word", ["", "what", "?", "help"])
def test_anything_else_shows_the_choices(word: str) -> None:
    plan, shown, _ = walked([finding("PK001:a")], word)
    assert answers(plan) == {}
    assert shown.count("a approve") == 2


def test_words_that_begin_like_others() -> None:
    plan, shown, _ = walked([finding("PK001:a"), finding("PK001:b")], "sql", "approve", "stop", "a")
    assert "  UP PK001:a;" in shown
    assert answers(plan) == {"PK001:a": "approved"}


def test_beyond_the_first_and_the_last() -> None:
    _, shown, _ = walked([finding("PK001:a"), finding("PK001:b")], "b", "n", "n")
    assert "This is the first one." in shown
    assert shown.count("[2/2]") == 1


WIDE = finding(
    "PK001:public.a_table_of_a_long_name", model={"file": "app/models/of/everything/there/is.py", "line": 1234},
    message="word " * 40, affects=["public.b", 'public."c d"'], feature="skills assessment",
    risk={"tier": "critical", "score": 9, "probability": 3, "impact": 3, "when": "now", "why": ["every INSERT fails"]},
    hazards=["EXPLICIT_IDS"],
)  # fmt: skip


def test_cards_fit_a_terminal() -> None:
    _, shown, _ = walked([WIDE], "d")
    lines = shown.splitlines()
    assert max(map(len, lines)) <= 80
    assert "  risk  critical, 9 of 9; serves skills assessment" in lines
    assert "  hits  2 tables that reference it, directly or through others" in lines
    assert '  public.b, public."c d"' in lines


def test_all_by_options() -> None:
    """What is proven or likely, has a repair and was not skipped; by its id, also the rest."""
    plan = plan_of(
        finding("PK001:a"), finding("PK001:b", confidence="possible"), finding("SEQ001:c"),
        finding("PK001:d", remedy={"manual": "by hand"}),
    )  # fmt: skip
    plan = decide(plan, Order(skip=("SEQ001:c",), reason="no", reviewer="Ann"))
    for what in ("all", "PK001"):
        made = decide(plan, Order(approve=(what,), reviewer="Ann"))
        assert answers(made) == {"PK001:a": "approved", "SEQ001:c": "skipped"}
    made = decide(plan, Order(approve=("PK001:b", "SEQ001:c"), reviewer="Ann"))
    assert answers(made) == {"PK001:b": "approved", "SEQ001:c": "approved"}
    with pytest.raises(Refused, match="PK001:d has no repair to approve: by hand"):
        decide(plan, Order(approve=("PK001:d",), reviewer="Ann"))


def test_an_approval_of_nothing_is_refused() -> None:
    plan = plan_of(
        finding("PK001:a", confidence="possible"), finding("PK001:b", remedy={"manual": "by hand"}),
        finding("SEQ001:c"),
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        decide(plan, Order(approve=("PK001",), reviewer="Ann"))
    assert refused.value.message.splitlines() == [
        "PK001 names nothing that can be approved",
        "Left out, because it is only possible: PK001:a",
        "  Approve each by its id: --approve PK001:a",
        "Left out, because a person has to do it by hand:",
        "  PK001:b: by hand",
    ]
    skipped = decide(plan, Order(skip=("SEQ001",), reason="later", reviewer="Ann"))
    with pytest.raises(Refused, match="Skipped before: SEQ001:c"):
        decide(skipped, Order(approve=("SEQ001",), reviewer="Ann"))
    assert answers(decide(plan, Order(approve=("all",), reviewer="Ann"))) == {
        "SEQ001:c": "approved"
    }
