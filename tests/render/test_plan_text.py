"""A plan on the terminal: verdict, blocks, rows, widths, links; on hand-made values."""

import io
import re
from dataclasses import replace

import pytest

from remediate.cli.terminal import columns as columns_of_terminal
from remediate.findings.finding import Confidence, Finding, Severity, Unverified
from remediate.findings.remedy import Hazard, Hold, Lock, Remedy, Step
from remediate.plans.plan import Item, Plan
from remediate.plans.verdict import Verdict, verdict
from remediate.render import text
from remediate.render.columns import columns, padded
from remediate.render.lines import WIDTH
from remediate.render.style import Style
from remediate.render.verdict import sentence
from remediate.snapshots.tables import Location
from tests.plans.test_impact import DATABASE, database, found, name, plan_of

WIDTHS = (60, 80, 100, 140)
LIKELY = (Severity.WARNING, Confidence.LIKELY)
ANSI = re.compile(r"\033\[[\d;]*m|\033\]8;;[^\033]*\033\\")


def plan(*findings: Finding, **said: object) -> Plan:
    """Each is repaired by a step that locks its table; those of SEQ002 rewrite it, too."""
    live = database(("orders", "users"), ("items", "orders"))
    made = plan_of(live, *findings, **said)
    return replace(made, items=tuple(map(_item, findings)), tables=9)


def _item(finding: Finding) -> Item:
    table = finding.place.table or name("t")
    hazards = (
        (Hazard.EXPLICIT_IDS,)
        if finding.rule == "PK001"
        else (Hazard.EXPLICIT_IDS, Hazard.MODEL_TYPE)
    )
    step = Step("up", "down", Lock.ACCESS_EXCLUSIVE, table, hazards=hazards)
    remedy = Remedy(f"repair {table}", "undo it", (step,), holds=(Hold(table),), expectations=())
    return Item.of(finding, remedy)


def many(number: int, rule: str = "PK001") -> list[Finding]:
    return [found(f"table_{n}", rule, rows=n) for n in range(number)]


def block(shown: str, rule: str) -> list[str]:
    """The lines of the block of this rule."""
    return shown[shown.index(f"\n{rule} ") + 1 :].partition("\n\n")[0].splitlines()


# Blocks and rows


def test_the_table_that_blocks_most_is_the_first_of_its_block() -> None:
    shown = text.render(plan(*many(20), found("users", rows=7))).splitlines()
    rows = [line.split() for line in shown if re.match(r"  (critical|high|medium|low) ", line)]
    assert len(rows) == 8
    assert rows[0] == ["high", "public.users.id", "blocks", "2", "tables;", "7", "rows"]
    assert "            and 13 more: remediate plan --all" in shown
    whole = text.render(plan(*many(20), found("users")), Style(every=True))
    assert (whole.count("\n  medium "), "--all" in whole) == (20, False)


def test_one_block_a_rule_whatever_the_sentences_say() -> None:
    others = [replace(one, message=f"{one.message}, number {n}") for n, one in enumerate(many(5))]
    shown = text.render(plan(*others))
    assert shown.count("PK001 key-without-default   5 to repair\n") == 1
    assert "\n  An integer primary key that nothing generates.\n" in shown
    assert "\n      is broken, number 4\n" in shown  # below its row, as no word of the facts does
    two = [*others[:1], *others[:1], *many(4)[1:]]
    assert "\n  1 of 4: is broken, number 0\n" in text.render(plan(*two[1:]))


def test_what_is_doubtful_is_counted_in_the_heading() -> None:
    shown = text.render(plan(*many(2), found("other", weight=LIKELY)))
    assert "PK001 key-without-default   3 to repair (2 proven, 1 likely)\n" in shown
    assert re.search(r"public\.other\.id +likely\n", shown)


def test_a_note_and_how_long_it_waits_are_told_once() -> None:
    shown = text.render(plan(*many(2), found("users", "SEQ002")))
    assert shown.count("[EXPLICIT_IDS]") == shown.count("retries up to 60 times") == 1
    assert "  Note    as above: EXPLICIT_IDS\n" in shown
    assert "[MODEL_TYPE]" in shown


def test_a_line_for_each_finding_says_all() -> None:
    located = replace(found("users", rows=7), model=Location("app/models.py", 12))
    shown = text.render(plan(*many(9), located), Style(quiet=True)).splitlines()
    assert len(shown) == 10
    assert shown[0] == (
        "high      PK001   public.users.id is broken (blocks 2 tables; 7 rows)  app/models.py:12"
    )


# The verdict


@pytest.mark.parametrize(
    ("known", "told"),
    [
        (Verdict(9, rejecting=2, failing=1), "2 of 9 tables reject INSERT now; 1 more will reject INSERT soon"),
        (Verdict(9, rejecting=1), "1 of 9 tables rejects INSERT now"),
        (Verdict(9, failing=3), "3 of 9 tables will reject INSERT soon"),
        (Verdict(0, of_models=1), "1 table rejects the INSERT of its model"),
        (Verdict(9, spoiling=1, doubtful=2),
         "1 of 9 tables takes rows that it should not; 2 more probably reject INSERT"),
    ],
)  # fmt: skip
def test_the_verdict_counts_tables(known: Verdict, told: str) -> None:
    assert sentence(plan(), known) == told


def test_a_table_counts_once_where_it_is_worst() -> None:
    doubled = found("users", "SEQ001")
    made = plan(found("users"), doubled, found("orders", weight=LIKELY), found("items", "FK006"))
    assert verdict(made) == Verdict(9, rejecting=1, doubtful=1)
    assert verdict(replace(made, items=())) == replace(verdict(made), doubtful=0, failing=1)


def test_green_only_where_all_could_be_read() -> None:
    healthy = Plan(DATABASE, heads=(), tables=3, model_tables=2)
    style = Style(color=True)
    assert "\033[1;30;42mNothing to repair. Read: 3 tables and 2 models.\033[0m" in text.render(
        healthy, style
    )
    place = found("t").place
    doubted = replace(healthy, unverified=(Unverified(place, "no right", "GRANT"),))
    assert (
        "\033[1;30;43mNothing found in what could be read. Read: 3 tables and 2 models.\033[0m"
        in text.render(doubted, style)
    )
    assert "\033[1;97;41m1 of 9 tables rejects INSERT now\033[0m" in text.render(
        plan(found("t")), style
    )


# The terminal


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("verbose", [False, True])
def test_it_fits_and_colours_and_links_change_no_column(width: int, *, verbose: bool) -> None:
    wide = [
        replace(one, model=Location("app/ä b.py", 3))
        for one in (*many(9), found("テーブル", rows=3))
    ]
    made = plan(*wide, found("users"))
    style = Style(width=width, verbose=verbose)
    plain = text.render(made, style)
    told, command = plain.rsplit("\n", 1)
    assert max(map(columns, told.splitlines())) <= width
    assert command.startswith("Fast:  remediate generate ")  # to be copied: never broken
    painted = text.render(made, replace(style, color=True, links=True))
    assert ANSI.sub("", painted) == plain
    assert re.search(r"\033\]8;;file:///\S+/app/%C3%A4%20b\.py\033\\", painted)
    assert re.search(r"\033\]8;;https://\S+/rules/PK001/\033\\PK001\033", painted)


def test_a_wide_character_takes_two_columns() -> None:
    assert [columns(one) for one in ("ab", "テー", "e\u0301")] == [2, 4, 1]
    assert padded("テー", 6) == "テー  "


def test_the_width_of_a_terminal_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    told = []
    for columns_there in ("20", "100", "300"):
        monkeypatch.setenv("COLUMNS", columns_there)
        told.append(columns_of_terminal(Terminal()))
    assert told == [60, 100, 140]
    assert columns_of_terminal(io.StringIO()) == WIDTH
