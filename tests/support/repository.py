"""A git repository in a folder, and what a person does in it."""

import subprocess
from pathlib import Path

from remediate.system import git
from remediate.system.git import WorkTree

DAY = "2026-03-01"
_ANN = ("-c", "user.name=Ann Example", "-c", "user.email=ann@example.org")


def run(folder: Path, *words: str) -> None:
    """Run git, at noon of that day."""
    dates = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"{DAY}T12:00:00+05:30")
    command = ["git", "-C", folder, *_ANN, *words]
    subprocess.run(command, check=True, capture_output=True, env=git.environment() | dates)


def made(folder: Path) -> Path:
    """The folder as a repository without commits."""
    folder.mkdir(parents=True, exist_ok=True)
    run(folder, "init", "-q", "-b", "main")
    return folder.resolve()


def commit(root: Path, file: str, content: str, subject: str) -> None:
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(content)
    run(root, "add", "--force", file)
    run(root, "commit", "-q", "-m", subject)


def tree_of(folder: Path) -> WorkTree:
    tree = git.work_tree(folder)
    assert isinstance(tree, WorkTree)
    return tree
