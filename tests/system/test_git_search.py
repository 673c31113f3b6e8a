"""Lines that git tracks, and lines of its history, whatever its settings say of diffs."""

from pathlib import Path

import pytest

from remediate.system import git, git_search
from remediate.system.git import NoAnswer, Silence, WorkTree
from remediate.system.git_search import History, Line
from tests.support import repository
from tests.support.repository import commit, run, tree_of

SEARCHED = b"needle"
NOISE = {
    "diff.noprefix": "true", "diff.mnemonicPrefix": "true", "color.ui": "always",
    "diff.interHunkContext": "9", "diff.context": "9", "grep.column": "true",
    "grep.patternType": "fixed", "diff.external": "false", "log.showSignature": "true",
    "diff.renames": "copies", "log.date": "relative", "grep.lineNumber": "false",
}  # fmt: skip


def added(tree: WorkTree, *words: str, seconds: float = 20) -> History:
    return git_search.added_lines(tree, SEARCHED, seconds, *words)


def places(found: History) -> list[tuple[str, int, str]]:
    return [(line.file, line.number, line.text) for line in found.lines]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository.made(tmp_path / "repository")


@pytest.fixture
def noisy(root: Path) -> Path:
    for key, value in NOISE.items():
        run(root, "config", key, value)
    return root


def test_lines_with_their_numbers_files_and_commits(noisy: Path) -> None:
    tree = tree_of(noisy)
    assert added(tree) == History((), None, "")  # no commit yet
    odd = 'ü "q" \t[x].txt'
    commit(noisy, odd, "one\nneedle 1\r\nthree\n++ b/needle\nlast needle", "first")
    commit(noisy, odd, "zero\none\nthree\nneedle 2\n-- needle\nlast needle\n", "second")
    run(noisy, "rm", "-q", odd)
    run(noisy, "commit", "-q", "-m", "gone")
    found = added(tree)
    assert places(found) == [
        (odd, 4, "needle 2"), (odd, 5, "-- needle"), (odd, 6, "last needle"),
        (odd, 2, "needle 1"), (odd, 4, "++ b/needle"), (odd, 5, "last needle"),
    ]  # fmt: skip
    assert {len(line.commit) for line in found.lines} == {40}
    assert {line.date for line in found.lines} == {found.until} == {"2026-03-01"}
    assert found.stopped is None
    assert "needle" not in repr(found)
    assert places(added(tree, "--", ":(glob)**/*.py")) == []


def test_other_branches_stashes_and_what_only_a_merge_added(noisy: Path) -> None:
    commit(noisy, "a.txt", "x\n", "first")
    run(noisy, "checkout", "-q", "-b", "side")
    commit(noisy, "side.txt", "needle of side\n", "side")
    run(noisy, "checkout", "-q", "main")
    commit(noisy, "main.txt", "y\n", "main")
    run(noisy, "merge", "-q", "--no-commit", "side")
    (noisy / "merged.txt").write_text("needle of merge\n")
    run(noisy, "add", "merged.txt")
    run(noisy, "commit", "-q", "-m", "merge")
    run(noisy, "checkout", "-q", "-b", "lost", "HEAD~1")
    (noisy / "a.txt").write_text("needle of stash\n")
    run(noisy, "stash")
    found = added(tree_of(noisy))
    assert {line.text for line in found.lines} == {
        "needle of side", "needle of merge", "needle of stash",
    }  # fmt: skip
    of_side = [line for line in found.lines if line.file == "side.txt"]
    oldest = [one for one in found.lines if one.text == "needle of side"][-1]
    assert oldest == of_side[-1]


def test_tracked_lines_as_they_are_on_the_disk(noisy: Path) -> None:
    commit(noisy, "a b/ü:1.txt", "x\n", "first")
    commit(noisy, "long.min.js", f"{'x' * 20_000}needle\n", "made by a program")
    commit(noisy, "image.png", "\0needle", "binary")
    (noisy / "a b/ü:1.txt").write_text("x\nneedle: 7\n")
    (noisy / "untracked.txt").write_text("needle")
    tree = tree_of(noisy)
    assert git_search.tracked_lines(tree, "(needle|pin): 7") == (
        Line("a b/ü:1.txt", 2, "needle: 7"),
    )
    assert git_search.tracked_lines(tree, "haystack") == ()
    failed = git_search.tracked_lines(tree, "(")
    assert isinstance(failed, NoAnswer)
    assert failed.why is Silence.FAILED


def test_a_search_that_takes_too_long_tells_how_far_it_came(
    root: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tree = tree_of(root)
    (tmp_path / "bin").mkdir()
    slow = tmp_path / "bin/git"
    log = r"\036abc\0372026-02-01T00:00:00Z\n\n+++ b/a.txt\n@@ -0,0 +7,2 @@\n+needle\n"
    slow.write_text(f"#!/bin/sh\nprintf '{log}'\nexec /bin/sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    found = added(tree, seconds=0.2)
    assert places(found) == [("a.txt", 7, "needle")]
    assert (found.stopped, found.until) == (NoAnswer(Silence.SLOW), "2026-02-01")


def test_without_git(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = tree_of(root)
    failed = added(tree, "--no-such-option").stopped
    assert isinstance(failed, NoAnswer)
    assert failed.detail.startswith("unrecognized argument: --no-such-option")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert added(tree).stopped == git_search.tracked_lines(tree, "x") == NoAnswer(Silence.ABSENT)
    assert isinstance(git.work_tree(root), NoAnswer)


def test_more_files_than_a_command_takes(root: Path) -> None:
    commit(root, "a.txt", "needle 1\n", "first")
    commit(root, "z.txt", "needle 2\n", "second")
    (root / "z.txt").write_text("nothing")
    many = [root / "m" / f"{number:0200}" for number in range(12_000)]
    found = git_search.staged_lines(
        tree_of(root), "needle", [root / "z.txt", *many, root / "a.txt"]
    )
    assert found == (Line("a.txt", 1, "needle 1"), Line("z.txt", 1, "needle 2"))
    sizes = [len(piece) for piece in git_search.pieces(["x" * 150] * 1400)]
    assert sizes == [500, 500, 400]
