"""What git knows about files: which it tracks, and which it neither tracks nor ignores.

A command goes on without git: that it is absent, or knows nothing here, is a value with its reason.
Git is only asked. It takes no lock, runs no hook, and waits for nobody.
"""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from remediate.system.secrets import scrub

SECONDS = 10.0  # for one answer


class Silence(StrEnum):
    """Why git does not answer."""

    ABSENT = "git is not installed"
    NO_REPOSITORY = "this is no git repository"
    SLOW = "git took too long"
    FAILED = "git failed"


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Git does not answer; where it failed, `detail` is its own first line, without secrets."""

    why: Silence
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.why}: {self.detail}" if self.detail else str(self.why)


@dataclass(frozen=True, slots=True)
class WorkTree:
    """The files of a repository."""

    root: Path
    """Its outermost folder, without symbolic links."""
    is_shallow: bool
    """Whether older commits are missing, as after a clone with --depth."""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, by its author."""

    id: str
    short: str
    """As much of the id as is unique in the repository, seven digits at least."""
    date: datetime
    author: str
    subject: str


def work_tree(folder: Path) -> WorkTree | NoAnswer:
    """The repository that this folder is part of."""
    told = ask(folder, "rev-parse", "--show-toplevel", "--is-shallow-repository")
    if isinstance(told, NoAnswer):
        return told
    root, shallow = told.removesuffix(b"\n").rsplit(b"\n", 1)
    return WorkTree(Path(os.fsdecode(root)), shallow == b"true")


def tracked(tree: WorkTree, *patterns: str) -> frozenset[Path] | NoAnswer:
    """The files in the index that fit one of these pathspecs from the root; without any, all."""
    told = ask(tree.root, "ls-files", "-z", "--cached", "--", *patterns)
    return told if isinstance(told, NoAnswer) else _paths(tree, told)


def untracked(tree: WorkTree, *patterns: str) -> frozenset[Path] | NoAnswer:
    """The files that fit, and that git neither tracks nor ignores: the next `git add .` does."""
    told = ask(tree.root, "ls-files", "-z", "--others", "--exclude-standard", "--", *patterns)
    return told if isinstance(told, NoAnswer) else _paths(tree, told)


def modified(tree: WorkTree, *patterns: str) -> frozenset[Path] | NoAnswer:
    """The files that fit, and that are on the disk otherwise than in the index, or no more."""
    told = ask(tree.root, "ls-files", "-z", "--modified", "--", *patterns)
    return told if isinstance(told, NoAnswer) else _paths(tree, told)


def submodules(tree: WorkTree) -> tuple[str, ...] | NoAnswer:
    """The folders, from the root, that are repositories of their own."""
    told = ask(tree.root, "ls-files", "-z", "--stage")
    if isinstance(told, NoAnswer):
        return told
    entries = (entry.partition(b"\t") for entry in told.split(b"\0"))
    return tuple(os.fsdecode(name) for mode, _, name in entries if mode.startswith(b"160000 "))


def commit(line: bytes) -> Commit:
    """The commit of a line with its id, short id, date, author and subject."""
    id_, short, date, author, subject = line.decode(errors="replace").split("\x1f", 4)
    return Commit(id_, short, datetime.fromisoformat(date), author, subject)


def ask(
    folder: Path,
    *words: str | bytes,
    given: bytes = b"",
    fine: tuple[int, ...] = (0,),
    seconds: float = SECONDS,
) -> bytes | NoAnswer:
    """What git prints when it is run in a folder; `fine` are the exit codes that are answers."""
    try:
        ended = subprocess.run(
            command(folder, *words),
            input=given,
            capture_output=True,
            check=False,
            timeout=seconds,
            env=environment(),
        )
    except (FileNotFoundError, PermissionError):
        return NoAnswer(Silence.ABSENT)
    except subprocess.TimeoutExpired:
        return NoAnswer(Silence.SLOW)
    return ended.stdout if ended.returncode in fine else failure(ended.stderr)


def command(folder: Path, *words: str | bytes) -> list[str | bytes | Path]:
    """Git in a folder, without a pager, and without programs that the repository names."""
    return ["git", "-C", folder, "--no-pager", "-c", "core.fsmonitor=false", *words]


def environment(variables: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment in which git looks for the repository of the folder, and speaks English.

    A hook of git sets variables that name its own repository, by paths from another folder.
    """
    kept = {name: value for name, value in variables.items() if name not in _OF_A_HOOK}
    return kept | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}


def failure(errors: bytes) -> NoAnswer:
    """Why git failed, from what it printed."""
    first, *_ = [*errors.decode(errors="replace").splitlines(), ""]
    if first.startswith("fatal: not a git repository"):
        return NoAnswer(Silence.NO_REPOSITORY)
    return NoAnswer(Silence.FAILED, scrub(first.removeprefix("fatal: ")))


_OF_A_HOOK = {
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX", "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_LITERAL_PATHSPECS",
}  # fmt: skip


def _paths(tree: WorkTree, told: bytes) -> frozenset[Path]:
    return frozenset(tree.root / os.fsdecode(name) for name in told.split(b"\0") if name)
