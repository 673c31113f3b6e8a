"""INSERT for each mapped class whose key the database is to generate, on a scratch PostgreSQL."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapper

from remediate.commands.staging import Wanted, staged
from remediate.config import Config
from remediate.errors import RehearsalFailed
from remediate.postgres import client
from remediate.postgres.sql import ident
from remediate.project.reading import ProjectReading, Reading
from remediate.rehearsal import earlier, probe
from remediate.rehearsal.candidate import Trial
from remediate.rehearsal.earlier import Stuck
from remediate.rehearsal.scratch import scratch
from remediate.snapshots.tables import Generator, Name, Table


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


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of an INSERT into the table of each model."""

    reasons: Mapping[Model, str]  # why it fails; "" where it works
    instead: str = ""  # where it was tried, if not in a database that the revisions make


def tried(models: Sequence[Model], reading: Reading, config: Config, done: Sequence[str]) -> Tried:
    """Why no row can be inserted without the key, "" where it can, after the project's revisions.

    They run from the first to the last in an empty database on the scratch server; where they do
    not, those that wait run on the schema of the live database, without `done`, which psql has run
    there. Each INSERT is rolled back. Raises RemediateError where that cannot be done at all.
    """
    if not isinstance(reading, ProjectReading):
        return Tried({})  # nor are there models
    given = reading.environment.arguments.items()
    plain = {k: v for k, v in given if isinstance(v, str | int | float | None)}
    history = reading.declared.history.stamped(done)
    wanted = Wanted(reading, history, config, plain, timeout=_LONGEST)
    with scratch(config.scratch_url, reading.live.database.version // 10000) as server:
        with staged(wanted, server, empty=True) as trial:
            stuck = _build(wanted, trial)
            if stuck is None:
                return Tried(_reasons(models, trial))
        if not wanted.heads:
            raise _not_run(stuck.why)
        with staged(wanted, server, empty=False) as trial:
            waiting = [wanted.candidate(r) for r in wanted.history.waiting]
            if again := earlier.forward(waiting, trial):
                raise _not_run(f"{stuck.why}, nor on the schema of the live one: {again.why}")
            return Tried(_reasons(models, trial), _INSTEAD.format(stuck.why))


_LONGEST = 600  # seconds that a statement may take
_INSTEAD = (
    "Tried on the schema of the live database: this project's revisions do not run on an empty "
    "database ({})."
)


def _build(wanted: Wanted, trial: Trial) -> Stuck | None:
    """Make the schema as the project itself does; what stops it."""
    history = wanted.history
    if not history.revisions:
        _create_all(trial.stage.url, wanted.reading.environment.metadatas)
        return None
    return earlier.forward([wanted.candidate(r) for r in history.in_order], trial)


def _not_run(why: str) -> RehearsalFailed:
    return RehearsalFailed(
        f"this project's revisions do not run on an empty database: {why}",
        "So they cannot create a new database. If the server lacks what they need, let "
        "REMEDIATE_SCRATCH_URL name one that has it.",
    )


def _create_all(url: sa.URL, metadatas: Sequence[sa.MetaData]) -> None:
    with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
        for metadata in metadatas:
            for schema in sorted({t.schema for t in metadata.tables.values() if t.schema}):
                connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {ident(schema)}")
            metadata.create_all(connection)


def _reasons(models: Sequence[Model], trial: Trial) -> Mapping[Model, str]:
    live, _ = trial.look()
    superuser = trial.stage.superuser
    return {model: _reason(superuser, model, live.table_of.get(model.table)) for model in models}


def _reason(superuser: client.Connection, model: Model, table: Table | None) -> str:
    if table is None:
        return f"the project's revisions create no table {model.table}"
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
