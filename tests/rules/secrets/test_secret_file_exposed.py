"""SEC002: files of secrets that git tracks, or would add; told by lines, and never repeated."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import forked, repository
from tests.support.repository import commit, run

if TYPE_CHECKING:
    import subprocess

HELD = "# local\nDB_PASSWORD=hunter2-hunter2\nDEBUG=1\nURL=postgresql://app:S3cr3t-Q@db.corp/x\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository.made(tmp_path / "shop")


def check(root: Path, *words: str, expected: int) -> "subprocess.CompletedProcess[str]":
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    made = forked.run(["remediate", "check", "--secrets", *words], root, env)
    assert made.returncode == expected, made.stderr
    for secret in ("hunter2", "S3cr3t"):
        assert secret not in made.stdout + made.stderr
    return made


def findings(root: Path, *words: str, expected: int = 1) -> list[dict[str, Any]]:
    made = json.loads(check(root, *words, "-f", "json", expected=expected).stdout)
    assert isinstance(made["findings"], list)
    return made["findings"]


def messages(root: Path, *words: str, expected: int = 1) -> list[str]:
    return [one["message"] for one in findings(root, *words, expected=expected)]


def test_what_git_tracks_or_would_add(root: Path) -> None:
    commit(root, ".env", HELD, "oops")
    (root / "deploy").mkdir()
    (root / "deploy/prod.env").write_text(HELD)
    (root / ".pgpass").write_text("db.corp:5432:x:app:hunter2-hunter2\n")
    found = findings(root)
    assert [(one["id"], one["message"]) for one in found] == [
        ("SEC002:.env", ".env holds secrets (lines 2, 4), and git tracks it"),
        ("SEC002:.pgpass", ".pgpass holds secrets (line 1), and git does not ignore it: git add . would add it"),
        ("SEC002:deploy/prod.env",
         "deploy/prod.env holds secrets (lines 2, 4), and git does not ignore it: git add . would add it"),
    ]  # fmt: skip
    assert found[0]["facts"] == {"lines": [2, 4], "tracked": True}
    assert found[0]["model"] == {"file": ".env", "line": 2}


def test_what_is_left_alone(root: Path) -> None:
    (root / ".gitignore").write_text(".env.local\n*.pem\n")
    (root / ".env.local").write_text(HELD)
    (root / ".env.example").write_text(HELD)
    commit(root, ".env", "COMPOSE_PROJECT_NAME=shop\nDB_PASSWORD=postgres\n", "no secret")
    commit(root, "readme.md", "postgresql://user:password@localhost/shop\n", "a placeholder")
    made = check(root, expected=0)
    assert made.stdout == (
        "what git tracks, and what it would add   no database\n"
        "No secret was found in URLs, named passwords, SQL and files of settings.\n\nNext:  remediate check\n"
    )


def test_what_cannot_be_read_is_said_and_what_git_has_not_is_left(root: Path) -> None:
    """A link is no copy; what PowerShell writes is text; a submodule is looked at by itself."""
    (root.parent / "elsewhere").write_text(HELD)
    (root / ".envrc").symlink_to(root.parent / "elsewhere")
    (root / "wide.env").write_text(HELD, encoding="utf-16")
    (root / "big.env").write_text("A=1\n" * 2**18 + HELD)
    run(root, "add", ".envrc")
    run(root, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},lib")
    run(root, "commit", "-q", "-m", "first")
    made = json.loads(check(root, "-f", "json", expected=1).stdout)
    assert [one["id"] for one in made["findings"]] == ["SEC002:wide.env"]
    assert {one["subject"]: one["reason"] for one in made["unverified"]} == {
        "big.env": "it is larger than 1,048,576 bytes",
        "lib": "it is a submodule, with a history of its own",
    }


def test_a_file_that_is_tracked_although_it_is_ignored(root: Path) -> None:
    commit(root, ".gitignore", ".env\n", "rules")
    commit(root, ".env", HELD, "forced")
    assert messages(root, "--no-history") == [".env holds secrets (lines 2, 4), and git tracks it"]
    run(root, "rm", "-q", "--cached", ".env")
    run(root, "commit", "-q", "-m", "out of git")
    assert messages(root, "--no-history", expected=0) == []
    (gone,) = messages(root)
    assert gone.startswith(".env held 2 passwords (lines 2, 4) in commit ")


def test_a_folder_without_a_repository_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent.resolve()))
    refused = check(tmp_path, expected=2)
    assert "nothing was read: this is no git repository" in refused.stderr
    assert refused.stdout == ""


def test_what_git_refuses_is_told_with_a_way_on(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container that runs as another user than the one who owns the folder."""
    fake = root / "bin/git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho fatal: detected dubious ownership >&2\nexit 128\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent), prepend=os.pathsep)
    refused = check(root, expected=2).stderr
    assert "nothing was read: git failed: detected dubious ownership" in refused
    assert "git config --global --add safe.directory FOLDER" in refused


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--models-only",), "--models-only and --secrets exclude each other"),
        (("--select", "PK001"), "no selected rule needs only secrets"),
    ],
)
def test_options_that_do_not_fit(words: tuple[str, ...], reason: str, root: Path) -> None:
    assert reason in check(root, *words, expected=2).stderr
    made = forked.run(["remediate", "check", "--no-history"], root, dict(os.environ))
    assert "--no-history belongs to --secrets" in made.stderr


def test_a_reason_or_the_baseline_lets_it_be(root: Path) -> None:
    (root / ".env").write_text(HELD)
    check(root, "--update-baseline", expected=0)
    check(root, expected=0)
    (root / "pyproject.toml").write_text('[tool.remediate.ignore]\n"SEC002:*.env" = "made up"\n')
    (root / "remediate-baseline.json").unlink()
    check(root, expected=0)


def test_a_file_has_one_name_wherever_it_was_started(root: Path) -> None:
    """Its id is committed, as an accepted finding, and read in other clones."""
    commit(root, ".env", HELD, "oops")
    commit(root, "backend/a.py", "", "code")
    (root / "backend" / "local.env").write_text(HELD)
    everywhere = findings(root)
    assert [one["id"] for one in findings(root / "backend")] == [one["id"] for one in everywhere]
    assert {one["id"]: one["remedy"]["manual"] for one in everywhere} == {
        "SEC002:.env": "change the secrets that git has recorded, git rm --cached the file, add it to .gitignore",
        "SEC002:backend/local.env": "add it to .gitignore before git add includes it",
    }
