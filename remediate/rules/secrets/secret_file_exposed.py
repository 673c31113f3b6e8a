"""A file of secrets that git tracks, or will add with the next `git add .`.

What it does
------------
Looks for .env, .env.*, *.env, .envrc, .pgpass and pg_service.conf in the git repository, and reads
those that git tracks, or does not ignore. A finding names the file and the lines that hold a
password, a token or a key, never these themselves. It is asked by: remediate check --secrets.

Why is this bad?
----------------
Such files hold the passwords of a machine. Whoever clones the repository, or a copy of it, has
them, and the history of git keeps what a later commit takes out.

Example
-------
  $ cat .env
  DATABASE_URL=postgresql://app:S3cr3t-of-2024@db.internal/shop
  $ git ls-files .env
  .env

Repair
------
By hand. Where git tracks the file: change the passwords first, then `git rm --cached .env`. In
either case add its name to .gitignore, and put a .env.example with placeholders beside it.

Safety
------
Nothing is changed.

What is not flagged
-------------------
Files that git ignores, or holds encrypted (git-crypt, transcrypt, dotenvx); examples (.env.example,
.sample, .template, .dist); links; files without a secret; placeholders, and what everybody's own
machine has, such as postgres. A line with the comment `pragma: allowlist secret` or
`gitleaks:allow`.

References
----------
https://www.postgresql.org/docs/current/libpq-pgpass.html
https://git-scm.com/docs/gitignore
"""

from dataclasses import dataclass

from remediate.findings.facts import facts_of
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
from remediate.snapshots.exposed import Exposed, SecretFile
from remediate.snapshots.live import Live


@dataclass(frozen=True, slots=True)
class SecretFileFacts(Facts):
    """The lines of a file that hold secrets, and whether git tracks it."""

    lines: tuple[int, ...]
    tracked: bool


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    return _spread.asked(declared, _found, "files of secrets")


def _found(exposed: Exposed) -> tuple[Finding, ...]:
    return tuple(map(_finding, exposed.files))


def _finding(file: SecretFile) -> Finding:
    name = file.name
    how = "git tracks it" if file.is_tracked else "git does not ignore it: git add . would add it"
    confidence = Confidence.LIKELY if file.is_tracked else Confidence.POSSIBLE
    return Finding(
        RULE.code, RULE.name, Place(subject=name), Severity.WARNING, confidence,
        f"{name} holds secrets ({_spread.lines(file.lines)}), and {how}",
        SecretFileFacts(file.lines, file.is_tracked), file.source,
    )  # fmt: skip


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    if not facts_of(finding, SecretFileFacts).tracked:
        return Manual("add it to .gitignore before git add includes it")
    return Manual(
        "change the secrets that git has recorded, git rm --cached the file, add it to .gitignore"
    )


RULE = _spread.rule(
    code="SEC002",
    name="secret-file-exposed",
    summary="a .env or the like that git tracks or does not ignore (only with check --secrets)",
    called=r"\.gitignore\b|^\W*\.env\W*$",
    page=__doc__,
    find=find,
    remedy=remedy,
    facts=(SecretFileFacts,),
)
