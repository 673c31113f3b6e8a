"""What GitHub takes of Markdown: as much as fits, the most urgent first, the rest counted."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from remediate.cli import summary
from remediate.errors import UsageProblem
from remediate.findings.effects import When
from remediate.findings.finding import Finding, Tier
from remediate.plans.diff import difference
from remediate.plans.fleet import Fleet, Group, Shard
from remediate.plans.impact.consequences import Consequences
from remediate.plans.impact.graph import Reach
from remediate.plans.impact.impact import Assessment, Impact
from remediate.plans.impact.risk import Risk
from remediate.plans.plan import Plan
from remediate.render import fleet, markdown, mermaid, plan_diff
from remediate.render.room import COMMENT, SUMMARY, fitted, size
from remediate.snapshots.tables import Name
from remediate.system.formats import PlanFormat
from tests.commands.test_check import finding, plan


def lines(number: int) -> str:
    return "\n\n".join(["head", *("x" * 9 for _ in range(number))])


@pytest.mark.parametrize(
    ("whole", "room", "expected"),
    [
        ([lambda: "short"], 5, "short"),
        ([lambda: "lönger", lambda: "short"], 6, "short"),
        ([lambda: lines(20)], 48, lines(4)),
        ([lambda: lines(20)], None, lines(20)),
        ([lambda: lines(20)], 3, ""),
        ([lambda: lines(20)], 0, ""),
    ],
)
def test_as_much_is_shown_as_fits(
    whole: list[Callable[[], str]], room: int | None, expected: str
) -> None:
    assert fitted(whole, lines, 20, room) == expected


def test_what_has_no_smaller_form_is_cut_after_a_paragraph() -> None:
    made = fitted([], lambda _: lines(20), 0, 100)
    assert made == f"{lines(5)}\n\n(The rest is too long for GitHub.)"


def impact(one: Finding, number: int) -> Impact:
    effects = Consequences(When.NOW, stops=True, broken="a plain INSERT fails")
    return Impact(
        one.id, one.place.table, "", Risk(3, 1, Tier.MEDIUM, ()), effects,
        Reach(), Reach(number), Reach(), Reach(), (),
    )  # fmt: skip


def many(number: int, name: str = "table with ö and | and ` and <b> {}") -> Plan:
    """The last of its findings is the most urgent."""
    found = [finding(table=name.format(n), message="is broken " * 9) for n in range(number)]
    made = plan(*found)
    return replace(
        made,
        impacts={one.id: impact(one, n) for n, one in enumerate(found)},
        assessment=Assessment(repair_order=tuple(one.id for one in reversed(found))),
    )


def test_a_long_plan_fits_a_comment() -> None:
    paper = markdown.markdown(many(324), "")
    assert COMMENT * 0.98 < size(paper) <= COMMENT
    rows = [line for line in paper.splitlines() if line.startswith("| medium")]
    assert "and \\<b\\> 323" in rows[0]
    boxes = paper.count("\n- [ ] ")
    assert boxes == len(rows)
    assert f"\n\nand {324 - boxes} more: remediate plan --all\n" in paper
    assert paper.count("<details>") == paper.count("</details>") == 2
    whole = markdown.markdown(many(324), "", room=SUMMARY)
    assert whole.count("\n- [ ] ") == 324
    assert " more: remediate" not in whole


def test_the_statements_are_left_out_first() -> None:
    made = markdown.markdown(many(3), "SELECT 1;\n" * 7000)
    assert "SELECT" not in made
    assert made.count("\n- [ ] ") == 3
    assert size(made) < COMMENT


def test_a_difference_fits_a_comment() -> None:
    now, before = many(900, "t{}"), many(1, "gone|{}")
    made = plan_diff.render(difference(now, before), PlanFormat.MARKDOWN, "plan_1.json")
    new = made.count("\n- **PK001:public.t")
    assert made.startswith(
        "# Changes of the plan\n\n900 new, 1 gone, 0 changed, nothing the same since plan\\_1.json.\n"
        "\n## New\n\n- **PK001:public.t0.id**: is broken is broken"
    )
    assert made.endswith(
        f"\n- and {900 - new} more\n\n## Gone\n\n"
        '- **PK001:public."gone\\|0".id**: ' + ("is broken " * 9)
    )
    assert COMMENT - 300 < size(made) <= COMMENT


def related(*references: tuple[str, str]) -> Plan:
    made = many(2, "t{}")
    below: dict[Name, tuple[Name, ...]] = {}
    for parent, child in references:
        name = Name("public", parent)
        below[name] = (*below.get(name, ()), Name("public", child))
    return replace(made, assessment=replace(made.assessment, referenced_by=below))


def test_the_graph_has_failing_tables_and_their_neighbours() -> None:
    made = mermaid.graph(related(("a", 'x"]; click'), ("a", "t1"), ("t0", "b"), ("t1", "t0")))
    assert made.splitlines()[:7] == [
        "flowchart LR",
        '  t0["public.t1"]:::now',
        '  t1["public.t0"]:::now',
        '  t2["public.a"]',
        '  t3["public.b"]',
        "  t0 --> t1",
        "  t2 --> t0",
    ]
    assert mermaid.graph(related(("a", "b"))) == ""


def test_a_name_does_not_leave_its_label() -> None:
    made = mermaid.graph(related(("t0", 'x"]:::now\n%% `<b>#')))
    label = "public.#34;x#34;#34;#93;#58;#58;#58;now#92;n#37;#37; #96;#60;b#62;#35;#34;"
    assert f'["{label}"]\n' in made


def test_the_graph_stays_small() -> None:
    made = mermaid.graph(related(*(("t0", f"c{n}") for n in range(90))))
    assert made.count('["') == mermaid.NODES


def test_the_summary_of_a_step_takes_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "summary.md"
    file.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    summary.add(lambda room: f"{SUMMARY - room} bytes are taken")
    assert file.read_text() == "before\n8 bytes are taken\n"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    with pytest.raises(UsageProblem, match="which cannot be written: Is a directory"):
        summary.add(str)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY")
    summary.add(lambda room: pytest.fail("there is no summary"))


def test_a_fleet_of_many_needs_fits_a_comment() -> None:
    result = {"repairs": [{"outcome": "failed", "id": "PK001:public.t.id", "problems": ["x" * 300],
        "schema": "public", "table": "t", "column": "id", "constraint": None}], "waiting": [],
        "passed": False}  # fmt: skip
    groups = tuple(Group(str(n), (f"db{n}", f"other{n}"), result) for n in range(400))
    many = Fleet("verify", "", Shard(), groups, (), {})
    paper = fleet.render(many, PlanFormat.MARKDOWN)
    assert COMMENT * 0.98 < size(paper) <= COMMENT
    shown = paper.count("\n## 2 databases: ")
    left = f"\nand {400 - shown} groups more, of {800 - 2 * shown} databases: -f json lists them\n"
    assert left in paper
    assert fleet.render(replace(many, groups=groups[:3]), PlanFormat.MARKDOWN).count("\n## ") == 3
