"""What one database of a fleet needs: read, judged by the project, and told as JSON values."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from remediate.catalog import databases
from remediate.catalog.session import read_only, rows
from remediate.commands import check, verify
from remediate.commands.fleet.queue import Task
from remediate.commands.fleet.targets import Server, Target, hint
from remediate.commands.judgement import Judgement, judge
from remediate.commands.planning import outline, plan_of
from remediate.commands.verify import VerifyOptions
from remediate.config import Config
from remediate.errors import DatabaseProblem, UsageProblem
from remediate.plans.approval import approves
from remediate.plans.baseline import Entry, updated
from remediate.plans.document import as_json
from remediate.plans.fleet import Answer, digest, need_of
from remediate.plans.hazards import to_accept
from remediate.plans.plan import Plan
from remediate.plans.sharing import Needs
from remediate.postgres.connections import address, database_problem
from remediate.postgres.direct import driver_errors, opened
from remediate.postgres.sql import literal, spelled
from remediate.project.beside import Beside, NotThroughThisError, read_database
from remediate.project.reading import Opened, Reading
from remediate.render import checked, verification
from remediate.system import invocation


@dataclass(frozen=True, slots=True)
class Told:
    """What one database needs, and the whole result where that is not known yet."""

    answer: Answer
    result: Mapping[str, Any] | None = None
    accepted: tuple[Entry, ...] = ()  # the baseline with what is found here
    needs: Needs | None = None  # of approved repairs, where these are asked for
    through: bool = False  # whether env.py ran with a connection to this one


@dataclass(frozen=True, slots=True)
class Later:
    """A database with which env.py does not run: it is read when another one has let it run."""


Result = Told | Later | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """How each database is looked at."""

    command: str
    config: Config
    beside: Beside | None
    entries: tuple[Entry, ...] = ()  # of the baseline
    verify: VerifyOptions = field(default_factory=VerifyOptions)
    approve: tuple[str, ...] = ()  # of "generate"

    def __call__(self, task: Task, known: frozenset[str] = frozenset()) -> Result:
        """What a database needs, wholly unless it is known; the databases of a server."""
        os.environ.setdefault("PGCONNECT_TIMEOUT", "10")  # seconds; libpq waits for ever else
        try:
            if isinstance(task, Server):
                return _databases(task)
            return replace(self._told(task, known), through=self._ran_through(task))
        except NotThroughThisError:
            return Later()
        except DatabaseProblem as error:
            raise DatabaseProblem(error.message, hint(task, error.hint)) from error

    def _ran_through(self, task: Target) -> bool:
        connected = self.beside and self.beside.connected
        return bool(connected and connected.through == task.url)

    def _told(self, task: Target, known: frozenset[str]) -> Told:
        config = replace(self.config, database_url=task.url)
        reading, (heads, owner) = read_database(config, self.beside, self._of_versions)
        if reading.environment is not None:
            heads = tuple(sorted(reading.environment.heads))
        if self.command == "verify":
            return self._verified(task, reading, heads, config)
        judgement = judge(reading, config)
        found = outline(judgement, config)
        answer = Answer(task.name, need_of(found), heads)
        if self.command == "generate":
            return Told(answer, needs=self._needs(answer, found, reading, owner))
        return Told(answer) if answer.need in known else self._planned(answer, judgement, config)

    def _of_versions(self, at: Opened) -> tuple[tuple[str, ...] | None, str]:
        return _heads(at), _owner(at) if self.command == "generate" else ""

    def _planned(self, answer: Answer, judgement: Judgement[Reading], config: Config) -> Told:
        plan = plan_of(judgement, config)
        if self.command == "plan":
            return Told(answer, as_json(plan))
        made = check.of_plan(plan, config, self.entries)
        return Told(answer, checked.document(made), updated(made))

    def _needs(self, answer: Answer, found: Plan, reading: Reading, owner: str) -> Needs:
        items = [i for i in found.repairable if any(approves(word, i) for word in self.approve)]
        approved = {item.id: item.fingerprint for item in items}
        hazards = {item.id: tuple(to_accept(item, self.config.allow)) for item in items}
        others = frozenset(item.id for item in found.items) - approved.keys()
        tables = frozenset(table.name for table in reading.live.tables)
        return Needs(answer.name, approved, others, hazards, tables, answer.heads, owner)

    def _verified(
        self, task: Target, reading: Reading, heads: tuple[str, ...] | None, config: Config
    ) -> Told:
        try:
            found = verify.of_reading(reading, None, config, self.verify)
        except verify.NothingToVerifyError as error:
            words = 'generate --targets FILE --approve RULE --reviewer "Your Name"'
            first = invocation.remediate(words)
            raise UsageProblem(error.message, f"First write a repair: {first}") from error
        made = verification.document(found)
        return Told(Answer(task.name, _need(made), heads), made)


_NUMBER = re.compile(r"\d+")


def _need(verified: Mapping[str, Any]) -> str:
    """The digest of what became of the repairs; positions of sequences are not part of it."""
    repairs = [
        [one["id"], one["outcome"], *(_NUMBER.sub("#", problem) for problem in one["problems"])]
        for one in verified["repairs"]
    ]
    return digest([verified["passed"], verified["waiting"], verified["to_stamp"], repairs])


def _heads(at: Opened) -> tuple[str, ...] | None:
    """The revisions that Alembic has recorded; None where its table may not be read."""
    if at.context is not None:  # the reading has them
        return None
    connection = at.connection
    try:
        connection.exec_driver_sql("ROLLBACK")  # with it ends the search_path of reading
        with read_only(connection):
            if not rows(connection, "recorded")[0]["exists"]:
                return ()
            found = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
            return tuple(sorted(str(version) for (version,) in found))
    except driver_errors():
        return None


def _owner(at: Opened) -> str:
    """Whose Alembic's table is, where this role may not comment on it; "" where it may."""
    if at.context is None:
        return ""
    name = spelled(*filter(None, (at.context.version_table_schema, at.context.version_table)))
    at.connection.exec_driver_sql("ROLLBACK")  # with it ends the search_path of reading
    with read_only(at.connection):
        found = at.connection.exec_driver_sql(
            "SELECT pg_get_userbyid(relowner) FROM pg_catalog.pg_class "
            f"WHERE oid = to_regclass({literal(name)}) AND NOT pg_has_role(relowner, 'USAGE')"
        )
        return "".join(str(owner) for (owner,) in found)


def _databases(server: Server) -> tuple[str, ...]:
    try:
        with opened(address(server.url)) as connection:
            return databases.read(connection)
    except driver_errors() as error:
        raise database_problem(error, "its databases cannot be listed") from error
