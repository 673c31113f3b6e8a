"""A schema goes through everything: plan, generate, upgrade, INSERT, downgrade, and up again."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from remediate.findings.remedy import ACCEPTED_BY_NAME
from remediate.postgres import client, programs
from remediate.postgres.sql import ident, quote
from remediate.rehearsal.scratch import Server
from tests.random import ddl, inserts, models, names
from tests.random.inserts import TIMES, Attempt, Result
from tests.random.schema import Schema, Table
from tests.support import helpers
from tests.support.project import Project, small_project

FIRST = '''"""Nothing yet."""
revision = "0001"
down_revision = None
def upgrade() -> None: ...
def downgrade() -> None: ...
'''


# Why an INSERT may fail into a table whose key is repaired; the parent's owner looks for the parent.
_OTHERS = re.compile("row-level security|permission denied for schema")


@dataclass(frozen=True, slots=True)
class Failure:
    """Where the way ended or went wrong, and what was said."""

    step: str
    text: str

    def __str__(self) -> str:
        return f"{self.step}: {self.text}"


class Ended(Exception):
    """Nothing can follow this failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Outcome:
    """What went wrong with a schema, and what of its plan was approved."""

    failures: tuple[Failure, ...]
    approved: tuple[str, ...]
    manual: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """The schema byte for byte, and every row of every relation that keeps rows."""

    dump: str
    rows: dict[str, list[str]]

    @property
    def number(self) -> int:
        return sum(map(len, self.rows.values()))


def travel(schema: Schema, server: Server, folder: Path) -> Outcome:
    """Everything that happens to a schema until it is repaired for the second time."""
    files = {"models.py": models.source(schema)}
    if any(trait.kind == "stamped" for trait in schema.traits):
        files["migrations/versions/0001.py"] = FIRST
    made = small_project(
        server, folder, ddl.script(schema), models="from models import metadata", files=files
    )
    with made as project:
        journey = Journey(schema, project)
        try:
            journey.run()
        except Ended as ended:
            journey.failures.append(ended.failure)
        return Outcome(tuple(journey.failures), tuple(journey.approved), tuple(journey.manual))


class Journey:
    """One schema on its way; what goes wrong without ending the way is collected."""

    def __init__(self, schema: Schema, project: Project) -> None:
        self.schema, self.project = schema, project
        self.failures: list[Failure] = []
        self.approved: list[str] = []
        self.manual: list[str] = []

    def run(self) -> None:
        """Raises Ended where nothing can follow."""
        if any(trait.kind == "stamped" for trait in self.schema.traits):
            self._command("stamp", "alembic", "upgrade", "head")
        findings = self._planned("plan")
        offered = [f for f in findings if "steps" in (f["remedy"] or {})]
        chosen = [f for f in offered if f["confidence"] != "possible"]
        self.approved = [f["id"] for f in chosen]
        self.manual = [f["id"] for f in findings if f not in offered]
        before, worked = state(self.project.url), self._tried()
        if not self._generated(chosen):
            return
        self._up_and_down(chosen, worked, before)
        self._used(before)

    def _generated(self, chosen: list[dict[str, Any]]) -> bool:
        files = self.project.files()
        hazards = {h for f in chosen for step in f["remedy"]["steps"] for h in step["hazards"]}
        allow = [w for h in sorted(hazards & ACCEPTED_BY_NAME) for w in ("--allow", h)]
        words = ["generate", "--approve", "all", "--reviewer", "Ann", *self.schema.options, *allow]
        if not chosen:
            self._command("generate", "remediate", *words, expected=(0, 3))
        else:
            self._command("generate", "remediate", *words)
            if self.project.files() == files:
                self._failed("generate", "nothing was written")
        return bool(chosen)

    def _up_and_down(
        self, chosen: list[dict[str, Any]], worked: dict[Attempt, Result], before: State
    ) -> None:
        self._command("upgrade", "alembic", "upgrade", "head")
        left = self._planned("plan again")
        self._check_gone(chosen, left)
        self._command("verify", "remediate", "verify")
        self._check_inserts(worked, self._tried(), chosen, left)
        repaired = state(self.project.url)
        self._downgraded("downgrade")
        self._compare("downgrade", before, state(self.project.url))
        self._command("upgrade again", "alembic", "upgrade", "head")
        self._compare("upgrade again", repaired, state(self.project.url))

    def _used(self, before: State) -> None:
        """The way back after rows came: it is the same, or refused with a sentence."""
        inserts.inserted(self.schema, self.project.url)
        result = self.project.run("alembic", "downgrade", self._base, expected=None)
        if result.returncode:
            if "remediate: " not in result.stderr:
                self._failed("downgrade in use", last(result.stderr))
            return
        now = state(self.project.url)
        self._compare("downgrade in use", before, State(now.dump, before.rows))
        if now.number < before.number:
            self._failed("downgrade in use", "rows are gone")

    def _planned(self, step: str) -> list[dict[str, Any]]:
        options = self.schema.options
        text = self._command(step, "remediate", "plan", *options, "-f", "json", expected=(0, 1))
        document = json.loads(text)
        for one in document["unverified"]:
            self._failed(step, f"unverified: {one['reason']}")
        return list(document["findings"])

    def _check_gone(self, chosen: list[dict[str, Any]], left: list[dict[str, Any]]) -> None:
        approved = {f["id"] for f in chosen}
        for finding in left:
            if finding["id"] in approved:
                self._failed("plan again", f"still {finding['rule']}: {finding['message']}")
            elif _weighs(finding) and finding["id"] not in self.manual:
                self._failed("plan again", f"new {finding['rule']}: {finding['message']}")

    def _tried(self) -> dict[Attempt, Result]:
        return inserts.tried(self.schema, self.project.url)

    def _check_inserts(
        self,
        before: dict[Attempt, Result],
        after: dict[Attempt, Result],
        chosen: list[dict[str, Any]],
        left: list[dict[str, Any]],
    ) -> None:
        """What worked works, and so does what is repaired."""
        for attempt, result in after.items():
            if result.rows < before[attempt].rows:
                text = f"no longer works ({attempt.into}, {attempt.role}): {result.error}"
                self._failed("INSERT", text)
        for table in self.schema.tables:
            if _about(table, chosen) and not _about(table, left):
                self._check_repaired(table, after)

    def _check_repaired(self, table: Table, after: dict[Attempt, Result]) -> None:
        for attempt, result in after.items():
            own = attempt.table == table.label and attempt.into == "required"
            if not own or result.rows == TIMES or _OTHERS.search(result.error):
                continue
            if inserts.allowed(table, attempt.role, self.project.url):
                self._failed("INSERT", f"fails as before ({attempt.role}): {result.error}")

    @property
    def _base(self) -> str:
        stamped = any(trait.kind == "stamped" for trait in self.schema.traits)
        return "0001" if stamped else "base"

    def _downgraded(self, step: str) -> None:
        self._command(step, "alembic", "downgrade", self._base)

    def _compare(self, step: str, before: State, now: State) -> None:
        if now.dump != before.dump:
            self._failed(step, f"the schema differs: {difference(before.dump, now.dump)}")
        for name in sorted(before.rows.keys() | now.rows.keys()):
            if before.rows.get(name) != now.rows.get(name):
                self._failed(step, f"the rows of {name} differ")

    def _command(self, step: str, *words: str, expected: tuple[int, ...] = (0,)) -> str:
        result = self.project.run(*words, expected=None)
        if "Traceback" in result.stderr and words[0] == "remediate":
            raise Ended(Failure(step, f"traceback, {last(result.stderr)}"))
        if result.returncode not in expected:
            said = (
                reason(result.stderr or result.stdout)
                if words[0] == "remediate"
                else last(result.stderr)
            )
            raise Ended(Failure(step, f"exit {result.returncode}: {said or result.stdout}"))
        return result.stdout

    def _failed(self, step: str, text: str) -> None:
        self.failures.append(Failure(step, text))


def state(url: sa.URL) -> State:
    """What a downgrade has to restore; not the positions of sequences, which it may keep."""
    libpq = client.environment(url)
    program = [
        programs.clients(18) / "pg_dump",
        "--schema-only",
        "--exclude-table=*.alembic_version",
    ]
    result = client.run(program, libpq)
    assert not result.returncode, result.stderr
    lines = (line for line in result.stdout.splitlines() if "restrict" not in line[:12])
    with helpers.connected(url) as connection:
        names = connection.execute(
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relkind IN ('r', 'm')"
            " AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
            " AND relname <> 'alembic_version'"
        ).fetchall()
        rows = {
            name: [row[0] for row in connection.execute(f"SELECT r::text FROM {name} r ORDER BY 1".encode())]
            for (name,) in names
        }  # fmt: skip
    return State("\n".join(lines), rows)


def difference(before: str, now: str) -> str:
    """The first lines that only one of them has."""
    lost = [line for line in before.splitlines() if line not in now.splitlines()]
    new = [line for line in now.splitlines() if line not in before.splitlines()]
    return " / ".join([*(f"- {line}" for line in lost[:3]), *(f"+ {line}" for line in new[:3])])


def reason(stderr: str) -> str:
    """What a command of ours says, without its progress and advice."""
    lines = (line.removeprefix("remediate: ") for line in stderr.splitlines())
    return " ".join(line for line in lines if not line.startswith(("Rehearsing", "           ")))


def last(stderr: str) -> str:
    """The last line of what a program said, with the error of PostgreSQL where there is one."""
    lines = [line for line in stderr.strip().splitlines() if line.strip()]
    errors = [
        line for line in lines if re.match(r"psycopg\.errors|sqlalchemy\.exc|\w+Error:", line)
    ]
    return (errors or lines or [""])[-1]


def _weighs(finding: dict[str, Any]) -> bool:
    """Whether `all` means it."""
    return finding["severity"] != "info" and finding["confidence"] != "possible"


def _about(table: Table, findings: Iterable[dict[str, Any]]) -> bool:
    """Whether a finding is at the key of the table, its partitions or children."""
    relations = {table.name.name, *(f"{table.label}_{part}" for part in ("low", "rest", "child"))}
    return any(
        f["schema"] == table.name.schema
        and f["table"] in relations
        and f["rule"].startswith(("PK", "SEQ"))
        for f in findings
    )


def kind(failure: Failure, schema: Schema) -> str:
    """The failure without names and numbers: equal for schemas that fail in the same way."""
    text = failure.text
    for place, name in _names(schema):
        for spelling in dict.fromkeys((quote(name), name, ident(name))):
            text = re.sub(rf"(?<!\w){re.escape(spelling)}(?!\w)", place, text)
    text = re.sub(r"\b[0-9a-f]{12}\b|(?<![A-Z\d])-?\d[\d,.]*(?=\W|$)", "#", text)
    if "expected" in text:
        text = re.sub(r"(.*changed\. )(.*?), expected (.*?)(\. Somebody.*|$)", _differing, text)
    return f"{failure.step}: {text}"[:300]


def _names(schema: Schema) -> Iterator[tuple[str, str]]:
    """The names of a schema, each with what stands for it; the longest first."""
    found = [("R", role) for role in (*names.OWNERS, *names.WRITERS, names.GROUP)]
    for table in schema.tables:
        columns = (table.key.column, *(r.column for r in table.references))
        found += [("Q", table.key.sequence.name), ("T", table.name.name)]
        found += [("C", column) for column in columns]
        found += [(part, f"{table.label}_{part}") for part in ("low", "rest", "child", "view")]
    found += [("S", space.name) for space in schema.spaces]
    yield from sorted(found, key=lambda pair: -len(pair[1]))


def _differing(match: re.Match[str]) -> str:
    """Of what a guard found and expected, what is not in both."""
    is_, expected = match[2].split(", "), match[3].split(", ")
    one = ", ".join(part for part in is_ if part not in expected)
    other = ", ".join(part for part in expected if part not in is_)
    return f"{match[1]}{one}, expected {other}"
