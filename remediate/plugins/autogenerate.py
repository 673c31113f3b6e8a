"""What Alembic's autogenerate learns of keys and references: findings as its operations."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import AlterColumnOp, CreateForeignKeyOp, ModifyTableOps, UpgradeOps
from alembic.runtime.migration import MigrationContext

from remediate.catalog import catalog
from remediate.commands.plan import planned
from remediate.config import Config, load
from remediate.errors import Refused
from remediate.findings.finding import Confidence, Severity
from remediate.findings.remedy import Manual, Remedy
from remediate.findings.states import Type
from remediate.plans.approval import ROWS_A_REVISION, TABLES_A_REVISION, check_hazards
from remediate.plans.plan import Item
from remediate.plugins.operations import Findings, Note, Repair
from remediate.postgres.connections import sqlstate
from remediate.project import filters, history, metadatas, models, translation
from remediate.project.filters import LeftOut
from remediate.project.inspection import Reading, enrich
from remediate.project.metadatas import Discovery, ProjectMetadata
from remediate.project.project import Environment, engine_name
from remediate.revisions.script import script
from remediate.rules import of_reference
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name

# Below Alembic's own, so that fileConfig() of env.py leaves it alone.
_log = logging.getLogger("alembic.autogenerate.remediate")


def add(context: AutogenContext, upgrade_ops: UpgradeOps) -> None:
    """Add one operation for each finding, before all others; the connection stays as it was.

    What Alembic itself proposes for the same column or reference is taken out: it would be done
    twice. Raises RemediateError for what stops `remediate plan`.
    """
    connection = context.connection
    if connection is None:
        return
    migration = context.migration_context
    config = load(_folder(migration))
    with _undisturbed(connection):
        reading = _read(migration, context.metadata, config)
    plan = planned(reading, config)
    operations = [*_operations([i for i in plan.items if _is_told(i, config)], config)]
    for operation in operations:
        _log.info("Detected %s", operation.line)
    if plan.unverified:
        _log.warning("%d places not verified; see: remediate plan", len(plan.unverified))
    if not operations:
        return
    repairs = [o for o in operations if isinstance(o, Repair)]
    _supersede(upgrade_ops, repairs, reading.live.database.default_schema)
    upgrade_ops.ops.insert(
        0, Findings(operations, engine=_engine(migration), alone=upgrade_ops.is_empty())
    )


@contextmanager
def _undisturbed(connection: sa.Connection) -> Iterator[None]:
    """Reading makes a transaction read-only, and sets a search_path, until it ends: this one."""
    try:
        savepoint = connection.begin_nested()
    except sa.exc.DBAPIError as error:
        if sqlstate(error) != "25P01":
            raise
        yield  # in autocommit, where each reading opens a transaction of its own
        return
    try:
        yield
    finally:
        if not connection.invalidated:
            savepoint.rollback()


def _folder(migration: MigrationContext) -> Path:
    """Where `remediate plan` would look for its settings."""
    config = migration.config
    file = (config.config_file_name or config.toml_file_name) if config else None
    return Path(file).resolve().parent if file else Path.cwd()


def _read(migration: MigrationContext, metadata: object, config: Config) -> Reading:
    connection = migration.connection
    assert connection is not None  # noqa: S101  (add() has looked)
    several = metadata if isinstance(metadata, Sequence) else [metadata]
    tracked = tuple(m for m in several if isinstance(m, sa.MetaData))
    environment = Environment(
        engine="",
        heads=tuple(migration.get_current_heads()),
        metadatas=tracked,
        version_table=Name(migration.version_table_schema or "", migration.version_table),
        upgrade_token="",
        downgrade_token="",
        arguments={},
    )
    left_out = filters.left_out(migration, tracked)
    live = catalog.read(connection, environment.version_table)
    declared = translation.read(partial(_models, migration, tracked), live, connection)
    if migration.script is not None:
        past = history.of_project(
            migration.script, connection, environment, live.database.default_schema
        )
        declared = replace(declared, history=past)
    live = enrich(connection, live, declared, config)
    left_out = left_out if migration.opts.get("include_schemas") else _of_others(left_out, live)
    return Reading(live, declared, 0.0, {}, None, environment, left_out)


def _engine(migration: MigrationContext) -> str:
    """What env.py calls the database; "" where it has one for all."""
    return engine_name(migration) if _is_of_several(migration) else ""


def _is_of_several(migration: MigrationContext) -> bool:
    return bool(migration.opts.get("upgrade_token", "upgrades") != "upgrades")


def _models(migration: MigrationContext, tracked: tuple[sa.MetaData, ...], schema: str) -> Declared:
    """Those that are imported: here nothing else of the project is."""
    if migration.script is None:
        known = tuple(ProjectMetadata(m, "", None, tracked=True) for m in tracked)
        return models.read(Discovery(known), schema)
    folder = _folder(migration)
    # Files below the second folder are never imported.
    found = replace(metadatas.discover(tracked, folder, folder), unread=())
    if _is_of_several(migration):
        found = replace(found, metadatas=tuple(m for m in found.metadatas if m.tracked))
    return models.read(found, schema)


def _of_others(left_out: LeftOut, live: Live) -> LeftOut:
    """With the tables of other schemas, at which autogenerate does not look."""
    others = {n for n in live.table_of if n.schema != live.database.default_schema}
    return replace(left_out, tables=left_out.tables | others)


def _is_told(item: Item, config: Config) -> bool:
    selected = {code.upper() for code in config.select}
    return item.finding.severity is not Severity.INFO or item.finding.rule in selected


def _operations(items: Sequence[Item], config: Config) -> Iterator[Repair | Note]:
    """A repair for what one script can do, a note for the rest."""
    reasons = {item.finding.id: _reason(item, config) for item in items}
    chosen: list[Remedy] = []
    for item in items:
        if isinstance(item.remedy, Remedy) and not reasons[item.finding.id]:
            reasons[item.finding.id] = _conflict(item.remedy, chosen)
            chosen += [item.remedy] if not reasons[item.finding.id] else []
    for item in items:
        reason = reasons[item.finding.id]
        yield Note(item, reason) if reason else Repair(item)


def _reason(item: Item, config: Config) -> str:
    """Why it is none of an autogenerated revision's business; "" where it is."""
    if isinstance(item.remedy, Manual):
        return f"by hand: {item.remedy.reason}"
    if item.finding.confidence is Confidence.POSSIBLE:
        return f"only possible; approve it: remediate generate --approve {item.finding.id!r}"
    if not item.remedy.steps:
        return "it runs in autocommit: `remediate generate` writes it"
    try:
        check_hazards([item], config.allow)
    except Refused as error:
        return f"{error.message}; {error.hint}"
    return ""


def _conflict(remedy: Remedy, others: Sequence[Remedy]) -> str:
    rows = sum(other.rows for other in others)
    if len(others) >= TABLES_A_REVISION or (rows and rows + remedy.rows > ROWS_A_REVISION):
        return "too much for one revision: `remediate generate` writes several"
    try:
        script([*others, remedy])
    except Refused as error:
        return error.message
    return ""


def _supersede(upgrade_ops: UpgradeOps, repairs: Sequence[Repair], default_schema: str) -> None:
    """Take out what Alembic proposes for what is repaired: types that change, and references."""
    converted = {
        (expected.relation, expected.column)
        for repair in repairs
        for expected in repair.remedy.expectations
        for state in expected.states
        if isinstance(state.before, Type) and state.before != state.after
    }
    findings = [repair.item.finding for repair in repairs]
    bound = {(f.place.table, f.place.column) for f in findings if of_reference(f.rule)}

    def is_done(one: object) -> bool:
        if isinstance(one, CreateForeignKeyOp):
            table = Name(one.kw.get("source_schema") or default_schema, one.source_table)
            return len(one.local_cols) == 1 and (table, one.local_cols[0]) in bound
        if not isinstance(one, AlterColumnOp):
            return False
        if (Name(one.schema or default_schema, one.table_name), one.column_name) in converted:
            one.modify_type = None
        return not one.has_changes()

    for change in upgrade_ops.ops:
        if isinstance(change, ModifyTableOps):
            change.ops[:] = [one for one in change.ops if not is_done(one)]
    upgrade_ops.ops[:] = [
        one for one in upgrade_ops.ops if not isinstance(one, ModifyTableOps) or one.ops
    ]
