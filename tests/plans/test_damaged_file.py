"""A plan file that somebody, or another program, has changed: loaded, or refused in a sentence."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from remediate.errors import UsageProblem
from remediate.findings.finding import Confidence, Finding, Place, Severity
from remediate.findings.remedy import Hazard, Lock, Proposal, Step
from remediate.plans import baseline, plan_file
from remediate.plans.document import with_review
from remediate.plans.plan import Answer, Decision, Item, Plan
from remediate.plans.shapes import Shape
from remediate.render import card
from remediate.snapshots.live import DatabaseIdentity
from remediate.snapshots.tables import Location, Name
from tests.support import helpers

T = Name("public", "t")
STEP = Step("SELECT 1", "SELECT 2", Lock.ACCESS_EXCLUSIVE, T, hazards=(Hazard.EXPLICIT_IDS,))
FINDING = Finding(
    "PK001", "key-without-default", Place(T, "id"), Severity.ERROR, Confidence.PROVEN, "m",
    helpers.facts("PK001", rows=3, writers=["app"], highest_id=9), Location("models.py", 7),
)  # fmt: skip
DECISION = Decision(
    Answer.APPROVED, "Ann", "2026-11-28", "0" * 16, "", (Hazard.EXPLICIT_IDS.value,)
)
ITEM = Item(FINDING, Proposal("a", "b", (STEP,)), "0" * 16, (DECISION,))
SAVED = with_review(Plan(DatabaseIdentity("shop", "", 180000, "7"), (ITEM,)))


def load(text: str | bytes, folder: Path) -> Plan:
    file = folder / "plan.json"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return plan_file.load(file)


def refused(text: str | bytes, folder: Path) -> str:
    with pytest.raises(UsageProblem) as raised:
        load(text, folder)
    return raised.value.message


def with_tables(value: str) -> str:
    return json.dumps(SAVED).replace('"tables": 0', f'"tables": {value}')


TEXTS = [
    (with_tables("9" * 5000), "it holds a number of 5,000 digits"),
    (with_tables("-" + "9" * 5000), "it holds a number of 5,000 digits"),
    (with_tables("NaN"), "NaN is no number that JSON has"),
    (with_tables("-Infinity"), "-Infinity is no number that JSON has"),
    (with_tables("1e999"), "1e999 is no number that JSON has"),
    (with_tables('0, "tables": 1'), "the key 'tables' occurs twice in one object"),
    (with_tables("[" * 150 + "]" * 150), "its values are nested too deeply"),
    (with_tables("[" * 90_000), "its values are nested too deeply"),
    (with_tables("0").replace("shop", "\\ud800"), r"it holds half a character: '\ud800'"),
    (with_tables("0").encode("utf-16"), "is not JSON: 'utf-8' codec can't decode"),
    ("", "is not JSON"),
    ("[]", "is not a plan"),
    ("3", "is not a plan"),
]


@pytest.mark.parametrize(("text", "sentence"), TEXTS, ids=[sentence for _, sentence in TEXTS])
def test_what_is_no_json_of_ours(text: str | bytes, sentence: str, tmp_path: Path) -> None:
    assert sentence in refused(text, tmp_path)


def test_the_mark_that_some_editors_put_first_is_passed_over(tmp_path: Path) -> None:
    assert load(b"\xef\xbb\xbf" + json.dumps(SAVED).encode(), tmp_path).database.name == "shop"


SETTINGS = [
    ({"headroom": -5}, "headroom must be 0 or more, not -5"),
    ({"rows_rewritten": "many"}, "rows_rewritten must be a whole number, not 'many'"),
    ({"schema": [1]}, "schema must hold texts only, not 1"),
    ({"right": {"t.id": "me"}}, "right must map each column to 'database' or 'models', not 'me'"),
    ({"uuid": None}, "uuid must be a text, not None"),
]


@pytest.mark.parametrize(("settings", "sentence"), SETTINGS)
def test_settings_that_no_plan_can_have(
    settings: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    assert sentence in refused(json.dumps(SAVED | {"settings": settings}), tmp_path)


def test_a_hazard_that_does_not_exist_was_not_accepted(tmp_path: Path) -> None:
    changed = copy.deepcopy(SAVED)
    for decision in (changed["findings"][0]["decision"], *changed["findings"][0]["decisions"]):
        decision["allowed"] = ["FIRE"]
    assert "'FIRE' is not a valid Hazard" in refused(json.dumps(changed), tmp_path)


@pytest.mark.parametrize("change", [{"decision": None}, {"decisions": []}, {"reviewers": 2}])
def test_a_decision_that_no_reviewer_came_to(change: dict[str, Any], tmp_path: Path) -> None:
    changed = copy.deepcopy(SAVED)
    (changed if "reviewers" in change else changed["findings"][0]).update(change)
    sentence = "the decision about PK001:public.t.id is not what its decisions amount to"
    assert sentence in refused(json.dumps(changed), tmp_path)


def paths(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield (*path, key)
        yield from paths(value[key], (*path, key))


def changed(path: tuple[str | int, ...], change: Callable[[Any, str | int], object]) -> str:
    document: Any = copy.deepcopy(SAVED)
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    change(inner, path[-1])
    return json.dumps(document)


VALUES = [None, 3, -1, 1.5, True, "", "x", "\x1b[31m\n", [], [1], ["x"], [[]], {}, {"a": 1}, 10**30]


@pytest.mark.parametrize("path", [*paths(SAVED)], ids=lambda path: "/".join(map(str, path)))
def test_any_value_anywhere_is_taken_or_refused(
    path: tuple[str | int, ...], tmp_path: Path
) -> None:
    taken = [changed(path, lambda inner, key: inner.pop(key))]
    taken += [changed(path, lambda inner, key, v=v: inner.__setitem__(key, v)) for v in VALUES]
    for text in taken:
        try:
            plan = load(text, tmp_path)
        except UsageProblem:
            continue
        for item in plan.items:
            assert "\x1b" not in card.card(Shape((item,)), None, 1, 1)
        plan_file.save(plan, tmp_path / "again.json")
        assert plan_file.load(tmp_path / "again.json") == plan


def test_a_baseline_is_read_as_strictly() -> None:
    for text in ('{"format": NaN}', '{"format": 1, "format": 2}', "[" * 150 + "]" * 150):
        with pytest.raises(UsageProblem, match="it is not JSON"):
            baseline.loads(text, "baseline.json")
