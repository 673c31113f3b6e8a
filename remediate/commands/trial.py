"""INSERT for each mapped class whose key the database is to generate, on a scratch PostgreSQL."""

import contextlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapper

from remediate.catalog import catalog
from remediate.config import Config
from remediate.errors import Refused, RehearsalFailed
from remediate.postgres import client
from remediate.postgres.sql import ident
from remediate.project.inspection import ProjectReading, Reading
from remediate.project.project import Environment, Project
from remediate.rehearsal import claims, probe, roles
from remediate.rehearsal.runner import Runner
from remediate.rehearsal.scratch import scratch
from remediate.revisions.graph import version_locations
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Generator, Name, Table
from remediate.system.streams import stdout_to_stderr


@dataclass(frozen=True, slots=True)
class Model:
    """A mapped class, and the key that it leaves to the database."""

    name: str  # "app.models.User"
    table: Name
    column: str


def generated(reading: Reading) -> tuple[Model, ...]:
    """The mapped classes whose key the database is to generate, by their names.

    Without those that env.py keeps out of Alembic's sight.
    """
    schema = reading.live.database.default_schema
    found: dict[Name, Model] = {}
    for mapper, table in sorted(_mappers(reading), key=lambda pair: _label(pair[0])):
        name = Name(table.schema or schema, table.name)
        declared = reading.declared.table_of.get(name)
        keys = (
            [c for c in declared.columns if c.generator is Generator.DATABASE] if declared else []
        )
        keys = [c for c in keys if c.is_integer or c.base_type == "uuid"]
        if keys and name not in reading.left_out.all:
            found.setdefault(name, Model(_label(mapper), name, keys[0].name))
    return tuple(found.values())


def _label(mapper: Mapper[object]) -> str:
    return f"{mapper.class_.__module__}.{mapper.class_.__qualname__}"


def _mappers(reading: Reading) -> Iterator[tuple[Mapper[object], sa.Table]]:
    """With their tables, of the MetaData that env.py gives to Alembic; of several the base."""
    metadatas = reading.environment.metadatas if reading.environment else ()
    known = {id(metadata) for metadata in metadatas}
    values = {
        v
        for m in list(sys.modules.values())
        for v in list(getattr(m, "__dict__", {}).values())
        if isinstance(v, type)
    }
    for class_ in values:
        mapper = class_.__dict__.get("__mapper__")
        table = mapper.local_table if isinstance(mapper, Mapper) else None
        if not isinstance(mapper, Mapper) or not isinstance(table, sa.Table):
            continue
        above = mapper.inherits
        if id(table.metadata) in known and (above is None or above.local_table is not table):
            yield mapper, table


def tried(models: Sequence[Model], reading: Reading, config: Config) -> dict[Model, str]:
    """Why no row can be inserted without the key, "" where it can, after the project's revisions.

    They run from the first to the last in an empty database on the scratch server, each INSERT is
    rolled back. Raises RemediateError where that cannot be done at all.
    """
    if not isinstance(reading, ProjectReading):
        return {}  # nor are there models
    with scratch(config.scratch_url) as server:
        if server.system_identifier == reading.live.database.system_identifier:
            raise Refused(
                "the scratch PostgreSQL is the server of the database itself",
                "Nothing is tried there. Give another REMEDIATE_SCRATCH_URL, or none.",
            )
        theirs = roles.read(reading.libpq)
        names = (*theirs.names, probe.NOBODY)
        with claims.roles(server.url, names, theirs.members), server.database() as url:
            _build(url, reading.project, reading.environment)
            live = _catalog(url, reading.environment)
            with client.connect(client.environment(url)) as superuser:
                return {m: _reason(superuser, m, live.table_of.get(m.table)) for m in models}


def _build(url: sa.URL, project: Project, environment: Environment) -> None:
    """Make the schema as the project itself does."""
    with contextlib.chdir(project.folder), stdout_to_stderr():
        if not project.script.get_heads():
            _create_all(url, environment.metadatas)
            return
        given = environment.arguments.items()
        arguments = {k: v for k, v in given if isinstance(v, str | int | float | None)}
        runner = Runner(
            url,
            tuple(version_locations(project.script)),
            project.script.recursive_version_locations,
            environment.version_table,
            arguments,
        )
        try:
            runner.upgrade("heads")
        except RehearsalFailed as error:
            raise RehearsalFailed(
                f"this project's revisions do not run on an empty database: {error.message}",
                "Then no new database can be made of them. What they need: REMEDIATE_SCRATCH_URL "
                "names a server that has it.",
            ) from error


def _create_all(url: sa.URL, metadatas: Sequence[sa.MetaData]) -> None:
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        for metadata in metadatas:
            for schema in sorted({t.schema for t in metadata.tables.values() if t.schema}):
                connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {ident(schema)}")
            metadata.create_all(connection)


def _catalog(url: sa.URL, environment: Environment) -> Live:
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        return catalog.read(connection, environment.version_table)


def _reason(superuser: client.Connection, model: Model, table: Table | None) -> str:
    if table is None:
        return f"the project's revisions make no table {model.table}"
    for trigger in table.fill_triggers:  # the probe keeps others from getting in its way
        always = f"ALTER TABLE {table.name.sql} ENABLE ALWAYS TRIGGER {ident(trigger)}"
        superuser.execute(always.encode())
    row = probe.made_up(superuser, table, model.column)
    for attempt in probe.attempts(superuser, table, model.column, row):
        writer = attempt.writer
        by = f"INSERT INTO {writer.relation} without {model.column}, as {writer.role}"
        first, second = (probe.insert(superuser, attempt) for _ in range(2))
        refused = first if first.id is None else second
        if first.id is None or second.id is None:
            return f"{by}: {refused.refusal} ({refused.sqlstate})"
        if not _is_key(first.id):
            return f"{by}: it got {first.id}, which is no positive number"
        if first.id == second.id and not table.fill_triggers:
            return f"{by}: two rows got the same, {first.id}"
    return ""


def _is_key(id_: str) -> bool:
    if id_.lstrip("-").isdigit():
        return int(id_) > 0
    try:
        UUID(id_)
    except ValueError:
        return False
    return True
