"""The hooks for pre-commit, as pre-commit itself reads and runs them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from remediate.commands.demo import incident
from tests.support.action import ROOT

BIN = Path(sys.executable).parent
BAD = '''"""Drop a default."""
from alembic import op

revision, down_revision = "0006", "0005"


def upgrade() -> None:
    op.execute("ALTER TABLE courses ALTER COLUMN id DROP DEFAULT")


def downgrade() -> None:
    op.execute("ALTER TABLE courses ALTER COLUMN id SET DEFAULT nextval('courses_id_seq')")
'''


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


@pytest.mark.soak
def test_the_hooks_of_a_clone_run(tmp_path: Path) -> None:
    """In an environment that pre-commit makes from a package index, without the project's packages."""
    clone, project = tmp_path / "clone", tmp_path / "project"
    git(tmp_path, "clone", "--quiet", ROOT, clone)
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", clone)
    git(clone, "commit", "--quiet", "--all", "--allow-empty", "--message", "hooks")
    incident.copy_project(project)
    git(project, "init", "--quiet")
    git(project, "add", ".")
    words = ("pre-commit", "try-repo", clone, "--all-files", "--color", "never")
    # remediate-models runs in this environment, as the project's own: the others must not.
    found = run(*words, cwd=project, PRE_COMMIT_HOME=str(tmp_path / "cache"))
    assert results(found) == {
        "secrets": "Passed",
        "versions-only": "Passed",
        "models-only": "Passed",
    }

    bad = project / "migrations" / "versions" / "0006_bad.py"
    bad.write_text(BAD)
    (project / "settings.py").write_text("URL = 'postgresql://ann:k9Xv2mQ7tR4w@db.example.com/x'\n")
    git(project, "add", ".")
    found = run(*words, cwd=project, PRE_COMMIT_HOME=str(tmp_path / "cache"))
    assert results(found) == {
        "secrets": "Failed",
        "versions-only": "Failed",
        "models-only": "Passed",
    }
    assert "k9Xv2mQ7tR4w" not in found.stdout


def results(made: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """What became of each hook."""
    lines = [line for line in made.stdout.splitlines() if line.startswith("remediate check --")]
    pairs = [line.removeprefix("remediate check --").split(".", 1) for line in lines]
    assert pairs, made.stdout + made.stderr
    return {name: dots.rpartition(".")[2] for name, dots in pairs}
