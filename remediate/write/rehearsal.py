"""Prove revisions on a scratch PostgreSQL: up, INSERT, down, compare, up again."""

import difflib
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from remediate.errors import RehearsalFailed
from remediate.plan import Check, Proof
from remediate.schema import Database, Name, Table, Writer
from remediate.sql import ident
from remediate.write import boundary, probe, schema_copy, tools
from remediate.write.schema_copy import Roles
from remediate.write.scratch import Server

ENVIRONMENT = Path(__file__).with_name("alembic_env")


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What is to be proven, and against which schema."""

    source: Database
    libpq: dict[str, str] = field(repr=False)  # of the live database; holds the password
    tables: tuple[Table, ...]  # those that the revisions repair
    version_table: Name
    heads: tuple[str, ...]  # where the live database is
    version_locations: tuple[str, ...]  # the project's and the staged one
    recursive: bool
    parent: str | None  # what the first revision follows
    revisions: tuple[str, ...]  # the staged ones, in order
    still_broken: Callable[[sa.Connection], tuple[str, ...]]  # the rules, run again


@dataclass(frozen=True, slots=True)
class _Stage:
    """The scratch database, laid out."""

    url: sa.URL
    superuser: psycopg.Connection  # autocommit
    bindir: Path
    role: str  # that the migration runs as; "" for the superuser


def rehearse(what: Rehearsal, server: Server) -> Proof:
    """The proof; raises RehearsalFailed with the statement or the difference that refutes it."""
    bindir = tools.clients(max(what.source.version, server.version) // 10000)
    roles = schema_copy.read_roles(what.libpq)
    with tempfile.TemporaryDirectory(prefix="remediate-") as folder, server.database() as url:
        archive = schema_copy.dump(what.libpq, bindir, Path(folder))
        with _laid_roles(url, roles) as connection:
            stage = _Stage(url, connection, bindir, "" if roles.superuser else roles.migrating)
            seeds = [t.oid for t in what.tables]
            seeds += schema_copy.oids(what.libpq, [_version_table(what)])
            limits = schema_copy.restore(archive, libpq(url), seeds)
            limits += _lay_missing(what, stage, archive)
            limits += boundary.lay(connection, what.tables)
            checks, more = _prove(what, stage)
    source = f"{what.source.name} (PostgreSQL {what.source.version_text})"
    return Proof(server.source, source, checks, (*limits, *more))


@contextmanager
def _laid_roles(url: sa.URL, roles: Roles) -> Iterator[psycopg.Connection]:
    """A superuser's connection to the scratch database, with the roles there as long as needed."""
    conninfo = schema_copy.conninfo(libpq(url))
    with psycopg.connect(conninfo, autocommit=True) as connection:
        made = schema_copy.create_roles(connection, (*roles.names, probe.NOBODY), roles.members)
        try:
            yield connection
        finally:
            for role in made:
                connection.execute(f"DROP OWNED BY {ident(role)} CASCADE".encode())
            for role in made:
                connection.execute(f"DROP ROLE {ident(role)}".encode())


def _lay_missing(what: Rehearsal, stage: _Stage, archive: schema_copy.Archive) -> tuple[str, ...]:
    """Tables that could not be laid whole (a type of a missing extension) as their key alone."""
    limits = []
    for table in what.tables:
        found = stage.superuser.execute("SELECT to_regclass(%s)", [str(table.name)]).fetchone()
        if found and found[0]:
            continue
        key = table.column(table.key[0])
        for statement in (
            f"CREATE TABLE {table.name.sql} ({ident(key.name)} {key.base_type} PRIMARY KEY)",
            f"ALTER TABLE {table.name.sql} OWNER TO {ident(table.owner)}",
        ):
            stage.superuser.execute(statement.encode())
        schema_copy.restore(archive, libpq(stage.url), [table.oid])
        limits.append(f"{table.name} was rehearsed as its key alone")
    return tuple(limits)


def _prove(what: Rehearsal, stage: _Stage) -> tuple[tuple[Check, ...], tuple[str, ...]]:
    config, last = _config(what, stage), what.revisions[-1]
    if what.heads:
        _alembic(_config(what, replace(stage, role="")), "stamp", list(what.heads))
    start = _schema(what, stage)
    refused, limits = _before(stage, what.tables)
    _alembic(config, "upgrade", last)
    _after(stage, refused)
    _rules(what, stage)
    _alembic(config, "downgrade", _way_back(what))
    _compare(start, _schema(what, stage))
    _alembic(config, "upgrade", last)
    _after(stage, refused)
    tables = f"{len(what.tables)} table{'s' if len(what.tables) > 1 else ''}"
    roles = ", ".join(sorted({writer.role for _, writer in refused}))
    return (
        Check("INSERT without id before", f"refused (23502) in {tables}"),
        Check("upgrade", "ran"),
        Check("INSERT without id", f"works in {tables} as {roles}; every id is above the highest"),
        Check("rules run again", "find nothing in them"),
        Check("downgrade", "pg_dump --schema-only gives the same bytes as before"),
        Check("upgrade again", "ran, and INSERT without id works again"),
    ), limits


Refused = tuple[tuple[Table, Writer], ...]


def _before(stage: _Stage, tables: tuple[Table, ...]) -> tuple[Refused, tuple[str, ...]]:
    """Every way to insert that is refused for want of an id, as it must be before the upgrade."""
    refused, limits = [], []
    for table in tables:
        for writer in probe.writers_of(table):
            outcome = probe.insert(stage.superuser, table, writer)
            if outcome.sqlstate == "23502":
                refused.append((table, writer))
            else:
                why = outcome.refusal or "it was accepted before the upgrade already"
                limits.append(
                    f"INSERT into {writer.relation} as {writer.role} proves nothing: {why}"
                )
    return tuple(refused), tuple(limits)


def _after(stage: _Stage, refused: Refused) -> None:
    for table, writer in refused:
        outcome = probe.insert(stage.superuser, table, writer)
        if outcome.id is None:
            raise RehearsalFailed(
                f"after the upgrade {writer.role} still cannot INSERT into {writer.relation} "
                f"without id: {outcome.refusal}",
                "Nothing was written to versions/. This is worth a bug report.",
            )
        highest = table.extremes.high if table.extremes else None
        if highest is not None and outcome.id <= highest:
            raise RehearsalFailed(
                f"{table.name}: the new id {outcome.id} is not above the highest, {highest}"
            )


def _rules(what: Rehearsal, stage: _Stage) -> None:
    engine = sa.create_engine(stage.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if found := what.still_broken(connection):
            raise RehearsalFailed(f"after the upgrade the rules still find {', '.join(found)}")


def _compare(before: str, after: str) -> None:
    if before == after:
        return
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), "before", "after", n=0)
    raise RehearsalFailed(
        "the downgrade does not restore the schema; pg_dump differs:\n"
        + "\n".join(list(lines)[:40]),
        "Nothing was written to versions/. This is worth a bug report.",
    )


def _schema(what: Rehearsal, stage: _Stage) -> str:
    return schema_copy.schema_text(libpq(stage.url), stage.bindir, without=_version_table(what))


def _version_table(what: Rehearsal) -> Name:
    schema = what.version_table.schema or what.source.default_schema
    return Name(schema, what.version_table.name)


def _way_back(what: Rehearsal) -> str:
    if what.parent:
        return what.parent
    return f"{what.revisions[-1]}@base" if what.heads else "base"


def _config(what: Rehearsal, stage: _Stage) -> Config:
    """The project's and the staged revisions, with an env.py of our own."""
    engine = sa.create_engine(stage.url, poolclass=sa.NullPool)
    if stage.role:
        sa.event.listen(engine, "connect", _set_role(stage.role))
    configure = {
        "version_table": what.version_table.name,
        "version_table_schema": what.version_table.schema or None,
    }
    config = Config(attributes={"engine": engine, "configure": configure}, stdout=io.StringIO())
    options = {
        "script_location": str(ENVIRONMENT),
        "path_separator": "os",
        "version_locations": os.pathsep.join(what.version_locations),
        "recursive_version_locations": str(what.recursive).lower(),
    }
    for name, value in options.items():
        config.set_main_option(name, value.replace("%", "%%"))
    return config


def _set_role(role: str) -> Callable[[Any, object], None]:
    def listener(connection: Any, _: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {ident(role)}")
        connection.commit()

    return listener


def _alembic(config: Config, name: str, revision: str | list[str]) -> None:
    try:
        getattr(command, name)(config, revision)
    except (sa.exc.DBAPIError, CommandError) as error:
        reason = str(getattr(error, "orig", None) or error).strip()
        raise RehearsalFailed(
            f"the {name} failed on the scratch PostgreSQL: {reason}",
            "Nothing was written to versions/.",
        ) from error


def libpq(url: sa.URL) -> dict[str, str]:
    """libpq's environment variables for a scratch database."""
    given = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    return {name: str(value) for name, value in given.items() if value}
