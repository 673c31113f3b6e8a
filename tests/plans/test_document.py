"""A plan file is read into what it was written from."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from remediate.errors import UsageProblem
from remediate.findings.effects import Inserts, When
from remediate.findings.facts import OtherFacts
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Healthy,
    Place,
    Rule,
    Severity,
    Tier,
    Unverified,
)
from remediate.findings.remedy import Act, Hazard, Lock, Manual, Proposal, Remedy, Step
from remediate.findings.selection import Ignored
from remediate.plans import plan_file
from remediate.plans.diff import difference
from remediate.plans.document import from_json, with_review
from remediate.plans.impact.consequences import Consequences
from remediate.plans.impact.graph import Cycle, Reach
from remediate.plans.impact.impact import Assessment, Impact
from remediate.plans.impact.risk import Risk
from remediate.plans.plan import Answer, Decision, Item, Plan, Run, Setting
from remediate.postgres.sql import quote
from remediate.rehearsal.scratch import Server
from remediate.render import plan_diff, text
from remediate.rules import RULES, rule_of
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import DatabaseIdentity, Live
from remediate.snapshots.tables import Location, Name
from remediate.system.formats import PlanFormat
from tests.corpora import zoo
from tests.corpora.references import SCHEMAS
from tests.corpora.references_blind import BLIND
from tests.support import helpers

WORDS = st.text(st.characters(codec="utf-8"), max_size=8)
TOKENS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
SEVERAL = st.lists(WORDS, max_size=2).map(tuple)
NAMES = st.builds(Name, TOKENS, TOKENS)
TABLES = st.lists(NAMES, max_size=3).map(tuple)
PLACES = st.one_of(
    st.builds(Place, NAMES, st.none() | TOKENS, st.none() | TOKENS),
    st.builds(Place, subject=st.none() | TOKENS),
)
FINGERPRINTS = st.from_regex(r"[0-9a-f]{16}", fullmatch=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)


def facts_of(rule: Rule) -> st.SearchStrategy[Facts]:
    """What the rule finds out, and what another version of it did."""
    others = st.dictionaries(WORDS, JSON, min_size=1, max_size=3)
    return st.sampled_from(rule.facts).map(lambda kind: helpers.empty(kind, {})) | others.map(
        OtherFacts
    )


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    rule = draw(st.sampled_from(RULES))
    return Finding(
        rule.code, rule.name, draw(PLACES), draw(st.sampled_from(Severity)),
        draw(st.sampled_from(Confidence)), draw(WORDS), draw(facts_of(rule)),
        draw(st.none() | st.builds(Location, WORDS, st.integers())),
    )  # fmt: skip


def steps(*, transactional: bool) -> st.SearchStrategy[tuple[Step, ...]]:
    hazards = st.lists(st.sampled_from(Hazard), max_size=2).map(tuple)
    one = st.builds(
        Step,
        WORDS,
        WORDS,
        st.sampled_from(Lock),
        NAMES,
        st.just(transactional),
        hazards,
        st.sampled_from(Act),
    )
    return st.lists(one, max_size=2).map(tuple)


PROPOSALS = st.builds(
    Proposal, WORDS, WORDS, steps(transactional=True), finish=steps(transactional=False),
    rows=st.integers(min_value=0),
)  # fmt: skip
ALLOWED = st.lists(st.sampled_from([hazard.value for hazard in Hazard]), max_size=2).map(tuple)
DECISIONS = st.builds(
    Decision, st.sampled_from(Answer), TOKENS, st.dates().map(str), FINGERPRINTS, WORDS, ALLOWED,
    st.just("") | st.times().map(lambda time: time.strftime("%H:%M:%S")),
)  # fmt: skip
ITEMS = st.builds(
    Item, findings(), PROPOSALS | st.builds(Manual, WORDS), FINGERPRINTS,
    st.lists(DECISIONS, max_size=2).map(tuple),
)  # fmt: skip
SMALL = st.integers(1, 3)
RISKS = st.builds(Risk, SMALL, SMALL, st.sampled_from(Tier), SEVERAL)
REACHES = st.builds(Reach, SMALL, TABLES)
ASSESSMENTS = st.builds(
    Assessment, st.integers(0, 100), st.dictionaries(st.sampled_from(Tier), SMALL), TABLES,
    st.lists(st.builds(Cycle, TABLES, SEVERAL), max_size=2).map(tuple),
    st.dictionaries(NAMES, TABLES, max_size=2), SEVERAL,
)  # fmt: skip
SETTINGS = st.builds(
    Setting, WORDS.map("-{}".format),  # no setting's own name, whose value would be checked
    WORDS | st.integers() | st.booleans() | SEVERAL | st.dictionaries(WORDS, WORDS, max_size=2),
)  # fmt: skip


@st.composite
def impacts(draw: st.DrawFn, finding: Finding) -> Impact:
    table = draw(NAMES) if finding.place.table else None
    stops = rule_of(finding.rule).stops is not Inserts.NONE
    spoils = stops and draw(st.booleans())
    ends = (st.just(stops and not spoils), st.just(spoils))
    known = draw(st.builds(Consequences, st.sampled_from(When), *ends, WORDS, WORDS, WORDS))
    return Impact(
        finding.id, table, draw(WORDS), draw(RISKS), known, draw(REACHES),
        draw(REACHES), draw(REACHES), draw(REACHES), draw(SEVERAL),
    )  # fmt: skip


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    items = draw(st.lists(ITEMS, max_size=3, unique_by=lambda item: item.id))
    risky = [item.finding for item in items if draw(st.booleans())]
    columns = st.builds(lambda name, column: f"{name}.{quote(column)}", NAMES, TOKENS)
    made = Plan(
        database=draw(st.builds(DatabaseIdentity, WORDS, WORDS, st.integers(0, 999999), WORDS)),
        items=tuple(items),
        healthy=draw(st.lists(st.builds(Healthy, PLACES, WORDS), max_size=2).map(tuple)),
        unverified=draw(
            st.lists(st.builds(Unverified, PLACES, WORDS, WORDS), max_size=2).map(tuple)
        ),
        heads=draw(st.none() | SEVERAL),
        bases=draw(SEVERAL),
        tips=draw(SEVERAL),
        engine=draw(WORDS),
        left_out=draw(TABLES),
        left_out_columns=draw(st.lists(columns, max_size=2).map(tuple)),
        ignored=draw(st.lists(st.builds(Ignored, WORDS, WORDS), max_size=2).map(tuple)),
        tables=draw(st.integers(min_value=0)),
        impacts={one.id: draw(impacts(one)) for one in risky},
        assessment=draw(ASSESSMENTS),
        settings=draw(
            st.lists(SETTINGS, max_size=3, unique_by=lambda one: one.name).map(tuple)
        ),
    )  # fmt: skip
    return made.demanding(draw(st.integers(1, 2)))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plans") / "plan.json"


@settings(deadline=None, max_examples=60)
@given(plan=plans())
def test_what_was_saved_is_loaded(plan: Plan, file: Path) -> None:
    plan_file.save(plan, file)
    assert plan_file.load(file) == plan


@pytest.fixture(scope="module")
def zoo_of_references(newest: Server) -> Iterator[tuple[Live, Declared]]:
    """Every kind of key, and beside it every schema of the corpus of references."""
    with newest.database() as url, helpers.connected(url) as connection:
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role in {*zoo.ROLES} - known:
            connection.execute(f"CREATE ROLE {role} LOGIN".encode())
        for schema in (*SCHEMAS, *BLIND):
            connection.execute(schema.sql.encode())
        connection.execute("SET search_path = z, public")
        for statements in (zoo.BEFORE, *(animal.ddl for animal in zoo.ZOO), zoo.AFTER):
            connection.execute(statements.encode())
        declared = helpers.declared(zoo.METADATA)
        yield helpers.snapshot(url, declared), declared


def test_the_plan_of_the_corpora(zoo_of_references: tuple[Live, Declared], file: Path) -> None:
    """Those of lessons and of remedies come back where these are tested."""
    plan = helpers.plan_that_comes_back(*zoo_of_references)
    assert len({item.finding.rule for item in plan.items}) > 15
    plan_file.save(plan, file)
    assert plan_file.load(file) == plan.on_file
    assert plan_file.load(file).run is None
    assert Draft202012Validator(plan_file.schema()).is_valid(with_review(plan))


def a_plan(**more: Any) -> Plan:
    """One item to repair, one to decide by hand."""
    t = Name("public", "t")
    finding = Finding(
        "PK001", "key-without-default", Place(t, "id"), Severity.ERROR, Confidence.PROVEN,
        "public.t.id is broken", helpers.facts("PK001", cause="unknown"), Location("models.py", 7),
    )  # fmt: skip
    step = Step("CREATE SEQUENCE s", "DROP SEQUENCE s", Lock.ACCESS_EXCLUSIVE, t)
    wait = Step("VALIDATE", "", Lock.SHARE_UPDATE_EXCLUSIVE, t, transactional=False)
    remedy = Remedy("give it a default", "drop it", (step,), (), (), finish=(wait,))
    by_hand = replace(finding, rule="SEQ001", name="sequence-behind", facts=helpers.facts("SEQ001"))
    return Plan(
        database=DatabaseIdentity("d", "h:5432", 180000, "1"),
        items=(Item.of(finding, remedy), Item.of(by_hand, Manual("no room"))),
        heads=("a",),
        tables=3,
        run=Run("/migrations", (), 2.0),
        **more,
    )  # fmt: skip


def test_the_text_of_a_plan_that_was_loaded() -> None:
    """Of the run that made it nothing is known; locks are told by the steps."""
    loaded = from_json(with_review(a_plan()))
    assert text.render(loaded).split("SEQ001")[0].splitlines() == [
        "h:5432/d   PostgreSQL 18.0   at a   3 tables read",
        "2 findings",
        "",
        "PK001 key-without-default   1 to repair",
        "  is broken",
        "  Repair  give it a default",
        "  Lock    ACCESS EXCLUSIVE on public.t, SHARE UPDATE EXCLUSIVE on public.t; some",
        "          in autocommit",
        "  Undo    drop it",
        "",
        "  error     public.t.id  models.py:7",
        "",
    ]


OPTIONAL = ("tables", "ignored", "left_out", "score", "tiers", "insertion_order", "cycles",
            "repair_order", "settings", "reviewers")  # fmt: skip


def test_what_an_older_plan_lacks_is_left_open(file: Path) -> None:
    document = with_review(a_plan())
    for key in OPTIONAL:
        del document[key]
    for finding in document["findings"]:
        del finding["decision"], finding["decisions"], finding["constraint"], finding["subject"]
    del document["database"]["host"], document["database"]["server_version"]
    del document["findings"][0]["remedy"]["rows_rewritten"]
    for step in document["findings"][0]["remedy"]["steps"]:
        del step["act"], step["alters"]
    file.write_text(json.dumps(document))
    database = DatabaseIdentity("d", "", 0, "1")
    assert plan_file.load(file) == replace(a_plan(), database=database, tables=0).on_file


def test_an_impact_of_before_it_named_its_root() -> None:
    document = with_review(a_plan())
    (first, *_) = document["findings"]
    first["risk"] = {
        "probability": 3, "impact": 1, "score": 3, "tier": "low", "when": "now", "why": ["x"],
    }  # fmt: skip
    first["affects"] = ["public.b", 'public."c d"']
    (impact,) = from_json(document).impacts.values()
    assert impact.table == Name("public", "t")
    assert impact.affects == Reach(2, (Name("public", "b"), Name("public", "c d")))
    assert impact.stops_now


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rule": "PK999", "id": "PK999:public.t.id"}, "PK999 is not a rule of this version"),
        ({"id": "PK001:public.u.id"}, "PK001:public.u.id is that of another place: public.t.id"),
        ({"column": None}, "PK001:public.t.id is that of another place: public.t"),
        ({"affects": ["b"], "risk": {"probability": 1, "impact": 1, "tier": "low", "when": "now", "why": []}},
         "b is no qualified name"),
        ({"affects": 3}, "is damaged at findings/0/affects"),
    ],
)  # fmt: skip
def test_what_no_version_writes(file: Path, change: dict[str, Any], sentence: str) -> None:
    document = with_review(a_plan())
    document["findings"][0].update(change)
    file.write_text(json.dumps(document))
    with pytest.raises(UsageProblem, match=sentence):
        plan_file.load(file)


@pytest.mark.parametrize(
    ("key", "value"), [("hazards", ["FIRE"]), ("lock", "HUG"), ("relation", "t")]
)
def test_steps_that_no_version_writes(file: Path, key: str, value: object) -> None:
    document = with_review(a_plan())
    document["findings"][0]["remedy"]["steps"][0][key] = value
    file.write_text(json.dumps(document))
    with pytest.raises(UsageProblem, match="cannot be read: "):
        plan_file.load(file)


def test_other_statements_in_a_difference() -> None:
    """Their order counts too: what is done is not what was approved."""
    then = a_plan().on_file
    item, by_hand = then.items
    assert isinstance(item.remedy, Proposal)
    again = replace(item.remedy, steps=(*item.remedy.finish, *item.remedy.steps), finish=())
    changes = {
        "the order of statements": again,
        "what it expects of the database": item.remedy,
        "now also: VALIDATE too": replace(again, steps=(*again.steps, replace(again.steps[0], up="VALIDATE\n too"))),
        "repair: give it a default; now another": replace(item.remedy, title="another"),
        "repair: give it a default; now by hand: no room": by_hand.remedy,
    }  # fmt: skip
    for sentence, remedy in changes.items():
        changed = replace(item, remedy=remedy, fingerprint="0" * 16)
        found = difference(replace(then, items=(changed, by_hand)), then)
        assert (found.same, [one.now for one in found.changed]) == (1, [changed])
        assert f"    {sentence}\n" in plan_diff.render(found, PlanFormat.TEXT, "plan.json")
    assert difference(then, then).is_empty
