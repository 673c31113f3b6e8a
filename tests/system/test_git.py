"""Git is asked: with it, without it, in folders that are no repository, from a hook."""

import re
from pathlib import Path

import pytest

from remediate.system import git
from remediate.system.git import NoAnswer, Silence, WorkTree
from tests.support import repository
from tests.support.repository import commit, run, tree_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository.made(tmp_path / "odd, name")


def test_the_root_is_found_from_a_folder_inside(root: Path) -> None:
    (root / "a/b").mkdir(parents=True)
    assert git.work_tree(root / "a/b") == WorkTree(root, is_shallow=False)


def test_tracked_and_untracked_files_with_odd_names(root: Path) -> None:
    odd = 'ü "q"\n[x]*.py'
    commit(root, odd, "1", "odd")
    commit(root, "kept.env", "1", "tracked, though the rules leave it out")
    (root / ".gitignore").write_text("*.env\n")
    tree = tree_of(root)
    assert git.tracked(tree) == {root / odd, root / "kept.env"}
    assert git.tracked(tree, "*.env") == {root / "kept.env"}
    (root / "new.env").touch()
    (root / "a").mkdir()
    (root / "a/other.py").touch()
    assert git.untracked(tree) == {root / ".gitignore", root / "a/other.py"}
    assert git.untracked(tree, ":(glob)**/*.py", "*.env") == {root / "a/other.py"}


def test_a_shallow_clone_is_called_so(root: Path, tmp_path: Path) -> None:
    commit(root, "a.py", "1", "first")
    commit(root, "a.py", "2", "second")
    copy = tmp_path / "copy"
    run(root, "clone", "-q", "--depth", "1", f"file://{root}", str(copy))
    assert tree_of(copy).is_shallow


def test_no_repository_is_a_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent.resolve()))
    monkeypatch.setenv("LANGUAGE", "de")
    found = git.work_tree(tmp_path)
    assert found == NoAnswer(Silence.NO_REPOSITORY)
    assert str(found) == "this is no git repository"


def test_git_that_is_not_installed_is_a_value(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = tree_of(root)
    monkeypatch.setenv("PATH", str(tmp_path))
    absent = NoAnswer(Silence.ABSENT)
    assert git.work_tree(root) == git.tracked(tree) == absent
    assert git.untracked(tree) == absent


def test_a_git_that_never_ends_is_a_value(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    slow = tmp_path / "bin/git"
    slow.write_text("#!/bin/sh\nexec /bin/sleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert git.ask(root, "status", seconds=0.1) == NoAnswer(Silence.SLOW)


def test_what_git_refuses_is_a_value_with_its_reason(root: Path) -> None:
    (root / ".git/config").write_text("[core")
    assert re.fullmatch(r"git failed: bad config line \d in file .*", str(git.work_tree(root)))


def test_a_hook_of_another_repository_does_not_mislead(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(root, "a.py", "1", "first")
    (root / "inner").mkdir()
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    assert tree_of(root / "inner").root == root
    assert git.tracked(tree_of(root)) == {root / "a.py"}


def test_no_program_that_the_repository_names_runs(root: Path) -> None:
    commit(root, "a.py", "1", "first")
    witness = root / "ran"
    run(root, "config", "core.fsmonitor", f"touch '{witness}'; false")
    run(root, "config", "core.pager", f"touch '{witness}'")
    tree = tree_of(root)
    git.tracked(tree)
    git.untracked(tree)
    assert not witness.exists()
