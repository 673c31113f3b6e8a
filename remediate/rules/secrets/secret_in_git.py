"""A password in a file that git tracks, or in its history.

What it does
------------
Reads the files that git tracks, and every line that a commit of any branch, tag or stash added, for
URLs with a password and for PGPASSWORD; of .env and the like also for other passwords, tokens and
keys. A finding names file, lines and commit, never the secret. It is asked by:
remediate check --secrets; with --no-history only the files as they are.

Why is this bad?
----------------
Whoever has a clone has every password that was ever committed, also one that a later commit took
out.

Example
-------
  settings.py:  URL = "postgresql://app:S3cr3t-of-2024@db.internal/shop"

Repair
------
By hand. Change the password: that alone makes the old one worthless. Then take the URL from the
environment. To rewrite the history (git filter-repo) is rarely worth it: clones and forks keep the
old one.

Safety
------
Nothing is changed. Reading the history takes at most 30 seconds; what was not read is named.

What is not flagged
-------------------
Placeholders (user:password, ${PASSWORD}, <password>, %(PASSWORD)s), what every own machine has
(postgres:postgres, app:app@localhost), hosts of documentation (db.example.com), examples
(.env.example), lines of more than 10,000 bytes, and a line with the comment `pragma: allowlist
secret` or `gitleaks:allow`. What is made up for tests gets a reason in [tool.remediate.ignore]:
"SEC003:tests/*" = "made up".

References
----------
https://www.postgresql.org/docs/current/libpq-envars.html
https://git-scm.com/docs/git-log
"""

from dataclasses import dataclass

from remediate.findings.effects import Family, Inserts, Leaves
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Options,
    Place,
    Rule,
    Severity,
    Unverified,
    Verdict,
    in_the_project,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.snapshots.declared import Declared
from remediate.snapshots.exposed import CommittedSecrets
from remediate.snapshots.live import Live


@dataclass(frozen=True, slots=True)
class CommitFacts(Facts):
    """A commit that brought a secret."""

    id: str
    date: str


@dataclass(frozen=True, slots=True)
class SecretInGitFacts(Facts):
    """The lines of a file that hold secrets, how many these are, and the commits that are known."""

    lines: tuple[int, ...]
    number: int
    commits: tuple[CommitFacts, ...]
    present: bool


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    if declared.exposed is None:
        asks = "remediate check --secrets"
        return (Unverified(Place(subject="passwords in git"), "git was not asked", asks),)
    return tuple(map(_finding, declared.exposed.committed))


def _finding(one: CommittedSecrets) -> Finding:
    file = one.name
    commits = tuple(CommitFacts(commit.id, commit.date) for commit in one.commits)
    facts = SecretInGitFacts(one.lines, one.number, commits, one.is_present)
    return Finding(
        RULE.code, RULE.name, Place(subject=_subject(facts, file)), Severity.WARNING,
        Confidence.LIKELY, message(facts, file), facts, one.source,
    )  # fmt: skip


def _subject(facts: SecretInGitFacts, file: str) -> str:
    """Another one, once there are more: what was accepted of a file were so many."""
    if not facts.present:
        return f"{file}@{facts.commits[0].id}"
    return f"{file} ({facts.number} passwords)" if facts.number > 1 else file


def message(facts: SecretInGitFacts, file: str) -> str:
    where = f"line{'s' if len(facts.lines) > 1 else ''} {', '.join(map(str, facts.lines))}"
    what = "a password" if facts.number == 1 else f"{facts.number} passwords"
    commits = ", ".join(f"{one.id} of {one.date}" for one in facts.commits)
    if not facts.present:
        return f"{file} held {what} ({where}) in commit {commits}: the history of git keeps it"
    several = "s" if len(facts.commits) > 1 else ""
    return f"{file} holds {what} ({where}){f', since commit{several} {commits}' if commits else ''}"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return Manual("change the password, then let the application take it from the environment")


RULE = Rule(
    code="SEC003",
    name="secret-in-git",
    family=Family.SECRETS,
    summary="a password in a tracked file, or in git's history (only with check --secrets)",
    page=__doc__,
    find=find,
    remedy=remedy,
    query=in_the_project,
    stops=Inserts.NONE,
    symptom=None,
    errors={},
    facts=(SecretInGitFacts,),
    leaves=Leaves.NOTHING,
    provable=False,
    asked_for=True,
    alone="secrets",
)
