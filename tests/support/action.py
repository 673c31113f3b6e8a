"""The steps of action.yml, run by a shell as GitHub's runner does, as far as they need no other action."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
_SHELL = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]  # of `shell: bash`


@dataclass
class Job:
    """What became of a run of the action."""

    exit_code: int = 0
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    failed: str = ""  # the step that ended the job


@dataclass
class Runner:
    """A job's folder, and the event that started it."""

    project: Path
    temp: Path
    event: Mapping[str, Any]
    environment: Mapping[str, str]
    _steps: dict[str, dict[str, str]] = field(default_factory=dict)

    def run(self, **inputs: str) -> Job:
        """The action with these inputs, written with `_` for `-`; the others have their defaults."""
        given = {name: str(one.get("default", "")) for name, one in ACTION["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        assert given.keys() == ACTION["inputs"].keys()
        files = {name: self.temp / name for name in ("output", "summary", "event")}
        files["event"].write_text(json.dumps(self.event))
        files["summary"].write_text("")
        job = Job()
        for step in ACTION["runs"]["steps"]:
            if "run" in step and self._wanted(step.get("if", ""), given) and not job.failed:
                self._step(step, given, files, job)
        job.summary = files["summary"].read_text()
        job.outputs = {
            name: self._value(one["value"], given) for name, one in ACTION["outputs"].items()
        }
        return job

    def _step(
        self, step: dict[str, Any], given: dict[str, str], files: dict[str, Path], job: Job
    ) -> None:
        files["output"].write_text("")
        own = {name: self._value(text, given) for name, text in step.get("env", {}).items()}
        made = subprocess.run(
            [*_SHELL, step["run"]],
            cwd=self.project / self._value(step.get("working-directory", "."), given),
            env=self._around(files) | own,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        job.log += made.stdout
        if made.returncode:
            job.exit_code, job.failed = made.returncode, step["name"]
        lines = files["output"].read_text().splitlines()
        self._steps[step.get("id", "")] = dict(line.split("=", 1) for line in lines)

    def _around(self, files: Mapping[str, Path]) -> dict[str, str]:
        """What GitHub sets in each step."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "REMEDIATE"))}
        return kept | {
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_EVENT_NAME": "pull_request" if "pull_request" in self.event else "push",
            "GITHUB_EVENT_PATH": str(files["event"]),
            "GITHUB_OUTPUT": str(files["output"]),
            "GITHUB_REPOSITORY": "ann/shop",
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "RUNNER_TEMP": str(self.temp),
            **self.environment,
        }

    def _value(self, text: str, given: Mapping[str, str]) -> str:
        """The text with what stands in `${{ }}`."""

        def known(found: re.Match[str]) -> str:
            match found[1].split("."):
                case ["inputs", name]:
                    return self._value(given[name], given)
                case ["steps", step, "outputs", name]:
                    return self._steps.get(step, {}).get(name, "")
            assert found[1] == "github.token"
            return "the-token"

        return re.sub(r"\$\{\{ (.+?) \}\}", known, text)

    @staticmethod
    def _wanted(condition: str, given: Mapping[str, str]) -> bool:
        if not condition:
            return True
        name, operator, value = condition.removeprefix("inputs.").split()
        return (given[name] == value.strip("'")) is (operator == "==")


HERE = {"python": sys.executable, "version": "installed"}  # inputs: nothing is installed
