"""docs/accuracy.md says what the comparison computes, and its labels are true."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from remediate.findings.finding import Severity
from remediate.rehearsal.scratch import Server
from tests.accuracy import paper, stall_paper, stalls, tools, truth
from tests.accuracy.corpus import Corpus, Spot, corpora
from tests.accuracy.score import Judged, judged, laid, score
from tests.accuracy.tools import REMEDIATE, Claim
from tests.accuracy.truth import LabelError
from tests.corpora.hard_references import FOREIGN_KEYS, LARGE
from tests.corpora.kinds import Kind
from tests.corpora.repairs import REPAIRS

PAGE = (Path(__file__).parents[2] / "docs" / "accuracy.md").read_text(encoding="utf-8")
HARD = [corpus for corpus in corpora() if corpus.family == "hard"]
pytestmark = pytest.mark.filterwarnings("ignore:Column .* is marked as a member of the primary key")


def named(name: str) -> Corpus:
    (corpus,) = (c for c in HARD if c.name == f"hard: {name}")
    return corpus


@pytest.fixture(scope="module")
def hard(newest: Server) -> tuple[Judged, ...]:
    return judged(newest, lambda corpus: corpus.family == "hard")


def test_the_page_has_what_is_computed_of_the_hard_cases(hard: tuple[Judged, ...]) -> None:
    """Judging them compares each label with an INSERT, too."""
    row = paper.corpus_row("hard", hard)
    assert f"\n| {' | '.join(map(str, row))} |\n" in PAGE
    listed = re.findall(r"`(public\.\w+)` \(hard", f"{paper.misses(hard)}\n{paper.alarms(hard)}")
    assert listed
    assert [place for place in listed if f"`{place}` (hard" not in PAGE] == []


@pytest.mark.soak
def test_the_page_has_all_that_is_computed(newest: Server) -> None:
    assert paper.tables(judged(newest)) in PAGE


@pytest.mark.soak
def test_the_page_has_the_locks_that_are_observed(server: Server) -> None:
    version = server.version // 10000
    for repair in (one for one in REPAIRS if one.since <= version):
        observed = stalls.observe(server, repair)
        assert observed.differences == ()
        for line in stall_paper.tables([observed]).splitlines():
            name, rule, _, *rest = (
                line.strip("| ").split(" | ") if line.startswith("| ") else ["", "", ""]
            )
            if rule == repair.rule:
                behaviour = re.escape(" | ".join(rest))
                wanted = rf"\| {re.escape(name)} \| {rule} \| [\d, ]*\b{version}\b[\d, ]* \| {behaviour} \|"
                assert re.search(wanted, PAGE), line


def test_a_broken_rule_is_a_miss(
    newest: Server, hard: tuple[Judged, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a reason is asked for it, which nobody has written."""
    name = "numbers of the world as keys"
    (before,) = (one for one in hard if one.corpus.name == f"hard: {name}")
    assert score([before], REMEDIATE, Kind.UNFILLED).missed == ()
    monkeypatch.setitem(tools.KINDS, "PK001", ())
    (after,) = judged(newest, lambda corpus: corpus.name == f"hard: {name}")
    made = score([after], REMEDIATE, Kind.UNFILLED)
    assert made.missed == ("hard: numbers of the world as keys: public.customers",)
    with pytest.raises(LookupError):
        paper.misses([after])


def test_a_false_alarm_is_counted(hard: tuple[Judged, ...]) -> None:
    (one,) = (one for one in hard if one.corpus.name == "hard: numbers of the world as keys")
    claim = Claim(Spot(Kind.UNFILLED, "public.years"), Severity.ERROR, "PK001")
    more = replace(one, claims={**one.claims, REMEDIATE: one.claims[REMEDIATE] | {claim}})
    made = score([more], REMEDIATE, Kind.UNFILLED)
    assert made.alarms == ("hard: numbers of the world as keys: public.years",)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda c: replace(c, tables=c.tables | {"public.nowhere"}), "public.nowhere"),
        (lambda c: replace(c, nots=frozenset({"public.bare.nothing"})), "public.bare.nothing"),
        (
            lambda c: replace(
                c, labels=frozenset({Spot(Kind.NARROWER, "public.narrow", "parent")})
            ),
            "public.narrow.parent",
        ),
    ],
)
def test_a_label_of_nothing_is_refused(
    change: Callable[[Corpus], Corpus], place: str, newest: Server
) -> None:
    corpus = named("foreign keys")
    with laid(newest, corpus) as bench, pytest.raises(LabelError, match=f"no such place: {place}$"):
        truth.truth(replace(bench, corpus=change(corpus)))


def test_a_label_that_an_insert_contradicts_is_refused(newest: Server) -> None:
    corpus = named("snowflake ids, without models")
    wrong = replace(corpus, labels=frozenset())
    with (
        laid(newest, wrong) as bench,
        pytest.raises(LabelError, match=r"public.settings \(UNFILLED\)"),
    ):
        truth.truth(bench)


def test_the_planner_bears_out_the_labels_of_indexes(newest: Server) -> None:
    broken = {case.table for case in FOREIGN_KEYS.cases if case.broken is Kind.UNINDEXED}
    with laid(newest, named("foreign keys")) as bench:
        unused = {
            table
            for table in LARGE
            if not truth.planner_uses_index(bench.connection, table, "parent_id")
        }
    assert unused == broken


def test_the_labels_of_missing_keys_let_duplicates_in(newest: Server) -> None:
    corpus = named("primary keys that the models declare")
    assert corpus.labels
    with laid(newest, corpus) as bench:
        for label in corpus.labels:
            bench.connection.execute(
                f"CREATE TABLE one AS SELECT * FROM {label.table} LIMIT 1".encode()
            )
            bench.connection.execute(f"INSERT INTO {label.table} SELECT * FROM one".encode())
            bench.connection.execute(b"DROP TABLE one")


def test_a_repair_that_rewrites_is_seen_to(newest: Server) -> None:
    by_rule = {repair.rule: repair for repair in REPAIRS}
    widened = stalls.observe(newest, by_rule["SEQ002"])
    assert (widened.together.rewritten, widened.together.reads_wait) == (True, True)
    advanced = stalls.observe(newest, by_rule["SEQ001"])
    assert advanced.together == stalls.Part("SHARE ROW EXCLUSIVE", writes_wait=True)
    assert (widened.differences, advanced.differences) == ((), ())
