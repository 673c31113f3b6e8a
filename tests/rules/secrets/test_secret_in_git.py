"""SEC003: passwords in tracked files and in git's history, told by line and commit."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.rules.secrets.test_secret_file_exposed import check, findings, messages
from tests.support import repository
from tests.support.repository import DAY, commit, run

URL = "postgresql+psycopg://app:S3cr3t-of-2024@db.corp/shop"
OTHER = "redis://:hunter2-hunter2@cache.corp/0"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository.made(tmp_path / "shop")


def short(root: Path, name: str) -> str:
    told = subprocess.run(
        ["git", "-C", root, "rev-parse", name], check=True, capture_output=True, text=True
    )
    return told.stdout[:10]


def test_lines_of_tracked_files_and_the_commit_that_brought_them(root: Path) -> None:
    commit(root, "a b.py", f"\nURL = '{URL}'\n", "first")
    first = short(root, "HEAD")
    commit(root, "a b.py", f"import os\n\nURL = '{URL}'  # moved\n", "second")
    commit(root, "new.py", "x = 1\n", "third")
    (root / "new.py").write_text(f"x = '{OTHER}'\ny = '{URL}'\n")
    (root / "untracked.py").write_text(URL)
    found = findings(root)
    assert {one["id"]: one["message"] for one in found} == {
        "SEC003:a b.py": f"a b.py holds a password (line 3), since commit {first} of {DAY}",
        "SEC003:new.py (2 passwords)": "new.py holds 2 passwords (lines 1, 2)",
    }
    assert found[0]["facts"] == {
        "lines": [3], "number": 1, "commits": [{"id": first, "date": DAY}], "present": True,
        "staged": False,
    }  # fmt: skip


def test_what_is_staged_and_taken_out_on_the_disk(root: Path) -> None:
    commit(root, "kept.py", f"A = '{OTHER}'\n", "first")
    for name, text in (("a b.py", f"URL = '{URL}'\n"), (".env", "DB_PASSWORD=hunter2-hunter2\n")):
        (root / name).write_text(text)
        run(root, "add", name)
        (root / name).write_text("\n")
    with (root / "kept.py").open("a") as file:
        file.write("B = 1\n")
    told = "holds a password (line 1) in its staged version: git add the corrected file"
    assert sorted(messages(root, "--no-history")) == [
        f".env {told}", f"a b.py {told}", "kept.py holds a password (line 1)",
    ]  # fmt: skip
    run(root, "add", ".")
    assert messages(root, "--no-history") == ["kept.py holds a password (line 1)"]


def test_what_a_later_commit_took_out_is_in_the_history(root: Path) -> None:
    commit(root, "settings.py", f"\n\nURL = '{URL}'\n", "oops")
    first = short(root, "HEAD")
    commit(root, "settings.py", "URL = os.environ['URL']\n", "out again")
    run(root, "checkout", "-q", "-b", "side")
    commit(root, "other.py", f"A = '{OTHER}'\n", "on a branch")
    side = short(root, "HEAD")
    run(root, "checkout", "-q", "main")
    assert messages(root) == [
        f"other.py held a password (line 1) in commit {side} of {DAY}: the history of git still has it",
        f"settings.py held a password (line 3) in commit {first} of {DAY}: the history of git still has it",
    ]
    assert messages(root, "--no-history", expected=0) == []


POD = "- name: DB_PASSWORD\n  value: {}\n"


def test_a_value_below_its_name(root: Path) -> None:
    """Changed in a later commit, where the name stands beside what was added; then staged."""
    commit(root, "pod.yml", POD.format("hunter2"), "first")
    commit(root, "pod.yml", POD.format("hunter3"), "changed")
    changed = short(root, "HEAD")
    commit(root, "pod.yml", POD.format("$PW"), "out")
    commit(root, "a.json", '{\n"password":\n"hunter4"\n}', "another")
    found = messages(root)
    assert len(found) == 3
    assert found[0].startswith("a.json holds a password (line 3), since commit ")
    assert {*found[1:]} == {
        f"pod.yml held a password (line 2) in commit {commit} of {DAY}: the history of git still has it"
        for commit in (short(root, "HEAD~3"), changed)
    }
    (root / "pod.yml").write_text(POD.format("hunter5"))
    run(root, "add", "pod.yml")
    (root / "pod.yml").write_text("")
    assert [one for one in messages(root, "--no-history") if one.startswith("pod.yml")] == [
        "pod.yml holds a password (line 2) in its staged version: git add the corrected file"
    ]


def test_what_git_holds_encrypted_is_judged_by_what_it_holds(root: Path) -> None:
    """As git-crypt does it; what was committed before it was set up is in the history."""
    commit(root, "open.env", "DB_PASSWORD=hunter2-hunter2\n", "before")
    commit(root, ".gitattributes", "*.env filter=git-crypt\n*.py filter=crypt\n", "set up")
    turned = "base64 | tr A-Za-z N-ZA-Mn-za-m"
    run(root, "config", "filter.git-crypt.clean", turned)
    run(root, "config", "filter.crypt.clean", turned)
    commit(root, ".env", "DB_PASSWORD=hunter2-hunter2\n", "encrypted")
    commit(root, "a.py", f"URL = '{URL}'\n", "encrypted")
    assert messages(root, "--no-history", expected=0) == []
    (found,) = messages(root)
    assert found.startswith("open.env held a password (line 1) in commit ")


def test_the_baseline_holds_what_is_known_and_not_what_comes(root: Path) -> None:
    commit(root, "a.py", f"URL = '{URL}'\n", "first")
    commit(root, "gone.py", f"URL = '{URL}'\n", "second")
    run(root, "rm", "-q", "gone.py")
    run(root, "commit", "-q", "-m", "third")
    check(root, "--update-baseline", expected=0)
    assert "stale" not in check(root, "--no-history", expected=0).stdout
    accepted = json.loads(check(root, "-f", "json", expected=0).stdout)["baseline"]
    assert (accepted["known"], accepted["stale"]) == (2, [])
    (root / "a.py").write_text(f"URL = '{URL}'\nCACHE = '{OTHER}'\n")
    new = json.loads(check(root, "-f", "json", expected=1).stdout)["baseline"]
    assert new["new"] == ["SEC003:a.py (2 passwords)"]


def test_a_shallow_clone_says_that_it_is_one(root: Path, tmp_path: Path) -> None:
    """As actions/checkout makes it: its one commit seems to have brought everything."""
    commit(root, "a.py", f"URL = '{URL}'\n", "first")
    commit(root, "b.py", "x = 1\n", "second")
    copy = tmp_path / "copy"
    run(root, "clone", "-q", "--depth", "1", f"file://{root}", str(copy))
    made = check(copy, expected=1)
    text = " ".join(made.stdout.split())
    assert "holds a password (line 1) By hand change the password" in text
    assert "warning a.py a.py:1" in text
    assert "since commit" not in text
    assert "this clone is shallow: older commits are not here" in text
    assert "fetch-depth: 0" in text


def test_it_is_told_to_other_tools_as_well(root: Path) -> None:
    commit(root, "a.py", f"\nURL = '{URL}'\n", "first")
    assert (
        "::warning file=a.py,line=2,title=SEC003 secret-in-git::"
        in check(root, "-f", "github", expected=1).stdout
    )
    sarif = json.loads(check(root, "-f", "sarif", expected=1).stdout)["runs"][0]
    assert sarif["automationDetails"]["id"] == "remediate/secrets/"
    (result,) = sarif["results"]
    assert result["ruleId"] == "SEC003"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a.py"


HOOKS = Path(__file__).parents[3] / ".pre-commit-hooks.yaml"
KEYS = {  # https://pre-commit.com/#new-hooks
    "id", "name", "entry", "language", "files", "exclude", "types", "types_or", "exclude_types",
    "always_run", "fail_fast", "verbose", "pass_filenames", "require_serial", "description",
    "language_version", "minimum_pre_commit_version", "args", "stages", "additional_dependencies",
}  # fmt: skip


def test_the_hooks_for_pre_commit(root: Path) -> None:
    """Each has the keys that pre-commit needs, no other ones, and a command that runs."""
    blocks = re.split(r"^- ", HOOKS.read_text(), flags=re.MULTILINE)[1:]
    hooks = [dict(re.findall(r"^ *(\w+): (.+)$", block, re.MULTILINE)) for block in blocks]
    assert [hook["id"] for hook in hooks] == [
        "remediate-secrets", "remediate-versions", "remediate-models",
    ]  # fmt: skip
    for hook in hooks:
        assert {"id", "name", "entry", "language"} <= hook.keys() <= KEYS
        assert hook["language"] in ("python", "system")
        assert hook["pass_filenames"] == "false"
        assert hook["entry"].startswith(hook["name"])
    program, command, option, *more = hooks[0]["entry"].split()
    assert (program, command, option) == ("remediate", "check", "--secrets")
    commit(root, "a.py", f"\nURL = '{URL}'\n", "first")
    check(root, *more, expected=1)
