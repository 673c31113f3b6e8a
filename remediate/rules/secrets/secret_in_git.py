"""A password in a file that git tracks, or in its history.

What it does
------------
Reads the files that git tracks, and every line that a commit of any branch, tag or stash added, for
passwords: in URLs and strings of connections, also in base64, of names that end with password,
passwd, pwd or pass (settings, source, compose files, scripts, JSON, Secrets of Kubernetes; also
with the value on another line, as `value: ...` below `- name: DB_PASSWORD`), of roles in SQL, in
lines of .pgpass; of .env and the like also for tokens and keys. A finding names file, lines and
commit, never the secret. It is asked by: remediate check --secrets; with --no-history only the
files as they are.

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
Placeholders (user:password, changeme, ${PASSWORD}, <password>, %(PASSWORD)s), what any machine has
(postgres:postgres, app:app@localhost), hosts of documentation (db.example.com), examples
(.env.example), hashes, binary files, lines of more than 10,000 bytes, and a line with the comment
`pragma: allowlist secret` or `gitleaks:allow`. By name alone: values of less than six characters
or without a digit or sign (of a database, as DB_PASSWORD, ten letters are enough), and files of
tests, examples and translations. A URL that is made up for tests gets a reason in
[tool.remediate.ignore]: "SEC003:tests/*" = "made up".

References
----------
https://www.postgresql.org/docs/current/libpq-envars.html
https://git-scm.com/docs/git-log
"""

from dataclasses import dataclass

from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Options,
    Place,
    Severity,
    Verdict,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.rules.secrets import _spread
from remediate.snapshots.declared import Declared
from remediate.snapshots.exposed import CommittedSecrets, Exposed
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
    staged: bool  # for the next commit, and not on the disk


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return _spread.asked(declared, _found, "passwords in git")


def _found(exposed: Exposed) -> tuple[Finding, ...]:
    return tuple(map(_finding, exposed.committed))


def _finding(one: CommittedSecrets) -> Finding:
    file = one.name
    commits = tuple(CommitFacts(commit.id, commit.date) for commit in one.commits)
    facts = SecretInGitFacts(one.lines, one.number, commits, one.is_present, one.is_staged)
    return Finding(
        RULE.code, RULE.name, Place(subject=_subject(facts, file)), Severity.WARNING,
        Confidence.LIKELY, message(facts, file), facts, one.source,
    )  # fmt: skip


def _subject(facts: SecretInGitFacts, file: str) -> str:
    """Another one, once there are more: what was accepted of a file were so many."""
    if not facts.present:
        return f"{file}@{facts.commits[0].id}"
    held = f"{file} as it is staged" if facts.staged else file
    return f"{held} ({facts.number} passwords)" if facts.number > 1 else held


def message(facts: SecretInGitFacts, file: str) -> str:
    where = _spread.lines(facts.lines)
    what = "a password" if facts.number == 1 else f"{facts.number} passwords"
    commits = ", ".join(f"{one.id} of {one.date}" for one in facts.commits)
    if not facts.present:
        return f"{file} held {what} ({where}) in commit {commits}: the history of git still has it"
    if facts.staged:
        return f"{file} holds {what} ({where}) in its staged version: git add the corrected file"
    several = "s" if len(facts.commits) > 1 else ""
    return f"{file} holds {what} ({where}){f', since commit{several} {commits}' if commits else ''}"


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return Manual("change the password, then let the application take it from the environment")


RULE = _spread.rule(
    code="SEC003",
    name="secret-in-git",
    summary="a password in a tracked file, or in git's history (only with check --secrets)",
    called=r"\bgit (history|log)\b|\bpre-commit\b",
    page=__doc__,
    find=find,
    remedy=remedy,
    facts=(SecretInGitFacts,),
)
