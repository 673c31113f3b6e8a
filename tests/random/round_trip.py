"""A schema goes through everything: plan, generate, upgrade, INSERT, downgrade, and up again."""

import ast
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from remediate.findings.marks import recorded
from remediate.findings.remedy import ACCEPTED_BY_NAME, Act, Hazard
from remediate.rehearsal.scratch import Server
from tests.random import ddl, inserts, models
from tests.random.failures import Failure
from tests.random.inserts import TIMES, Attempt, Result
from tests.random.schema import Schema, Table
from tests.random.state import State, difference, state
from tests.support import helpers
from tests.support.project import Project, small_project

FIRST = '''"""Nothing yet."""
revision = "0001"
down_revision = None
def upgrade() -> None: ...
def downgrade() -> None: ...
'''


# Why an INSERT may fail into a table whose key is repaired: the parent's owner looks for the parent,
# and of a default there may be none.
_OTHERS = re.compile(
    "row-level security|permission denied for schema|violates foreign key constraint"
)
_UNTITLED = re.compile("[0-9a-f]+_")  # Alembic cuts long titles, which may end like this
# What a repair may lose or break if somebody says so: half of the schemas do.
LOSES = frozenset({Hazard.REFRESHED_CONTENT.value, Hazard.REFERENCE_DEFAULT.value})


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


def travel(schema: Schema, server: Server, folder: Path) -> Outcome:
    """Everything that happens to a schema until it is repaired for the second time."""
    files = {"models.py": models.source(schema)}
    if any(trait.kind == "stamped" for trait in schema.traits):
        files["migrations/versions/0001.py"] = FIRST
    made = small_project(
        server, folder, ddl.script(schema), models="from models import metadata", files=files
    )
    with made as project, helpers.connected(project.url) as session:
        inserts.draw(schema, session)
        journey = Journey(schema, project, session)
        try:
            journey.run()
        except Ended as ended:
            journey.failures.append(ended.failure)
        return Outcome(tuple(journey.failures), tuple(journey.approved), tuple(journey.manual))


class Journey:
    """One schema on its way; what goes wrong without ending the way is collected."""

    def __init__(self, schema: Schema, project: Project, session: psycopg.Connection) -> None:
        self.schema, self.project, self.session = schema, project, session
        self.failures: list[Failure] = []
        self.approved: list[str] = []
        self.manual: list[str] = []
        self.said = ""  # by `generate`
        self.shown: set[str] = set()  # in a plan: ids of findings

    def run(self) -> None:
        """Raises Ended where nothing can follow."""
        if any(trait.kind == "stamped" for trait in self.schema.traits):
            self._command("stamp", "alembic", "upgrade", "head")
        findings = self._planned("plan")
        offered = [f for f in findings if "steps" in (f["remedy"] or {})]
        self.manual = [f["id"] for f in findings if f not in offered]
        self._asked("plan", findings, holds=True)
        before, worked = state(self.project.url), self._tried()
        chosen = self._generated([f for f in offered if f["confidence"] != "possible"])
        self.approved = [f["id"] for f in chosen]
        if not chosen:
            return
        self._up_and_down(chosen, worked, before)
        self._used(before, announced=_announces_refusal(chosen))

    def _generated(self, proper: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What was written: `all`, or all but what would lose something if that is not allowed."""
        losing = [f for f in proper if LOSES & _hazards([f])]
        allowed = _hazards(proper) & ACCEPTED_BY_NAME
        chosen, approvals = proper, ["all"]
        if losing and not self.schema.may_lose:
            self._generate(["all"], allowed - LOSES, expected=(3,))
            chosen = [f for f in proper if f not in losing]
            self.manual += [f["id"] for f in losing]
            approvals = [f["id"] for f in chosen]
        if not chosen:
            self._generate(["all"], allowed - LOSES, expected=(0, 3))
            return []
        files = self.project.files()
        self.said = self._generate(approvals, allowed, expected=(0,))
        if self.project.files() == files:
            self._failed("generate", "nothing was written")
        if any(_UNTITLED.fullmatch(file.stem) for file in self.project.generated()):
            self._failed("generate", "a revision has no title: it does nothing of its own")
        for id_ in {id_ for text in self._docstrings() for id_ in recorded(text)} - self.shown:
            self._failed("generate", f"{id_} was in no plan")
        return chosen

    def _docstrings(self) -> Iterator[str]:
        for file in self.project.generated():
            yield ast.get_docstring(ast.parse(file.read_text())) or ""

    def _generate(self, approvals: list[str], allowed: set[str], expected: tuple[int, ...]) -> str:
        words = [w for approval in approvals for w in ("--approve", approval)]
        words += ["--reviewer", "Ann", *self.schema.options]
        words += [w for hazard in sorted(allowed) for w in ("--allow", hazard)]
        return self._command("generate", "remediate", "generate", *words, expected=expected)

    def _up_and_down(
        self, chosen: list[dict[str, Any]], worked: dict[Attempt, Result], before: State
    ) -> None:
        self._command("upgrade", "alembic", "upgrade", "head")
        left = self._planned("plan again")
        self._check_gone(chosen, left)
        ids = {f["id"] for f in left}
        gone = [
            f for f in chosen if f["id"] not in ids and f"Not written: {f['id']}. " not in self.said
        ]
        self._asked("plan again", gone, holds=False)
        self._command("verify", "remediate", "verify")
        self._check_inserts(worked, self._tried(), chosen, left)
        repaired = state(self.project.url)
        self._downgraded("downgrade")
        self._compare("downgrade", before, state(self.project.url))
        self._command("upgrade again", "alembic", "upgrade", "head")
        self._compare("upgrade again", repaired, state(self.project.url))

    def _used(self, before: State, *, announced: bool) -> None:
        """The way back after rows came: it is the same, or refused as a hazard or a sentence says."""
        inserts.inserted(self.schema, self.project.url)
        result = self.project.run("alembic", "downgrade", self._base, expected=None)
        if result.returncode:
            if not announced and "remediate: " not in result.stderr:
                self._failed("downgrade in use", last(result.stderr))
            return
        now = state(self.project.url)
        self._compare("downgrade in use", before, State(now.dump, before.rows, before.kept))
        if now.number < before.number:
            self._failed("downgrade in use", "rows are gone")

    def _planned(self, step: str) -> list[dict[str, Any]]:
        options = self.schema.options
        text = self._command(step, "remediate", "plan", *options, "-f", "json", expected=(0, 1))
        document, _ = json.JSONDecoder().raw_decode(text)
        self.shown |= {one["id"] for one in (*document["findings"], *document["revealed"])}
        for one in document["unverified"]:
            if one["reason"].startswith("this uuid key"):
                continue  # without a model, nothing tells who makes its values
            self._failed(step, f"unverified: {one['reason']}")
        return list(document["findings"])

    def _check_gone(self, chosen: list[dict[str, Any]], left: list[dict[str, Any]]) -> None:
        approved = {f["id"] for f in chosen if f"Not written: {f['id']}. " not in self.said}
        for finding in left:
            if finding["id"] in approved:
                self._failed("plan again", f"still {finding['rule']}: {finding['message']}")
            elif _weighs(finding) and not self._named(finding):
                self._failed("plan again", f"new {finding['rule']}: {finding['message']}")

    def _asked(self, step: str, findings: list[dict[str, Any]], *, holds: bool) -> None:
        """The query of a finding has rows while it holds, and none once it is repaired."""
        for finding in findings:
            query = finding["query"].encode()
            if query and bool(self.session.execute(query).fetchall()) is not holds:
                text = "rows" if not holds else "no row"
                self._failed(step, f"{finding['rule']}: its query has {text}")

    def _named(self, finding: dict[str, Any]) -> bool:
        """Whether somebody said before that it stays."""
        if finding["rule"] == "FK005" and "keep" in self.schema.options:
            return True  # ORPHANS_KEPT says that the constraint stays NOT VALID
        if finding["rule"] == "MD001" and "are in use" in finding["message"]:
            return True  # the models are to follow a key that became wider: generate says so
        return finding["id"] in self.manual or finding["id"] in self.said

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
                if _advances(table, chosen):
                    self._check_session(table, after)

    def _check_repaired(self, table: Table, after: dict[Attempt, Result]) -> None:
        for attempt, result in after.items():
            own = attempt.table == table.label and attempt.into == "required"
            if not own or result.rows == TIMES or _OTHERS.search(result.error):
                continue
            if inserts.allowed(table, attempt.role, self.project.url):
                self._failed("INSERT", f"fails as before ({attempt.role}): {result.error}")

    def _check_session(self, table: Table, after: dict[Attempt, Result]) -> None:
        """Ids that a session drew before are not given once the sequence is moved."""
        held = inserts.of_session(table, self.schema, self.session)
        new = after[inserts.required(table, self.schema)]
        if held.rows < new.rows:
            self._failed("INSERT", f"fails in a session that held ids: {held.error}")

    @property
    def _base(self) -> str:
        stamped = any(trait.kind == "stamped" for trait in self.schema.traits)
        return "0001" if stamped else "base"

    def _downgraded(self, step: str) -> None:
        self._command(step, "alembic", "downgrade", self._base)

    def _compare(self, step: str, before: State, now: State) -> None:
        if now.dump != before.dump:
            self._failed(step, f"the schema differs: {difference(before.dump, now.dump)}")
        rows, rows_now = before.rows, now.rows
        if not self.schema.may_lose:
            rows, rows_now = rows | before.kept, rows_now | now.kept
        for name in sorted(rows.keys() | rows_now.keys()):
            if rows.get(name) != rows_now.get(name):
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
        return f"{result.stdout}{result.stderr}"

    def _failed(self, step: str, text: str) -> None:
        self.failures.append(Failure(step, text))


def reason(stderr: str) -> str:
    """What a command of ours says, without its progress and advice."""
    _, found, said = f"\n{stderr}".partition("\nremediate: ")
    return " ".join((said if found else stderr).partition("Nothing was written")[0].split())


def last(stderr: str) -> str:
    """The last line of what a program said, with the error of PostgreSQL where there is one."""
    lines = [line for line in stderr.strip().splitlines() if line.strip()]
    errors = [
        line for line in lines if re.match(r"psycopg\.errors|sqlalchemy\.exc|\w+Error:", line)
    ]
    return (errors or lines or [""])[-1]


def _hazards(findings: Iterable[dict[str, Any]]) -> set[str]:
    return {h for f in findings for step in f["remedy"]["steps"] for h in step["hazards"]}


def _announces_refusal(findings: list[dict[str, Any]]) -> bool:
    """Whether a hazard or what a repair says of its way back announces that it may be refused."""
    said = any("the downgrade refuses" in f["remedy"]["undo"] for f in findings)
    return said or Hazard.NARROW_DOWNGRADE in _hazards(findings)


def _weighs(finding: dict[str, Any]) -> bool:
    """Whether `all` means it."""
    return finding["severity"] != "info" and finding["confidence"] != "possible"


def _advances(table: Table, findings: Iterable[dict[str, Any]]) -> bool:
    """Whether a repair of the table moves a sequence."""
    of_table = [f for f in findings if _about(table, [f])]
    return any(step["act"] == Act.ADVANCE for f in of_table for step in f["remedy"]["steps"])


def _about(table: Table, findings: Iterable[dict[str, Any]]) -> bool:
    """Whether a finding is at the key of the table, its partitions or children."""
    relations = {table.name.name, *(f"{table.label}_{part}" for part in ("low", "rest", "child"))}
    return any(
        f["schema"] == table.name.schema
        and f["table"] in relations
        and f["rule"].startswith(("PK", "SEQ"))
        for f in findings
    )
