"""One comment a pull request: found by its marker, updated, and never in the way of the job."""

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.integrations.test_github_action import FORK, PULL, SCRIPTS
from tests.support.github import GitHub, github

ANN = {"login": "ann", "type": "User"}


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("comment", SCRIPTS / "comment.py")
    assert spec is not None and spec.loader is not None  # noqa: PT018  (mypy)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = _script()
MARK = SCRIPT.marker(".", "")


@pytest.fixture
def api() -> Iterator[GitHub]:
    with github() as state:
        yield state


def commented(
    folder: Path, api: GitHub, report: str = "new", event: object = PULL, **own: str
) -> str:
    (folder / "event.json").write_text(json.dumps(event))
    (folder / "check.md").write_text(report)
    environment = {
        "EXIT_CODE": "1",
        "GITHUB_API_URL": api.url,
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_REPOSITORY": "ann/shop",
        "GITHUB_TOKEN": "secret",
        "INPUT_ARGS": "",
        "INPUT_WORKING_DIRECTORY": ".",
        "REPORT": str(folder / "check.md"),
    }
    said = SCRIPT.main(environment | own)
    assert "secret" not in said
    return str(said)


def test_it_is_found_on_a_later_page(tmp_path: Path, api: GitHub) -> None:
    for number in range(120):
        api.add(f"comment {number}")
    api.comments[110]["body"] = f"{MARK}\nold"
    assert commented(tmp_path, api) == "Updated the comment."
    assert api.comments[110]["body"] == f"{MARK}\nnew"
    assert api.asked[-1] == "PATCH /repos/ann/shop/issues/comments/111"
    assert len(api.comments) == 120


def test_comments_of_people_are_never_changed(tmp_path: Path, api: GitHub) -> None:
    api.add(f"{MARK}\nmine", ANN)
    api.add(f"A quote:\n{MARK}")
    assert commented(tmp_path, api) == "Wrote a comment."
    assert [one["body"] for one in api.comments[:2]] == [f"{MARK}\nmine", f"A quote:\n{MARK}"]


def test_each_project_of_a_repository_has_its_own(tmp_path: Path, api: GitHub) -> None:
    api.add(f"{MARK}\nold")
    assert commented(tmp_path, api, INPUT_WORKING_DIRECTORY="shop") == "Wrote a comment."
    assert api.comments[0]["body"] == f"{MARK}\nold"


def test_nothing_found_is_no_reason_for_a_comment(tmp_path: Path, api: GitHub) -> None:
    assert commented(tmp_path, api, EXIT_CODE="0") == "Nothing to comment on."
    assert api.comments == []


def test_a_long_report_is_cut_at_a_line(tmp_path: Path, api: GitHub) -> None:
    report = "".join(f"{n}: ä😀 {'x' * 80}\n" for n in range(1_000))
    commented(tmp_path, api, report)
    (comment,) = api.comments
    kept = (
        comment["body"]
        .removeprefix(f"{MARK}\n")
        .removesuffix("\n\nThe rest is in the summary of the workflow run.")
    )
    assert 65_000 < len(comment["body"]) <= 65_536
    assert report.startswith(kept + "\n")


@pytest.mark.parametrize(
    ("event", "refuses", "why"),
    [
        ({"ref": "refs/heads/main"}, 0, "push is no event of a pull request."),
        (
            PULL,
            403,
            "GitHub answered 403 to POST /repos/ann/shop/issues/7/comments. The job needs: "
            "permissions: {contents: read, pull-requests: write}",
        ),
        (
            FORK,
            403,
            "GitHub answered 403 to POST /repos/ann/shop/issues/7/comments. A pull request from a "
            "fork gets a token that cannot write.",
        ),
    ],
)
def test_what_cannot_be_commented(
    event: object, refuses: int, why: str, tmp_path: Path, api: GitHub
) -> None:
    api.refuses = refuses
    said = commented(tmp_path, api, event=event)
    assert said == f"::notice title=remediate wrote no comment::{why}"


def test_no_answer(tmp_path: Path) -> None:
    closed = GitHub(url="http://127.0.0.1:1")
    assert "GitHub cannot be reached: " in commented(tmp_path, closed)
