"""The commits that brought lines of files, as git tells them."""

import re
import time
from collections.abc import Collection, Mapping
from pathlib import Path

from remediate.system import git
from remediate.system.git import Commit, NoAnswer

SECONDS = 5.0  # for all lines together
Line = tuple[Path, int]  # 1-based
_HEAD = re.compile(rb"^([0-9a-f]{40,64}) \d+ (\d+)(?: \d+)?$", re.MULTILINE)
_FIELDS = "--format=%H%x1f%h%x1f%aI%x1f%an%x1f%s"


def commits(lines: Mapping[Path, Collection[int]], seconds: float = SECONDS) -> dict[Line, Commit]:
    """The commit of each line; none of what git does not know, or does not tell in time.

    Of a shallow clone nothing is told: its oldest commit looks as if it had brought everything.
    Git is asked once a file, and once for all commits of a repository; folders may be submodules.
    """
    end = time.monotonic() + seconds
    trees = {folder: git.work_tree(folder) for folder in {file.parent for file in lines}}
    found: dict[Line, Commit] = {}
    for tree in {tree for tree in trees.values() if isinstance(tree, git.WorkTree)}:
        here = {file: at for file, at in lines.items() if trees[file.parent] == tree}
        if not tree.is_shallow:
            found |= _in_repository(tree, here, end)
    return found


def _in_repository(
    tree: git.WorkTree, lines: Mapping[Path, Collection[int]], end: float
) -> dict[Line, Commit]:
    ids: dict[Line, str] = {}
    for file, numbers in lines.items():
        ids |= _ids(tree, file, numbers, end - time.monotonic())
    known = _commits(tree, frozenset(ids.values()), end - time.monotonic())
    return {line: known[id_] for line, id_ in ids.items() if id_ in known}


def _ids(
    tree: git.WorkTree, file: Path, numbers: Collection[int], seconds: float
) -> dict[Line, str]:
    """The id of the commit of each line; lines that nobody committed have none.

    Who only indented or moved a line did not bring it, nor did commits that the project passes over
    (.git-blame-ignore-revs, as GitHub reads it).
    """
    if seconds <= 0:
        return {}
    ranges = [word for number in sorted(numbers) for word in ("-L", f"{number},{number}")]
    passed = tree.root / ".git-blame-ignore-revs"
    over = (f"--ignore-revs-file={passed}",) if passed.is_file() else ()
    plain = ("--porcelain", "--root", "--no-textconv", "-w", "-M")
    words = ("blame", *plain, *over, *ranges, "--", file.name)
    told = git.ask(file.parent, *words, seconds=seconds)
    if isinstance(told, NoAnswer):
        return {}
    found = ((int(line), id_.decode()) for id_, line in _HEAD.findall(told))
    return {(file, line): id_ for line, id_ in found if id_.strip("0")}


def _commits(tree: git.WorkTree, ids: Collection[str], seconds: float) -> dict[str, Commit]:
    if seconds <= 0 or not ids:
        return {}
    words = ("log", "-z", "--no-walk=unsorted", "--no-show-signature", _FIELDS, *sorted(ids))
    told = git.ask(tree.root, *words, "--", seconds=seconds)
    if isinstance(told, NoAnswer):
        return {}
    made = (git.commit(line) for line in told.split(b"\0") if line)
    return {one.id: one for one in made}
