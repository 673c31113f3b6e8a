"""docs/fleet.md: its file can be read, and its commands and their options are there."""

import ast
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from remediate.cli.app import app
from remediate.commands.fleet import targets
from remediate.commands.fleet.targets import Limits

PAPER = (Path(__file__).parents[2] / "docs" / "fleet.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAPER, re.MULTILINE | re.DOTALL)


def test_the_file_of_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("DB1_PASSWORD", "DB2_PASSWORD"):
        monkeypatch.setenv(variable, "x")
    (text,) = blocks("toml")
    file = tmp_path / "fleet.toml"
    file.write_text(text)
    read = targets.load(file)
    assert read.limits == Limits()
    (server,) = read.servers
    found = read.found(server, ["tenant_1", "tenant_test_1", "postgres"])
    assert [one.name for one in (*read.databases, *found)] == ["shop", "tenants/tenant_1"]


def commands() -> list[str]:
    found = re.findall(r"\bremediate (?:plan|check|verify|merge|generate) [^`;\n]*", PAPER)
    return [re.sub(r"[\"{}]", "", line).strip() for line in found]


@pytest.mark.parametrize("line", dict.fromkeys(commands()))
def test_every_command_and_option_is_there(line: str) -> None:
    _, name, *words = shlex.split(line)
    group: Any = get_command(app)
    known = {option for one in group.commands[name].params for option in one.opts}
    assert {word for word in words if re.match("-[-a-z]", word)} <= known


def test_the_jobs_can_be_read() -> None:
    yaml = pytest.importorskip("yaml")
    (job,) = (yaml.safe_load(text) for text in blocks("yaml"))
    assert job["spec"]["completionMode"] == "Indexed"
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert f"$number/{job['spec']['completions']} " in container["args"][0]
    (flow,) = map(ast.parse, blocks("python"))
    assert flow.body
