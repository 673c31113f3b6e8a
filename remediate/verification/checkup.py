"""The report of `remediate doctor`: what was discovered, what is missing, and what to do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from remediate.snapshots.live import Database
from remediate.snapshots.tables import Name
from remediate.system import invocation
from remediate.system.words import counted, plural

ID_WIDTH = 12  # of the revisions that remediate writes


_STANDBY = (
    "a standby accepts no writes, and does not count INSERTs on its primary",
    "Connect to the primary for alembic upgrade and verify --probe.",
)


class State(StrEnum):
    OK = "ok"
    NOTE = "note"  # less is shown or verified, but every command works
    PROBLEM = "problem"  # a command does not work


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at."""

    what: str
    value: str
    state: State = State.OK
    why: str = ""  # that matters
    next: str = ""  # to do


@dataclass(frozen=True, slots=True)
class Checkup:
    """Everything that was looked at."""

    lines: tuple[Line, ...]

    @property
    def works(self) -> bool:
        """Whether every command would."""
        return not any(line.state is State.PROBLEM for line in self.lines)


@dataclass(frozen=True, slots=True)
class Opened:
    """A database that env.py opens, with the settings that env.py gives it."""

    engine: str  # what env.py calls it
    database: Database
    standby: bool
    driver: str
    is_async: bool
    login: str  # the role of the connection; it may work as another
    heads: tuple[str, ...]
    models: tuple[int, ...]  # tables of each MetaData that env.py gives to Alembic
    untracked: int  # tables of others, which remediate finds beside them
    filters: tuple[str, ...]
    include_schemas: bool
    left_out: int  # tables, by these filters
    version_table: Name
    version_type: str | None  # of its column; None: it is not there
    no_version_table: tuple[str, str] | None  # why Alembic could make none, and what to do
    unreadable: tuple[str, ...]  # tables
    unread_sequences: tuple[str, ...]
    hidden: tuple[str, ...]  # tables whose rows a policy hides


def of_database(one: Opened, *, several: bool = False) -> Iterator[Line]:
    """What env.py gives: the connection, the models, the filters; and what the role may read."""
    kind = "async" if one.is_async else "sync"
    yield Line("env.py", f"{kind}, driver {one.driver}")
    yield _connection(one, f"{one.engine}: " if several else "")
    yield of_models(one.models, one.untracked)
    yield _filters(one)
    yield _version_table(one)
    yield from _limits(one)


def _connection(one: Opened, engine: str) -> Line:
    database = one.database
    role = f"{one.login} as {database.role}" if one.login != database.role else database.role
    rights = ", a superuser" if database.superuser else ""
    found = (
        f"{engine}{database.host}/{database.name}, PostgreSQL {database.version_text}, "
        f"role {role}{rights}, default schema {database.default_schema}"
    )
    return (
        Line("Database", found, State.NOTE, *_STANDBY) if one.standby else Line("Database", found)
    )


def of_models(tables: tuple[int, ...], untracked: int = 0) -> Line:
    """The tables of each MetaData that env.py gives to Alembic, and of those beside them."""
    beside = f"; {counted(untracked, 'table')} elsewhere" if untracked else ""
    if not any(tables):
        found = "target_metadata has no table" if tables else "target_metadata is None"
        missing = "Alembic sees none of them" if untracked else _WITHOUT_MODELS
        return Line("Models", f"{found}{beside}", State.NOTE, missing, _CURES[bool(tables)])
    counts = " + ".join(map(str, tables))
    noun = "table" if sum(tables) == 1 else "tables"
    return Line("Models", f"{len(tables)} MetaData, {counts} {noun}{beside}")


_WITHOUT_MODELS = "no model was found: remediate judges keys only by what the database shows"
_CURES = {
    False: "Pass target_metadata to context.configure() in env.py, if there are models.",
    True: "A MetaData has the tables of imported modules only: import the modules of the models "
    "in env.py.",
}


def _filters(one: Opened) -> Line:
    if one.filters:
        found = f"{' and '.join(one.filters)}: {counted(one.left_out, 'table')} left out"
    else:
        found = "none"
    schemas = "all schemas" if one.include_schemas else "the default schema, remediate all"
    return Line("Filters", f"{found}; Alembic compares {schemas}")


def _version_table(one: Opened) -> Line:
    schema = one.version_table.schema or one.database.default_schema
    name = f"{schema}.{one.version_table.name}"
    if one.no_version_table:
        return Line(
            "Version table", f"{name} does not exist yet", State.NOTE, *one.no_version_table
        )
    if one.version_type is None:
        return Line("Version table", f"{name} does not exist yet: alembic upgrade creates it")
    width = one.version_type.partition("(")[2].rstrip(")")
    if width.isdigit() and int(width) < ID_WIDTH:
        return Line(
            "Version table", f"{name}, {one.version_type}", State.PROBLEM,
            f"the revisions that remediate writes have ids of {ID_WIDTH} characters",
            f"ALTER TABLE {name} ALTER COLUMN version_num TYPE varchar(32)",
        )  # fmt: skip
    return Line("Version table", f"{name}, {one.version_type}")


def _limits(one: Opened) -> Iterator[Line]:
    role, some = one.database.role, False
    if one.unreadable:
        some = True
        yield Line(
            "Privileges", f"no SELECT on {_named(one.unreadable, 'table')}", State.NOTE,
            "their ids are not verified, and the rehearsal leaves them out",
            f"GRANT SELECT on them to {role}, or use a role that has it.",
        )  # fmt: skip
    if one.unread_sequences:
        some = True
        yield Line(
            "Privileges", f"no SELECT on {_named(one.unread_sequences, 'sequence')}", State.NOTE,
            "their positions are not verified", f"GRANT SELECT on them to {role}.",
        )  # fmt: skip
    if one.hidden:
        some = True
        yield Line(
            "Privileges", f"row security hides rows of {_named(one.hidden, 'table')}", State.NOTE,
            "their highest ids are not verified",
            f"Use their owner, or ALTER ROLE {role} BYPASSRLS.",
        )  # fmt: skip
    if not one.database.system_identifier:
        some = True
        yield Line(
            "Privileges", "the server's identity cannot be read", State.NOTE,
            "a plan of another server with a database of the same name would not be noticed",
            f"GRANT EXECUTE ON FUNCTION pg_control_system() TO {role}",
        )  # fmt: skip
    if not some:
        yield Line("Privileges", "every table and sequence can be read")


def _named(names: tuple[str, ...], noun: str) -> str:
    more = f", ... ({counted(len(names), noun)})" if len(names) > 3 else ""
    return f"{noun if len(names) == 1 else plural(noun)} {', '.join(names[:3])}{more}"


def of_revisions(
    at: tuple[str, ...], waiting: Iterable[str], tips: int, trouble: str = "", hint: str = "",
    *, by_psql: bool = False,
) -> Line:  # fmt: skip
    """Where the database is, and what `generate` would refuse to go before.

    `tips`: the heads of the project; `by_psql`: a script for psql does the same as what waits.
    """
    here, ahead = ", ".join(at) or "no revision yet", tuple(waiting)
    if trouble:
        return Line("At revision", here, State.PROBLEM, trouble, hint)
    if ahead:
        return Line(
            "At revision", f"{here}; {len(ahead):,} not applied: {', '.join(ahead[:3])}"
            + (", ..." if len(ahead) > 3 else ""), State.PROBLEM,
            "generate refuses until the database has run them",
            invocation.remediate("verify   (psql may have run them: it names what is left)")
            if by_psql else invocation.upgrade(tips),
        )  # fmt: skip
    return Line("At revision", here)


def of_several(names: tuple[str, ...], wanted: str) -> Line:
    """The databases that env.py opens."""
    listed = ", ".join(dict.fromkeys(names))
    if not names:
        return Line(
            "Databases", "env.py opens none", State.PROBLEM,
            "without context.configure(connection=...) there is nothing to read",
            "Check that `alembic current` works in this project.",
        )  # fmt: skip
    if wanted and names.count(wanted) != 1:
        return Line(
            "Databases", listed, State.PROBLEM, f"none, or several, are called {wanted!r}",
            "Choose one of these with --engine.",
        )  # fmt: skip
    if not wanted and len(names) > 1:
        return Line(
            "Databases", listed, State.PROBLEM, "remediate works on one at a time",
            f"Choose one: --engine {names[0]}, or engine under [tool.remediate]"
            if len({*names}) == len(names)
            else "Choose one with -x or --name, as this project's env.py allows.",
        )  # fmt: skip
    return Line("Databases", f"{wanted} of {listed}" if len(names) > 1 else "one")
