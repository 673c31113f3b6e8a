"""The hooks for pre-commit, as pre-commit itself reads and runs them."""

import os
import subprocess
import sys
from pathlib import Path

import yaml

from remediate.commands.demo import incident
from tests.support.action import ROOT

BIN = Path(sys.executable).parent


def run(*words: str | Path, cwd: Path, **own: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "REMEDIATE"))}
    around = {"PATH": f"{BIN}:{os.environ['PATH']}", "GIT_CONFIG_GLOBAL": os.devnull}
    command = [BIN / words[0] if words[0] == "pre-commit" else words[0], *words[1:]]
    return subprocess.run(
        command, cwd=cwd, env=kept | around | own, capture_output=True, text=True, check=False
    )


def git(folder: Path, *words: str | Path) -> None:
    ours = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
    made = run("git", *ours, *words, cwd=folder)
    assert made.returncode == 0, made.stderr


def test_pre_commit_accepts_the_manifest() -> None:
    made = run("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml", cwd=ROOT)
    assert made.returncode == 0, made.stdout


def test_pre_commit_runs_the_hooks(tmp_path: Path) -> None:
    """In this environment, in place of one that pre-commit makes from a package index."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    ours = [hook | {"language": "system"} for hook in hooks]
    config = tmp_path / "hooks.yaml"
    config.write_text(yaml.safe_dump({"repos": [{"repo": "local", "hooks": ours}]}))
    project = incident.copy_project(tmp_path / "project")
    (project / "settings.py").write_text("URL = 'postgresql://ann:k9Xv2mQ7tR4w@db.internal/shop'\n")
    git(project, "init", "--quiet")
    git(project, "add", ".")
    words = ("pre-commit", "run", "--config", config, "--all-files", "--color", "never")
    found = run(*words, cwd=project, PRE_COMMIT_HOME=str(tmp_path / "cache"))
    expected = {"secrets": "Failed", "versions-only": "Failed", "models-only": "Passed"}
    assert results(found) == expected, found.stdout
    assert "SEC003" in found.stdout
    assert "MD008" in found.stdout  # the incident's own raw DDL
    assert "k9Xv2mQ7tR4w" not in found.stdout


def results(made: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """What became of each hook."""
    lines = [line for line in made.stdout.splitlines() if line.startswith("remediate check --")]
    pairs = [line.removeprefix("remediate check --").split(".", 1) for line in lines]
    assert pairs, made.stdout + made.stderr
    return {name: dots.rpartition(".")[2] for name, dots in pairs}
