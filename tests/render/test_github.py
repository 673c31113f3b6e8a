"""The annotations of a workflow: GitHub shows ten of a kind for a step."""

from collections import Counter
from dataclasses import replace

from remediate.findings.effects import When
from remediate.findings.finding import Finding, Place, Severity, Tier, Unverified
from remediate.plans.baseline import compared
from remediate.plans.impact.consequences import Consequences
from remediate.plans.impact.graph import Reach
from remediate.plans.impact.impact import Assessment, Impact
from remediate.plans.impact.risk import Risk
from remediate.render import check as rendered
from remediate.render import plan as render_plan
from remediate.render.style import Style
from remediate.snapshots.tables import Name
from remediate.system.formats import PlanFormat
from remediate.system.paths import HERE
from tests.commands.test_check import WARNING, finding, look, plan


def impact(one: Finding, tier: Tier) -> Impact:
    risk = Risk(3, 3 if tier is Tier.CRITICAL else 2, tier, ())
    return Impact(
        one.id, one.place.table, "", risk, Consequences(When.NOW, stops=True), *[Reach()] * 4, ()
    )


def annotations(*findings: Finding) -> list[str]:
    made = compared(plan(*findings), (), look())
    return rendered(made, PlanFormat.GITHUB, HERE).splitlines()


def counted(lines: list[str]) -> dict[str, int]:
    """How many begin with each word."""
    return Counter(line.partition(" ")[0].removeprefix("::") for line in lines)


def test_of_many_annotations_github_shows_the_gravest() -> None:
    """It shows ten of a kind for each step, and drops those behind them."""
    findings = [finding(table=f"t{n}") for n in range(1, 26)]
    findings += [finding("FK006", f"w{n}", severity=WARNING) for n in range(1, 11)]
    findings += [finding("MD006", f"i{n}", severity=Severity.INFO) for n in range(1, 13)]
    unread = Unverified(Place(Name("public", "u"), "id"), "no privilege", "GRANT SELECT ...")
    last = Name("public", "t25")
    tiers = {f: Tier.CRITICAL if f.place.table == last else Tier.HIGH for f in findings}
    first = sorted(findings, key=lambda f: f.place.table != last)
    made = replace(
        plan(*findings, unverified=(unread,)),
        impacts={f.id: impact(f, tier) for f, tier in tiers.items()},
        assessment=Assessment(repair_order=tuple(f.id for f in first)),
    )
    for shown in (
        rendered(compared(made, (), look()), PlanFormat.GITHUB, HERE),
        render_plan(made, PlanFormat.GITHUB, Style()),
    ):
        lines = shown.splitlines()
        assert counted(lines) == {
            "error": 10, "warning": 10, "notice": 10, "error:": 16, "notice:": 4,
        }  # fmt: skip
        assert lines[0].endswith("public.t25.id is broken")
        assert lines[9].startswith(
            "::error title=16 errors more::GitHub shows 10 errors a step: the 16 least urgent of 25 "
        )
        assert lines[20].startswith("::notice title=not verified::public.u.id: no privilege")
        assert "error: PK001 some-name: public.t24.id is broken" in lines
        assert all(f"public.t{n}.id is broken" in shown for n in range(1, 26))


def test_ten_annotations_are_all_shown() -> None:
    lines = annotations(*(finding(table=f"t{n}") for n in range(10)))
    assert counted(lines) == {"error": 10}
    assert not any("least urgent" in line for line in lines)


def test_no_line_below_the_annotations_is_a_command() -> None:
    findings = [finding(table=f"t{n}", message="##[error]x\n::error::y") for n in range(12)]
    lines = annotations(*findings)
    assert counted(lines) == {"error": 10, "error:": 3}
    assert not any("##[" in line for line in lines[10:])
