"""The action's third step: one comment on the pull request, made once and updated from then on.

It needs nothing but Python, and never fails the job: what GitHub refuses is told as a notice.
"""

import hashlib
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMIT = 65_536  # characters of a comment: GitHub answers 422 to a longer one
SECONDS = 20
PER_PAGE = 100
OWN_KIND = "Bot"  # of the author of what a workflow's token writes


class NoComment(Exception):
    """Why no comment was written."""


@dataclass(frozen=True, slots=True)
class Api:
    """GitHub's REST interface for one repository."""

    base: str
    repository: str
    token: str

    def __call__(self, method: str, path: str, body: str | None = None) -> Any:
        """What it answers, as JSON values. Raises NoComment for what it refuses."""
        request = urllib.request.Request(
            f"{self.base}{path}",
            method=method,
            data=None if body is None else json.dumps({"body": body}).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise NoComment(f"GitHub answered {error.code} to {method} {path}") from error
        except (OSError, ValueError) as error:
            raise NoComment(f"GitHub cannot be reached: {error}") from error

    def comments(self, number: int) -> Iterator[Mapping[str, Any]]:
        page, more = 1, True
        while more:
            path = f"/repos/{self.repository}/issues/{number}/comments"
            found = self("GET", f"{path}?per_page={PER_PAGE}&page={page}")
            yield from found
            page, more = page + 1, len(found) == PER_PAGE

    def login(self) -> str:
        """Whose token it is; "" for that of a workflow, which may not ask."""
        try:
            return str(self("GET", "/user")["login"])
        except NoComment:
            return ""


def marker(working_directory: str, arguments: str) -> str:
    """What tells the comment of this use of the action from others; people do not see it."""
    key = hashlib.sha256(f"{working_directory}\0{arguments}".encode()).hexdigest()[:12]
    return f"<!-- remediate check {key} -->"


def body(mark: str, report: str) -> str:
    """The comment: the whole report, or as many of its lines as GitHub takes."""
    whole = f"{mark}\n{report}"
    if len(whole) <= LIMIT:
        return whole
    note = "\n\nThe rest is in the summary of the workflow run."
    kept = whole[: LIMIT - len(note)].rpartition("\n")[0]
    return kept + note


def keep_up_to_date(api: Api, number: int, mark: str, report: str, *, found: bool) -> str:
    """What was done. A pull request without findings gets no comment, but keeps the one it has."""
    login = api.login()
    for comment in api.comments(number):
        author = comment["user"] or {}
        ours = author.get("login") == login if login else author.get("type") == OWN_KIND
        if ours and comment["body"].startswith(mark):
            path = f"/repos/{api.repository}/issues/comments/{comment['id']}"
            api("PATCH", path, body(mark, report))
            return "Updated the comment."
    if not found:
        return "Nothing to comment on."
    api("POST", f"/repos/{api.repository}/issues/{number}/comments", body(mark, report))
    return "Wrote a comment."


def pull_request(environment: Mapping[str, str]) -> Mapping[str, Any]:
    """The pull request of the event. Raises NoComment where it is another event."""
    event = json.loads(Path(environment["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    if "pull_request" not in event:
        raise NoComment(f"{environment['GITHUB_EVENT_NAME']} is no event of a pull request")
    found: Mapping[str, Any] = event["pull_request"]
    return found


def from_fork(pull: Mapping[str, Any]) -> bool:
    """Whether its branch is in another repository, whose workflows get a token that only reads."""
    head = pull["head"]["repo"]  # null where the fork was deleted
    return head is None or head["full_name"] != pull["base"]["repo"]["full_name"]


def main(environment: Mapping[str, str]) -> str:
    """What was done, or why nothing was, as a line for the log."""
    hint = ""
    try:
        pull = pull_request(environment)
        hint = (
            "A pull request from a fork gets a token that cannot write."
            if from_fork(pull)
            else "The job needs: permissions: {contents: read, pull-requests: write}"
        )
        api = Api(
            environment["GITHUB_API_URL"],
            environment["GITHUB_REPOSITORY"],
            environment["GITHUB_TOKEN"],
        )
        mark = marker(environment["INPUT_WORKING_DIRECTORY"], environment["INPUT_ARGS"])
        report = Path(environment["REPORT"]).read_text(encoding="utf-8")
        found = environment["EXIT_CODE"] != "0"
        return keep_up_to_date(api, pull["number"], mark, report, found=found)
    except NoComment as why:
        return notice(f"{why}. {hint}".strip())


def notice(text: str) -> str:
    """A line that GitHub shows beside the job."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::notice title=remediate wrote no comment::{escaped}"


if __name__ == "__main__":
    print(main(os.environ))
