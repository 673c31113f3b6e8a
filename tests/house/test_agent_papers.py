"""llms.txt and docs/agents.md: commands, options, exit codes and JSON keys are the real ones."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from remediate import errors
from tests.support.project import Project

ROOT = Path(__file__).parents[2]
LLMS = (ROOT / "llms.txt").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(paper: str, name: str) -> str:
    return paper.partition(f"## {name}\n")[2].partition("\n## ")[0]


def options() -> dict[str, set[str]]:
    """The options of each command."""
    from remediate.cli.app import app  # noqa: PLC0415

    group: Any = get_command(app)
    return {name: {o for p in one.params for o in p.opts} for name, one in group.commands.items()}


OPTIONS = options()


def named() -> set[tuple[str, str]]:
    """Each command with an option that a paper names, as `generate --approve`."""
    found = re.findall(r"`([^`\n]+)`|^ *(remediate .+)$", LLMS + GUIDE, re.MULTILINE)
    lines = [(quoted or line).removeprefix("remediate ") for quoted, line in found]
    words = [shlex.split(line) for line in lines]
    return {(w[0], o) for w in words if w and w[0] in OPTIONS for o in w[1:] if o.startswith("-")}


def test_every_command_is_listed_and_there() -> None:
    listed = re.findall(r"^- `remediate (\w+)`: ", section(LLMS, "Commands"), re.MULTILINE)
    assert sorted(listed) == sorted(OPTIONS)


def test_every_option_is_there() -> None:
    found = named()
    assert ("generate", "--approve") in found
    assert {one for one in found if one[1] not in OPTIONS[one[0]]} == set()


def test_every_option_that_a_person_decides_on_is_a_persons() -> None:
    """A command that gets one of them has to be in the guide."""
    of_people = {
        "--approve",
        "--allow",
        "--no-rehearse",
        "--probe",
        "--update-baseline",
        "--hotfix",
    }
    there = {(name, o) for name, known in OPTIONS.items() for o in known & of_people}
    rows = re.findall(r"`(\w+) (--[a-z-]+)`", section(GUIDE, "The one rule"))
    assert there <= {*rows}


def test_the_exit_codes() -> None:
    known = re.findall(r"^\| (\d+) \|", section(README, "Exit codes"), re.MULTILINE)
    assert re.findall(r"^- (\d+): ", section(LLMS, "Exit codes"), re.MULTILINE) == known
    assert re.findall(r"^\| (\d+) \|", section(GUIDE, "Exit codes"), re.MULTILINE) == known
    raised = {kind("").exit_code for kind in (errors.UsageProblem, errors.DatabaseProblem)}
    raised |= {errors.Refused("").exit_code, errors.RehearsalFailed("").exit_code}
    assert {*map(str, raised)} == {"2", "3", "4"}


def test_the_kinds_of_json() -> None:
    sources = "".join(p.read_text() for p in (ROOT / "remediate").rglob("*.py"))
    kinds = re.findall(r"^- `(remediate\.[a-z-]+/\d+)`: ", section(LLMS, "JSON"), re.MULTILINE)
    assert len(kinds) == 7
    assert [kind for kind in kinds if f'"{kind}"' not in sources] == []


def test_the_links_lead_to_files() -> None:
    links = re.findall(r"\]\(([^)]+)\)", LLMS) + re.findall(r"\b(?:docs|templates)/[\w.-]+\w", LLMS)
    assert len(links) > 8
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_the_way_of_an_agent(project: Project) -> None:
    """It looks, and gets no further without a person."""
    before = project.files()
    plan = project.json("plan", "--save", "plan.json")
    assert plan["format"] == "remediate.plan/1"
    keys = re.findall(r"`(\w+)`", section(GUIDE, "The way").partition("Each entry of")[2])[1:7]
    assert keys == ["id", "rule", "severity", "confidence", "message", "remedy"]
    (finding,) = plan["findings"]
    assert {*keys} <= finding.keys()
    assert plan["unverified"] == []
    checked = project.run("remediate", "check", "-f", "json", expected=1)
    assert json.loads(checked.stdout)["baseline"]["new"] == [finding["id"]]
    project.run("remediate", "plan", "--select", "NO999", expected=2)
    project.run("remediate", "generate", "plan.json", expected=3)
    assert project.files().keys() - before.keys() == {"plan.json"}


@pytest.mark.parametrize(
    "command", re.findall(r"`(\w+)`", section(GUIDE, "What is safe").partition(". ")[0])
)
def test_what_only_reads_has_no_option_that_writes_unasked(command: str) -> None:
    assert not OPTIONS[command] & {"--approve", "--write", "--hotfix", "--keep"}
