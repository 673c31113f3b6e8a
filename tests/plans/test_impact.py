"""Blast radius, order, risk and score: on hand-made snapshots, and on the incident."""

import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from remediate.analysis.facts import QuestionFacts
from remediate.commands.planning import planned
from remediate.config import Config, load
from remediate.errors import UsageProblem
from remediate.findings.finding import Confidence, Finding, Place, Severity, Tier
from remediate.findings.remedy import Manual
from remediate.plans.document import as_json
from remediate.plans.impact import graph as graphs
from remediate.plans.impact import impact
from remediate.plans.impact.consequences import consequences
from remediate.plans.impact.graph import NEAREST, Edge, Graph, Reach, reference_graph
from remediate.plans.impact.impact import Assessment, Impact, TableSettings
from remediate.plans.impact.risk import Exposure, When, assess, score_of
from remediate.plans.impact.settings import table_settings
from remediate.plans.plan import Item, Plan
from remediate.project.reading import Reading
from remediate.rehearsal.scratch import Server
from remediate.render import impact as rendered
from remediate.render import text
from remediate.render.style import Style
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Database, Live, Unread
from remediate.snapshots.references import Candidate, ForeignKey
from remediate.snapshots.tables import Column, Generator, Name, Source, Table
from tests.support import helpers
from tests.support.project import Project

KEY = Column("id", "integer", "integer", Generator.NOTHING)
PACE = {
    "ids_a_day": 10.0, "pace_basis": "statistics", "pace_days": 10.0, "pace_sure": "rough",
}  # fmt: skip
DATABASE = Database("d", "h", 180000, "1", "r", statistics_days=10.0)
PROVEN = (Severity.ERROR, Confidence.PROVEN)


def name(text: str) -> Name:
    schema, _, table = text.rpartition(".")
    return Name(schema or "public", table)


def table(text: str, **facts: Any) -> Table:
    return Table(name(text), ("id",), (KEY,), **facts)


def fk(child: str, parent: str, *columns: str) -> ForeignKey:
    return ForeignKey(name(child), columns or (f"{name(parent).name}_id",), name(parent), ("id",))


def database(*references: tuple[str, ...], tables: tuple[Table, ...] = (), **facts: Any) -> Live:
    """Tables that reference each other; those that are not given are made."""
    keys = tuple(fk(*reference) for reference in references)
    known = {t.name for t in tables}
    named = dict.fromkeys(n for key in keys for n in (key.table, key.target))
    made = tuple(Table(n, ("id",), (KEY,)) for n in named if n not in known)
    return Live(tables=(*tables, *made), foreign_keys=keys, database=DATABASE, **facts)


def found(
    text: str, rule: str = "PK001", weight: tuple[Severity, Confidence] = PROVEN, **facts: Any
) -> Finding:
    place = Place(name(text), "id")
    return Finding(
        rule,
        "key-without-default",
        place,
        *weight,
        f"{place} is broken",
        helpers.facts(rule, **facts),
    )


def impacts(live: Live, *findings: Finding, **said: Any) -> dict[str, Impact]:
    """By table."""
    made, _ = impact.of(live, Declared(), findings, TableSettings(**said))
    return {f.place.table.name: made[f.id] for f in findings if f.place.table}


def names(tables: Reach | tuple[Name, ...]) -> list[str]:
    if isinstance(tables, Reach):
        assert tables.count == len(tables.nearest)
        tables = tables.nearest
    return [t.name if t.schema == "public" else f"{t.schema}.{t.name}" for t in tables]


def plan_of(live: Live, *findings: Finding, **said: Any) -> Plan:
    made, assessment = impact.of(live, Declared(), findings, TableSettings(**said))
    items = tuple(Item.of(f, Manual("by hand")) for f in findings)
    return Plan(live.database, items, heads=(), impacts=made, assessment=assessment)


# The graph


def test_a_diamond_counts_each_table_once() -> None:
    live = database(("b", "a"), ("c", "a"), ("d", "b"), ("d", "c"))
    graph = reference_graph(live, Declared())
    assert names(graph.order) == ["a", "b", "c", "d"]
    assert names(graph.dependants((name("a"),))) == ["b", "c", "d"]
    assert names(graph.direct((name("a"),))) == ["b", "c"]
    assert names(graph.needed((name("d"),))) == ["b", "c", "a"]
    assert graph.cycles == ()


def test_a_self_reference_is_no_cycle_of_tables() -> None:
    graph = reference_graph(database(("a", "a", "parent_id"), ("b", "a")), Declared())
    assert names(graph.dependants((name("a"),))) == names(graph.direct((name("a"),))) == ["b"]
    assert graph.needed((name("a"),)) == Reach()
    assert graph.cycles == ()


def test_a_cycle_names_what_to_leave_null_at_first() -> None:
    optional = frozenset({(name("a"), "b_id")})
    live = database(("a", "b"), ("b", "a"), ("c", "b"), nullable=optional)
    graph = reference_graph(live, Declared())
    (cycle,) = graph.cycles
    assert (names(cycle.tables), cycle.left_null_first) == (["a", "b"], ("public.a.b_id",))
    assert names(graph.order) == ["a", "b", "c"]
    assert names(graph.dependants((name("a"),))) == ["b", "c"]
    assert names(graph.needed((name("a"),))) == ["b"]
    other = database(("a", "b"), ("b", "a"), nullable=frozenset({(name("b"), "a_id")}))
    assert names(reference_graph(other, Declared()).order) == ["b", "a"]


def test_a_cycle_without_a_beginning_says_so() -> None:
    optional = frozenset({(name("a"), "c_id")})
    live = database(("a", "b"), ("b", "a"), ("a", "c"), ("c", "b"), nullable=optional)
    (cycle,) = reference_graph(live, Declared()).cycles
    assert (names(cycle.tables), cycle.left_null_first) == (["a", "b", "c"], ())
    assert "deferred" in rendered.cycle_sentence(cycle)


def test_what_may_be_null_does_not_stop_a_row() -> None:
    live = database(("b", "a"), ("c", "a"), ("d", "c"), nullable=frozenset({(name("c"), "a_id")}))
    graph = reference_graph(live, Declared())
    assert names(graph.dependants((name("a"),))) == ["b", "c", "d"]
    assert names(graph.stopped((name("a"),))) == ["b"]


def test_equal_names_in_two_schemas_are_two_tables() -> None:
    live = database(("one.b", "one.a"), ("two.b", "two.a"), ("two.c", "one.a"))
    graph = reference_graph(live, Declared())
    assert names(graph.dependants((name("one.a"),))) == ["one.b", "two.c"]
    assert names(graph.dependants((name("two.a"),))) == ["two.b"]


def test_the_root_speaks_for_its_partitions() -> None:
    live = database(
        ("events_1", "users"),
        ("notes", "events"),
        tables=(
            table("events", partitioned=True, children=(name("events_1"),), rows=2_000_000),
            table("events_1", partition_of=name("events"), rows=2_000_000, inserts=90_000),
        ),
    )
    made = impacts(live, found("users"), found("events_1", "PK007"))
    assert names(made["users"].affects) == ["events", "notes"]
    assert (made["events_1"].table, names(made["events_1"].affects)) == (name("events"), ["notes"])
    sizes = ("1 table depends on it", "about 2,000,000 rows", "about 9,000 inserts a day")
    assert made["events_1"].risk.why == ("proven, now", *sizes)


def test_models_and_values_count_where_the_catalog_is_silent() -> None:
    meant = Candidate(
        name("c"),
        "a_id",
        "integer",
        "integer",
        name("a"),
        "id",
        "integer",
        "exact",
        3,
        not_null=True,
    )
    live = database(("b", "a"), tables=(table("c"), table("d"), table("e")), candidates=(
        replace(meant, model=True), replace(meant, table=name("e")),
    ))  # fmt: skip
    models = Declared(
        foreign_keys=(fk("d", "a"), fk("b", "a"), fk("gone", "a"), fk("gone", "lost"))
    )
    graph = reference_graph(live, models)
    # A name alone (e) proves nothing, and what does not exist (gone) depends on nothing that does.
    assert names(graph.dependants((name("a"),))) == ["b", "c", "d"]
    assert names(graph.stopped((name("a"),))) == ["b", "c"]  # the models do not weaken NOT NULL
    assert names(graph.dependants((name("lost"),))) == ["gone"]


@pytest.mark.parametrize("named", [1, NEAREST])
def test_random_graphs_agree_with_a_plain_search(
    named: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphs, "NEAREST", named)
    chance = random.Random(7)
    for _ in range(400):
        tables = tuple(Name("s", f"t{i}") for i in range(chance.randint(1, 9)))
        pairs = {
            (chance.choice(tables), chance.choice(tables)) for _ in range(chance.randint(0, 14))
        }
        edges = tuple(Edge(*pair, ("x",), chance.random() < 0.6) for pair in sorted(pairs))
        graph = Graph(tables, edges)
        assert sorted(graph.order) == sorted(tables)
        for one in tables:
            hard = tuple(e for e in edges if e.required)
            back = tuple(Edge(e.parent, e.child, e.columns, e.required) for e in edges)
            _agrees(graph.dependants((one,)), _searched(one, edges) - {one}, named)
            _agrees(graph.stopped((one,)), _searched(one, hard) - {one}, named)
            _agrees(graph.needed((one,)), _searched(one, back) - {one}, named)
        together = [set(c.tables) for c in graph.cycles]
        for e in edges:
            in_cycle = any({e.child, e.parent} <= one for one in together)
            same = e.child == e.parent
            assert same or in_cycle or graph.place[e.parent] < graph.place[e.child]


def _agrees(reach: Reach, expected: set[Name], named: int) -> None:
    assert reach.count == len(expected)
    assert expected >= {*reach.nearest}
    assert len({*reach.nearest}) == min(named, len(expected))


def _searched(start: Name, edges: tuple[Edge, ...]) -> set[Name]:
    seen: set[Name] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        below = {e.child for e in edges if e.parent == here} - seen
        seen |= below
        waiting += below
    return seen


def test_a_chain_of_thousands_needs_no_recursion() -> None:
    tables = tuple(Name("s", f"t{i:04}") for i in range(3000))
    edges = tuple(Edge(tables[i], tables[i - 1], ("x",), required=True) for i in range(1, 3000))
    graph = Graph(tables, edges)
    assert graph.order == tables
    assert graph.dependants((tables[0],)) == Reach(2999, tables[1 : NEAREST + 1])
    assert graph.needed((tables[2000],)).count == 2000
    assert str(graph.dependants((tables[0],))).endswith("s.t0030 and 2,969 more")
    ring = Graph(tables, (*edges, Edge(tables[0], tables[-1], ("y",), required=False)))
    assert [len(c.tables) for c in ring.cycles] == [3000]


# Risk and score


@pytest.mark.parametrize(
    ("weight", "when", "exposure", "expected"),
    [
        (PROVEN, When.NOW, Exposure(5), (3, 3, "critical")),
        (PROVEN, When.NOW, Exposure(4), (3, 2, "high")),
        (PROVEN, When.NOW, Exposure(), (3, 1, "medium")),  # an error is never low
        (PROVEN, When.SOON, Exposure(rows=1_000_000), (2, 3, "high")),
        (PROVEN, When.SOON, Exposure(inserts_a_day=10), (2, 2, "medium")),
        (PROVEN, When.NOW, Exposure(feature="sign-up"), (3, 2, "high")),
        ((Severity.WARNING, Confidence.LIKELY), When.NOW, Exposure(5), (2, 3, "high")),
        ((Severity.WARNING, Confidence.PROVEN), When.SOON, Exposure(rows=9_999), (2, 1, "low")),
        ((Severity.INFO, Confidence.POSSIBLE), When.NOW, Exposure(99), (1, 3, "low")),
    ],
)
def test_risk_is_probability_times_impact(
    weight: tuple[Severity, Confidence],
    when: When,
    exposure: Exposure,
    expected: tuple[int, int, str],
) -> None:
    risk = assess(weight, when, exposure)
    assert (risk.probability, risk.impact, risk.tier.value) == expected
    assert risk.score == expected[0] * expected[1]


def test_the_score_is_what_its_page_says() -> None:
    assert [score_of([Tier.CRITICAL] * n) for n in (0, 1, 2, 5000)] == [100, 56, 37, 0]
    floors = [(Tier.HIGH, 25), (Tier.MEDIUM, 63), (Tier.LOW, 90)]
    assert [score_of([tier] * 100_000) for tier, _ in floors] == [floor for _, floor in floors]
    assert score_of([Tier.LOW]) == 99


def test_one_more_finding_never_raises_the_score() -> None:
    chance = random.Random(11)
    for _ in range(3000):
        found_ = [chance.choice(list(Tier)) for _ in range(chance.randint(0, 40))]
        score = score_of(found_)
        assert 0 <= score <= 100
        assert (score == 100) is (not found_)
        assert score_of(chance.sample(found_, len(found_))) == score
        for tier in Tier:
            assert score_of([*found_, tier]) <= score
            worse = [max(tier, one, key=lambda t: -t.rank) for one in found_]
            assert score_of(worse) <= score


def test_a_finding_changes_nothing_about_the_others() -> None:
    live = database(("b", "a"), ("c", "b"), tables=(table("x", rows=50_000),))
    every = [found(t, rule) for t in "abcx" for rule in ("PK001", "SEQ003", "FK006")]
    chance = random.Random(3)
    for _ in range(100):
        some = chance.sample(every, chance.randint(1, len(every) - 1))
        more = next(f for f in every if f not in some)
        before, assessment = impact.of(live, Declared(), some)
        after, worse = impact.of(live, Declared(), [*some, more])
        assert after.items() >= before.items()
        assert worse.score <= assessment.score


def test_what_stops_users_now_is_repaired_first() -> None:
    live = database(*((f"t{i}", "slow") for i in range(9)), ("b", "a"))
    soon = (Severity.WARNING, Confidence.PROVEN)
    _, assessment = impact.of(
        live, Declared(), [found("slow", weight=soon), found("b"), found("a")]
    )
    assert assessment.repair_order == (
        "PK001:public.a.id",
        "PK001:public.b.id",
        "PK001:public.slow.id",
    )
    assert assessment.tiers == {Tier.HIGH: 2, Tier.MEDIUM: 1}
    assert names(assessment.insertion_order)[:2] == ["a", "slow"]
    said = TableSettings(tiers={name("slow"): Tier.CRITICAL})
    made, assessment = impact.of(live, Declared(), [found("a"), found("slow", weight=soon)], said)
    assert assessment.repair_order[0] == "PK001:public.slow.id"
    assert made["PK001:public.slow.id"].risk.why[-1].startswith("set to critical")


def test_parents_are_repaired_before_children_that_weigh_the_same() -> None:
    live = database(("y", "z"), ("b", "q"), ("c", "b"))
    _, assessment = impact.of(live, Declared(), [found("b"), found("z")])
    assert assessment.repair_order == ("PK001:public.z.id", "PK001:public.b.id")


def test_only_what_stops_inserts_hurts_other_tables() -> None:
    live = database(("b", "a"))
    made = impacts(live, found("a", "FK006"))["a"]
    assert (made.affects, made.direct, made.consequences.stops) == (Reach(), Reach(), False)
    assert names(impacts(live, found("a"))["a"].affects) == ["b"]


def test_a_question_for_the_database_counts_all_its_tables() -> None:
    question = Finding(
        "PK001", "key-without-default", Place(), Severity.INFO, Confidence.POSSIBLE, "who?",
        QuestionFacts((("public", "a", "id"), ("public", "b", "id"))),
    )  # fmt: skip
    live = database(("b", "a"), ("c", "b"))
    made, assessment = impact.of(live, Declared(), [question])
    assert names(made[question.id].affects) == ["c"]
    assert made[question.id].table is None
    assert names(assessment.insertion_order) == ["a", "b", "c"]


# What it means


@pytest.mark.parametrize(
    ("rule", "severity", "facts", "when", "sentence"),
    [
        ("SEQ001", "error", {"inserts_until_collision": 1}, "now", "the next INSERT fails"),
        ("SEQ001", "error", {"inserts_until_collision": 300, "inserts": 1000}, "soon",
         "the sequence meets an existing id in 300 INSERTs, in about 3 days at the present rate"),
        ("SEQ001", "error", {"inserts_until_collision": 50, "inserts": 1000}, "now",
         "the sequence meets an existing id in 50 INSERTs, in about 0 days at the present rate"),
        ("SEQ001", "info", {"inserts_until_collision": 9**9}, "some day",
         "the sequence meets an existing id in 387,420,489 INSERTs"),
        ("SEQ002", "error", {"remaining": 0, "days_left": 0.0}, "now",
         "no id is left: every INSERT fails"),
        ("SEQ002", "error", {"remaining": 10, "days_left": None}, "soon", "no id is left after 10 more INSERTs"),
        ("SEQ002", "warning", {"remaining": 900, "days_left": 90.0, **PACE}, "soon",
         "no id is left after 900 more INSERTs, in roughly 90 days at 10 ids a day (by the statistics of "
         "10 days)"),
        ("SEQ002", "info", {"remaining": 900, "days_left": 90.0, **PACE, "pace_sure": "guess"},
         "some day", "no id is left after 900 more INSERTs, in perhaps 90 days at 10 ids a day (by the "
         "statistics of 10 days)"),
        ("SEQ002", "info", {"remaining": 900, "days_left": None}, "some day",
         "no id is left after 900 more INSERTs"),
        ("PK005", "error", {"roles": ["app", "etl"]}, "now", "INSERT fails for app, etl"),
        ("FK001", "warning", {"types": ["integer"]}, "some day",
         "INSERT fails once an id passes 2,147,483,647"),
    ],
)  # fmt: skip
def test_how_soon_it_fails(
    rule: str, severity: str, facts: dict[str, Any], when: str, sentence: str
) -> None:
    one = found("a", rule, (Severity(severity), Confidence.PROVEN), **facts)
    known = consequences(one, Live(database=DATABASE))
    assert (known.when.value, known.broken or known.to_come) == (when, sentence)


def test_what_works_by_accident_is_said_with_its_evidence() -> None:
    live = Live(database=DATABASE)

    def said(rule: str = "PK001", live: Live = live, **facts: Any) -> str:
        return consequences(found("a", rule, **facts), live).by_accident

    assert said(rows=1200, highest_id=1250, inserts=40, writers=["app", "etl"]) == (
        "1,200 rows, ids up to 1,250: so far the application supplied the ids (40 inserts counted in 10.0 days; may "
        "INSERT: app, etl)"
    )
    assert "so far a trigger or the application supplied the ids" in said(rows=1, triggers=["fill"])
    assert "PostgreSQL does not count the inserts" in said(rows=1, inserts=None)
    assert said(rows=0, highest_id=None) == said("SEQ003", rows=5, highest_id=5) == ""
    unread = Unread(name("a"), "id", "no SELECT privilege on it", "GRANT ...")
    hidden = replace(live, unread=(unread,))
    assert "could not read whether rows with ids exist" in said(
        live=hidden, rows=0, highest_id=None
    )
    assert "highest id not read" in said(live=hidden, rows=7, highest_id=None)


# What the settings say


def test_a_name_comes_before_a_glob() -> None:
    tables = ("user_skills", "user_notes", "log.user_notes", "Old")
    known = Live(tables=tuple(table(t) for t in tables))
    said = table_settings(
        {
            "user_*": "low",
            "user_skills": "critical",
            "*": "medium",
            "log.*": "high",
            "[O]ld": "low",
            "Old": "high",
        },
        {"user_skills": "skills assessment"},
        known,
        complete=True,
    )
    assert {names((n,))[0]: tier.value for n, tier in said.tiers.items()} == {
        "user_skills": "critical", "user_notes": "low", "log.user_notes": "low", "Old": "high",
    }  # fmt: skip
    assert said.features == {name("user_skills"): "skills assessment"}


def test_a_glob_that_fits_no_table_is_refused_with_the_nearest() -> None:
    known = Live(tables=(table("user_skills"),))
    with pytest.raises(UsageProblem) as refused:
        table_settings({}, {"user_skill": "skills"}, known, complete=True)
    assert refused.value.message == "[tool.remediate.features]: no table is called 'user_skill'"
    assert "public.user_skills" in refused.value.hint
    assert table_settings({"other": "low"}, {}, known, complete=False) == TableSettings()


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        (
            "[tool.remediate.tiers]\nusers = 'urgent'",
            "must map each table to 'critical', 'high', 'medium' or 'low'",
        ),
        ("[tool.remediate.features]\nusers = 1", "must map each table to texts only"),
        ("[tool.remediate]\ntiers = ['users']", "must be a table"),
    ],
)
def test_settings_are_checked(setting: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(setting)
    with pytest.raises(UsageProblem, match=sentence):
        load(tmp_path)


def test_a_feature_is_what_fails() -> None:
    live = database(("b", "a"), ("c", "b"))
    features = {name("a"): "sign-up", name("c"): "sharing"}
    one, index = found("a"), found("b", "FK006", (Severity.INFO, Confidence.PROVEN))
    made = impacts(live, one, index, features=features)
    assert (made["a"].feature, made["a"].features) == ("sign-up", ("sharing",))
    assert rendered.feature(made["a"], one) == "sign-up fails now"
    assert rendered.feature(made["b"], index) == ""


def test_a_sentence_is_as_sure_as_its_finding() -> None:
    live = database(("b", "a"))

    def told(severity: Severity, confidence: Confidence) -> str:
        one = found("b", "PK001", (severity, confidence))
        return rendered.feature(impacts(live, one, features={name("b"): "login"})["b"], one)

    assert told(Severity.ERROR, Confidence.PROVEN) == "login fails now"
    assert told(Severity.WARNING, Confidence.LIKELY) == "login probably fails"
    assert told(Severity.INFO, Confidence.POSSIBLE) == "login may fail"


# How it is shown


def test_nothing_found_adds_no_line() -> None:
    healthy = Plan(DATABASE, heads=())
    shown = text.render(healthy).splitlines()
    assert shown[1] == "Nothing to repair."
    assert "score" not in "".join(shown)
    assert (healthy.assessment.score, as_json(healthy)["score"]) == (100, 100)


def test_the_block_is_short_and_fits() -> None:
    many = [f"table_number_{i}" for i in range(40)]
    live = database(*((one, "users") for one in many))
    plan = plan_of(live, *(found(t, rows=3) for t in ("users", *many)))
    lines = text.render(plan).splitlines()
    score = f"Health score {plan.assessment.score}/100 (higher is better)"
    assert lines[1:3] == ["41 tables reject INSERT now", f"1 critical   40 medium   {score}"]
    at = next(n for n, line in enumerate(lines) if line.startswith("  critical  "))
    assert lines[at].split()[1:] == ["public.users.id", "blocks", "40", "tables;", "3", "rows"]
    assert lines[at + 8].strip() == "and 33 more: remediate plan --all"
    assert len(lines) < 40
    told = "41 of these tables contain rows: so far the application supplied the ids."
    assert told in lines
    for style in (Style(), Style(verbose=True), Style(every=True)):
        shown = text.render(plan, style).splitlines()
        assert max(map(len, shown)) <= 80
        assert shown[-1].startswith("Next:")
    assert len(text.render(plan, Style(quiet=True)).splitlines()) == 41


def test_verbose_says_why_in_which_order_and_names_cycles() -> None:
    live = database(("a", "b"), ("b", "a"), nullable=frozenset({(name("b"), "a_id")}))
    shown = text.render(plan_of(live, found("a")), Style(verbose=True))
    block = " ".join(shown.split())
    assert "6 of 9 (3 x 2): proven, now; 1 table depends on it" in block
    assert "insert in this order: public.b, public.a" in block
    assert "at first leave NULL: public.b.a_id" in block


def test_what_could_not_be_verified_is_not_passed_over() -> None:
    plan = plan_of(database(("b", "a")), found("a"))
    unverified = replace(plan, unverified=(None,) * 3)  # type: ignore[arg-type]
    assert rendered.uncounted(unverified) == "not counted: 3 that could not be verified"
    assert rendered.uncounted(plan) == ""


def test_markdown_survives_hostile_names() -> None:
    hostile = Name("public", 'a|b`c*_\n<script>"')
    live = Live(tables=(Table(hostile, ("id",), (KEY,)),), database=DATABASE)
    finding = Finding(
        "PK001", "key-without-default", Place(hostile, "id"), *PROVEN, "m",
        helpers.facts("PK001", rows=1200, writers=["app|x"], highest_id=9), Source("app/models.py", 12),
    )  # fmt: skip
    head, _, row = rendered.markdown(plan_of(live, finding)).splitlines()
    assert row.replace("\\|", "").count("|") == head.count("|") == 9
    assert "| medium (3 of 9) |" in row
    assert '| 1,200 | 0 | "app\\|x" | app/models.py:12 |' in row
    assert "a\\|b\\`c\\*\\_\\\\n\\<script\\>" in row
    assert "| a plain INSERT fails; so far the application supplied the ids |" in row
    assert rendered.markdown(Plan(DATABASE)) == ""


# On a real database


def test_the_incident(incident: Project) -> None:
    made = incident.json("plan")
    by_table = {f["table"]: f for f in made["findings"]}
    tiers = {t: f["risk"]["tier"] for t, f in by_table.items()}
    assert {t for t, tier in tiers.items() if tier == "critical"} == {"users"}
    high = {t for t, tier in tiers.items() if tier == "high"}
    assert high == {"skill_trees", "career_goals", "chat_messages"}
    assert {t for t in tiers if tiers[t] == "medium"} == tiers.keys() - high - {"users"}
    assert made["tiers"] == {"critical": 1, "high": 3, "medium": 22, "low": 0}
    assert made["score"] == 33
    users = by_table["users"]
    assert users["risk"] == {
        "probability": 3, "impact": 3, "score": 9, "tier": "critical", "when": "now",
        "why": ["proven, now", "27 tables depend on it"],
    }  # fmt: skip
    assert len(users["affects"]) == users["affects_count"] == users["stopped_count"] == 27
    assert (users["needs"], users["feature"], users["broken_now"]) == (
        [],
        None,
        "a plain INSERT fails",
    )
    assert users["works_by_accident"].startswith(
        "5 rows, ids up to 5: so far the application supplied the ids"
    )
    assert by_table["chat_messages"]["affects"] == ["public.message_components"]
    assert by_table["chat_messages"]["needs"] == ["public.conversations", "public.users"]
    order = made["insertion_order"]
    assert all(order.index(p) < order.index(c) for p, c in [
        ("public.users", "public.conversations"),
        ("public.conversations", "public.chat_messages"),
        ("public.chat_messages", "public.message_components"),
    ])  # fmt: skip
    assert made["repair_order"][0] == "PK001:public.users.id"
    assert made["cycles"] == []


def test_features_and_tiers_of_the_incident(incident: Project) -> None:
    settings = incident.folder / "pyproject.toml"
    settings.write_text(
        '[tool.remediate.features]\nuser_skills = "skills assessment"\n'
        '[tool.remediate.tiers]\nuser_skills = "critical"\n"conversation_*" = "low"\n'
    )
    try:
        said = incident.run("remediate", "plan").stdout
        assert re.search(r"critical  public\.user_skills\.id +skills assessment fails now;", said)
        assert "2 critical   3 high   18 medium   3 low" in said
        settings.write_text('[tool.remediate.tiers]\nuser_skill = "critical"\n')
        refused = incident.run("remediate", "plan", expected=2).stderr
        assert "no table is called 'user_skill'" in refused
        assert "Did you mean public.user_skills or public.users?" in refused
    finally:
        settings.unlink()


FLOWS = """
[tool.remediate.flows]
"complete onboarding" = ["users", "user_skills"]
"set career goals" = ["career_goals"]
chat = ["conversations!", "chat_messages", "conversation_categories", "user_chat_analytics"]
"personality test" = ["personality_profiles"]
"browse jobs" = ["job_postings"]
"""


def test_flows_of_the_incident(incident: Project) -> None:
    settings = incident.folder / "pyproject.toml"
    settings.write_text(FLOWS)
    try:
        told = {one["name"]: one for one in incident.json("plan")["flows"]}
    finally:
        settings.unlink()
    assert {name: one["state"] for name, one in told.items()} == {
        "complete onboarding": "broken",
        "set career goals": "broken",
        "chat": "partly broken",
        "personality test": "partly broken",  # whoever is new cannot do it
        "browse jobs": "working",
    }
    assert told["complete onboarding"]["why"] == [
        "public.users, public.user_skills: INSERT fails now (PK001)"
    ]
    assert told["personality test"]["why"] == [
        "public.personality_profiles: needs a row of public.users, where INSERT fails now"
    ]


DDL = """
CREATE TABLE a (id serial PRIMARY KEY, x integer UNIQUE); ALTER TABLE a ALTER id DROP DEFAULT;
CREATE TABLE b (id serial PRIMARY KEY, a_id integer NOT NULL REFERENCES a);
CREATE TABLE c (id serial PRIMARY KEY, a_id integer REFERENCES a, b_id integer REFERENCES b);
INSERT INTO a SELECT generate_series(1, 7);
ANALYZE a;
GRANT USAGE ON SCHEMA public TO impact_reader;
"""


def test_a_role_that_may_read_nothing_hears_what_is_not_known(newest: Server) -> None:
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute("DROP ROLE IF EXISTS impact_reader; CREATE ROLE impact_reader LOGIN")
            connection.execute(DDL)
        seen = [_planned(url), _planned(url.set(username="impact_reader"))]
        with helpers.connected(url) as connection:
            connection.execute("DROP OWNED BY impact_reader; DROP ROLE impact_reader")
    for plan in seen:
        one = plan.impacts["PK001:public.a.id"]
        assert (names(one.affects), names(one.stopped)) == (["b", "c"], ["b"])
        assert plan.assessment.insertion_order == (name("a"), name("b"), name("c"))
    known, unknown = (p.impacts["PK001:public.a.id"].consequences.by_accident for p in seen)
    assert known.startswith("7 rows, ids up to 7: so far the application")
    assert unknown.startswith("7 rows, highest id not read: so far the application")
    assert "not counted: " in text.render(seen[1])


def _planned(url: sa.URL) -> Plan:
    return planned(Reading(helpers.snapshot(url), Declared(), 0, {}), Config(select=("PK001",)))


def test_the_defaults_of_a_plan_say_that_nothing_is_at_risk() -> None:
    assert Plan(DATABASE).assessment == Assessment(score=100)
