"""A password of a database in the project's files.

What it does
------------
Reads alembic.ini, pyproject.toml, env.py, script.py.mako and the revisions for passwords: in URLs
and strings of connections, of names such as PGPASSWORD or password=, of roles in SQL. The finding
names the file and its lines, never the password.

Why is this bad?
----------------
Whoever may read the repository, or a copy of it, may write to the database: and goes on being able
to, because the history of git keeps what a later commit takes out.

Example
-------
  sqlalchemy.url = postgresql+psycopg://app:S3cr3t-of-2024@db.internal/shop

Repair
------
Change the password first. Then let env.py take the URL from the environment:

  config.set_main_option("sqlalchemy.url", os.environ["DATABASE_URL"].replace("%", "%%"))

In alembic.ini, `sqlalchemy.url = ${DATABASE_URL}` does not do that: no variable is filled in there
(Could not parse SQLAlchemy URL), and a single % in a password is an invalid interpolation syntax.

Safety
------
Nothing is changed.

What is not flagged
-------------------
Placeholders (user:pass, changeme, %(DB_PASSWORD)s, ${PASSWORD}, <password>), what everybody's own
machine has, such as postgres:postgres, hosts of documentation (db.example.com), hashes, and a line
with the comment `pragma: allowlist secret` or `gitleaks:allow`.

References
----------
https://www.postgresql.org/docs/current/libpq-pgpass.html
"""

from dataclasses import dataclass

from remediate.findings.effects import Aim, Family, Inserts, Leaves
from remediate.findings.finding import (
    Confidence,
    Facts,
    Finding,
    Options,
    Place,
    Rule,
    Severity,
    Verdict,
    in_the_project,
)
from remediate.findings.remedy import Manual, Remedy
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Source


@dataclass(frozen=True, slots=True)
class CredentialFacts(Facts):
    """The lines of a file that hold a password."""

    lines: tuple[int, ...]


def find(live: Live, declared: Declared, options: Options) -> tuple[Verdict, ...]:
    by_file: dict[str, list[Source]] = {}
    for one in declared.credentials:
        by_file.setdefault(one.source.file, []).append(one.source)
    return tuple(_finding(sources) for sources in by_file.values())


def _finding(sources: list[Source]) -> Finding:
    file, lines = sources[0].file, [source.line for source in sources]
    several = f"lines {', '.join(map(str, lines))}" if len(lines) > 1 else f"line {lines[0]}"
    return Finding(
        RULE.code, RULE.name, Place(subject=file), Severity.WARNING, Confidence.LIKELY,
        f"{file} holds a password ({several})", CredentialFacts(tuple(lines)),
        sources[0],
    )  # fmt: skip


def remedy(finding: Finding, live: Live, options: Options) -> Remedy | Manual:
    return Manual("change the password, then let env.py take it from the environment")


RULE = Rule(
    code="SEC001",
    name="credential-in-project",
    family=Family.REVISIONS,
    summary="a password in alembic.ini, env.py or a revision",
    called=(
        r"\$\{DATABASE_URL\}|parse SQLAlchemy URL|invalid interpolation syntax|"
        r"^(?!.*\bgit\b).*\b(connection strings?|credentials?)\b"
    ),
    page=__doc__,
    find=find,
    remedy=remedy,
    query=in_the_project,
    stops=Inserts.NONE,
    symptom=None,
    errors={},
    facts=(CredentialFacts,),
    leaves=Leaves.NOTHING,
    provable=False,
    by_hand=True,
    against=(Aim.OTHER,),
    alone="revisions",
)
