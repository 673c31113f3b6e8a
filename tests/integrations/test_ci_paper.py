"""docs/ci.md: its examples are valid, and name inputs, hooks, commands and options that are there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

import remediate
from remediate.cli.app import app
from remediate.system.formats import PlanFormat
from tests.support.action import ACTION, ROOT

PAPER = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
OURS = "OWNER/REPOSITORY"


def examples() -> dict[str, str]:
    """The files of the page by their sections."""
    sections = re.split(r"^## (.+)\n", PAPER, flags=re.MULTILINE)[1:]
    return {
        name: "".join(
            re.findall(r"^```(?:yaml|dockerfile)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
        )
        for name, text in zip(sections[::2], sections[1::2], strict=True)
    }


def example_text(section: str) -> str:
    return examples()[section]


def example(section: str) -> Any:
    return yaml.safe_load(example_text(section))


def valid(schema: str, text: str, folder: Path, *options: str) -> None:
    """By a schema that check-jsonschema brings."""
    (folder / "file.yml").write_text(text)
    program = Path(sys.executable).with_name("check-jsonschema")
    command = [program, "--builtin-schema", schema, *options, folder / "file.yml"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr


def test_the_workflow(tmp_path: Path) -> None:
    valid("vendor.github-workflows", example_text("GitHub"), tmp_path)
    jobs = example("GitHub")["jobs"]
    steps = [step for job in jobs.values() for step in job["steps"]]
    ours = [step for step in steps if step.get("uses", "").startswith(OURS)]
    assert {step["uses"] for step in ours} == {f"{OURS}@v{remediate.__version__}"}
    assert {name for step in ours for name in step["with"]} <= set(ACTION["inputs"])
    assert set(re.findall(r"steps\.remediate\.outputs\.([\w-]+)", PAPER)) <= set(ACTION["outputs"])


def test_the_table_of_inputs() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (?:`([^`]*)`)? ?\| ", PAPER, re.MULTILINE)
    defaults = {name: str(one["default"]) for name, one in ACTION["inputs"].items()}
    assert dict(rows) == defaults | {"token": "github.token"}


def test_the_hooks() -> None:
    (repository,) = example("pre-commit")["repos"]
    assert repository["rev"] == f"v{remediate.__version__}"
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [one["id"] for one in repository["hooks"]] == [one["id"] for one in hooks]


def commands() -> set[str]:
    return set(re.findall(r"\bremediate (?:check|plan|generate|rehearse)(?: [^`\n]*)?", PAPER))


@pytest.mark.parametrize("line", sorted(commands()))
def test_every_command_and_option_is_there(line: str) -> None:
    _, name, *words = shlex.split(line)
    group: Any = get_command(app)
    known = {option for one in group.commands[name].params for option in one.opts}
    assert {word for word in words if word.startswith("-")} <= known
    assert {*re.findall(r" -f (\w+)", line)} <= {*PlanFormat}
