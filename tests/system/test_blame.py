"""The commits of lines: with git, without it, of files that nobody committed."""

import subprocess
from pathlib import Path

import pytest

from remediate.system import blame, git

ANN = ("-c", "user.name=Ann Example", "-c", "user.email=ann@example.org")


def run(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", folder, *ANN, *words], check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"):
        monkeypatch.setenv(name, "2026-03-01T02:03:04+05:30")
    folder = (tmp_path / "odd, näme").resolve()
    (folder / "v").mkdir(parents=True)
    run(folder, "init", "-q", "-b", "main")
    commit(folder, {"v/*a.py": "1\n2\n", "v/b.py": "1\n"}, "Tables, by hand")
    commit(folder, {"v/*a.py": "1\n2\n3\n"}, "A default; dropped")
    return folder


def commit(root: Path, files: dict[str, str], subject: str) -> None:
    for name, text in files.items():
        (root / name).write_text(text)
    run(root, "add", "--force", ".")
    run(root, "commit", "-q", "-m", subject)


def subjects(lines: dict[Path, set[int]], seconds: float = 9.0) -> dict[tuple[str, int], str]:
    made = blame.commits(lines, seconds)
    return {(file.name, line): one.subject for (file, line), one in made.items()}


def test_each_line_has_the_commit_that_brought_it(root: Path) -> None:
    found = subjects({root / "v/*a.py": {2, 3}, root / "v/b.py": {1}})
    assert found == {
        ("*a.py", 2): "Tables, by hand",
        ("*a.py", 3): "A default; dropped",
        ("b.py", 1): "Tables, by hand",
    }
    (one,) = blame.commits({root / "v/b.py": {1}}).values()
    assert (f"{one.date:%Y-%m-%d}", len(one.short) >= 7) == ("2026-03-01", True)


def test_a_moved_file_keeps_its_lines(root: Path) -> None:
    run(root, "mv", "v/b.py", "v/c.py")
    commit(root, {}, "Another name")
    assert subjects({root / "v/c.py": {1}}) == {("c.py", 1): "Tables, by hand"}


def test_who_reformats_a_line_did_not_bring_it(root: Path) -> None:
    """Indented and moved lines as git compares them; others where the project names the commit."""
    line = "op.execute('ALTER TABLE t ALTER id DROP DEFAULT')"
    commit(root, {"v/b.py": f"1\n{line}\nlast = 'of the file'\n"}, "The default")
    commit(root, {"v/b.py": f"1\nif True:\n    {line}\nlast = 'of the file'\n"}, "Indent")
    assert subjects({root / "v/b.py": {3}}) == {("b.py", 3): "The default"}
    quoted = line.replace("'", '"')
    commit(root, {"v/b.py": f"1\nif True:\n    {quoted}\nlast = 'of the file'\n"}, "Quotes")
    assert subjects({root / "v/b.py": {3}}) == {("b.py", 3): "Quotes"}
    told = subprocess.run(
        ["git", "-C", root, "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    )
    (root / ".git-blame-ignore-revs").write_text(f"# quotes\n{told.stdout}")
    assert subjects({root / "v/b.py": {3}}) == {("b.py", 3): "The default"}


def test_what_nobody_committed_has_none(root: Path) -> None:
    (root / "v/*a.py").write_text("1\nnew\n3\n")
    (root / "v/new.py").write_text("1\n")
    found = subjects({root / "v/new.py": {1}, root / "v/gone.py": {1}, root / "v/*a.py": {2, 3}})
    assert found == {("*a.py", 3): "A default; dropped"}
    assert subjects({root / "v/b.py": {7}}) == {}
    assert subjects({}) == {}


def test_a_shallow_clone_tells_nothing(root: Path, tmp_path: Path) -> None:
    """Beside it another repository does: one of the two may be a submodule."""
    run(root, "clone", "-q", "--depth", "1", root.as_uri(), str(root / "clone"))
    run(root, "clone", "-q", root.as_uri(), str(root / "deep"))
    commit(root / "deep", {"v/b.py": "2\n"}, "In the submodule")
    files = [root / "clone/v/b.py", root / "v/*a.py", root / "deep/v/b.py"]
    found = {("*a.py", 1): "Tables, by hand", ("b.py", 1): "In the submodule"}
    assert subjects({file: {1} for file in files}) == found


def test_without_git_or_time_nothing_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert subjects({root / "v/b.py": {1}}, seconds=0.0) == {}
    (root.parent / "none.py").write_text("1\n")
    assert subjects({root.parent / "none.py": {1}}) == {}
    monkeypatch.setenv("PATH", "")
    assert isinstance(git.work_tree(root), git.NoAnswer)
    assert subjects({root / "v/b.py": {1}}) == {}
