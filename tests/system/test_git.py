"""Git is asked: with it, without it, in folders that are no repository, from a hook."""

import re
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from remediate.system import git
from remediate.system.git import NoAnswer, Silence, WorkTree

ANN = ("-c", "user.name=Ann Example", "-c", "user.email=ann@example.org")


def run(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", folder, *ANN, *words], check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, "2026-03-01T02:03:04+05:30")
    folder = (tmp_path / "odd, name").resolve()
    folder.mkdir()
    run(folder, "init", "-q", "-b", "main")
    return folder


def tree_of(folder: Path) -> WorkTree:
    tree = git.work_tree(folder)
    assert isinstance(tree, WorkTree)
    return tree


def commit(root: Path, file: str, content: str, subject: str) -> None:
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(content)
    run(root, "add", "--force", file)
    run(root, "commit", "-q", "-m", subject)


def test_the_root_is_found_from_a_folder_inside(root: Path) -> None:
    (root / "a/b").mkdir(parents=True)
    assert git.work_tree(root / "a/b") == WorkTree(root, is_shallow=False)


def test_tracked_and_ignored_files_with_odd_names(root: Path) -> None:
    odd = 'ü "q"\n[x]*.py'
    commit(root, odd, "1", "odd")
    commit(root, "kept.env", "1", "tracked, though the rules leave it out")
    (root / ".gitignore").write_text("*.env\n")
    tree = tree_of(root)
    assert git.tracked(tree) == {root / odd, root / "kept.env"}
    assert git.tracked(tree, "*.env") == {root / "kept.env"}
    asked = [root / "kept.env", root / "new.env", root / odd, root / "other.py"]
    assert git.ignored(tree, asked) == {root / "new.env"}
    assert git.ignored(tree, []) == frozenset()


def test_the_history_of_a_file_goes_on_behind_its_new_name(root: Path) -> None:
    tree = tree_of(root)
    assert git.history(tree, root / "b[1].py") == ()  # no commit yet
    commit(root, "versions/a.py", "x = 1\n" * 9, "Make it; 'a' | b")
    commit(root, "other.py", "1", "something else")
    run(root, "mv", "versions/a.py", "b[1].py")
    run(root, "commit", "-q", "-m", "Move it")
    newest, oldest = git.history(tree, root / "b[1].py")
    assert (newest.subject, oldest.subject) == ("Move it", "Make it; 'a' | b")
    assert oldest.author == "Ann Example"
    assert oldest.date == datetime.fromisoformat("2026-03-01T02:03:04+05:30")
    assert oldest.id.startswith(oldest.short)
    assert len(oldest.short) == 7
    assert git.history(tree, root / "none.py") == ()


def test_a_shallow_clone_is_called_so(root: Path, tmp_path: Path) -> None:
    commit(root, "a.py", "1", "first")
    commit(root, "a.py", "2", "second")
    copy = tmp_path / "copy"
    run(root, "clone", "-q", "--depth", "1", f"file://{root}", str(copy))
    assert tree_of(copy).is_shallow
    assert len(git.history(tree_of(copy), copy / "a.py")) == 1


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
    assert git.ignored(tree, [root / "a"]) == git.history(tree, root / "a") == absent


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
    git.history(tree, root / "a.py")
    assert not witness.exists()
