"""What Alembic's autogenerate proposes, with the findings among it as operations of its own."""

import logging
from collections.abc import Container, Iterator, Sequence

from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import (
    AlterColumnOp,
    CreateForeignKeyOp,
    DropIndexOp,
    ModifyTableOps,
    UpgradeOps,
)

from remediate.commands.autogenerate import Comparison, autogenerate
from remediate.findings.states import NotNull, Type
from remediate.plugins.operations import Findings, Note, Repair
from remediate.snapshots.tables import Name

# Below Alembic's own, so that fileConfig() of env.py leaves it alone.
_log = logging.getLogger("alembic.autogenerate.remediate")


def add(context: AutogenContext, upgrade_ops: UpgradeOps) -> None:
    """Add one operation for each finding, before all others.

    What Alembic itself proposes for the same column or reference is taken out: it would be done
    twice. Raises RemediateError for what stops `remediate plan`.
    """
    comparison = autogenerate(context.migration_context, context.metadata)
    operations = [
        Repair(one, one.repair) if one.repair else Note(one) for one in comparison.operations
    ]
    for operation in operations:
        _log.info("Detected %s", operation.line)
    if comparison.unverified:
        _log.warning("%d places not verified; see: remediate plan", comparison.unverified)
    if not operations:
        return
    repairs = [o for o in operations if isinstance(o, Repair)]
    _supersede(upgrade_ops, repairs, comparison)
    alone = upgrade_ops.is_empty()
    upgrade_ops.ops.insert(0, Findings(operations, engine=comparison.engine, alone=alone))


def _supersede(upgrade_ops: UpgradeOps, repairs: Sequence[Repair], comparison: Comparison) -> None:
    """Take out what Alembic proposes for what is repaired, and references that nothing can hold.

    These are types and NOT NULL that change, references, and indexes that become a key's.
    """
    default_schema = comparison.default_schema
    proposed = [(repair.proposed, repair.proposed.item.finding.place) for repair in repairs]
    bound = {(place.table, place.column) for one, place in proposed if one.of_reference}
    used = {(place.table, one.index_of_key) for one, place in proposed if one.index_of_key}
    changed = set(_changed(repairs))

    def is_done(one: object) -> bool:
        if isinstance(one, CreateForeignKeyOp):
            table = Name(one.kw.get("source_schema") or default_schema, one.source_table)
            target = Name(one.kw.get("referent_schema") or default_schema, one.referent_table)
            ours = len(one.local_cols) == 1 and (table, one.local_cols[0]) in bound
            return ours or (target, frozenset(one.remote_cols)) in comparison.keyless
        if isinstance(one, DropIndexOp):
            table = Name(one.schema or default_schema, one.table_name or "")
            return (table, one.index_name) in used
        if not isinstance(one, AlterColumnOp):
            return False
        place = (Name(one.schema or default_schema, one.table_name), one.column_name)
        return _is_nothing(one, {kind for kind, where in changed if where == place})

    for change in upgrade_ops.ops:
        if isinstance(change, ModifyTableOps):
            change.ops[:] = [one for one in change.ops if not is_done(one)]
    upgrade_ops.ops[:] = [
        one for one in upgrade_ops.ops if not isinstance(one, ModifyTableOps) or one.ops
    ]


def _is_nothing(change: AlterColumnOp, repaired: Container[type]) -> bool:
    """Whether nothing is left of the change once these states are left to a repair."""
    if Type in repaired:
        change.modify_type = None
    if NotNull in repaired:
        change.modify_nullable = None
    return not change.has_changes()


def _changed(repairs: Sequence[Repair]) -> Iterator[tuple[type, tuple[Name, str]]]:
    """The kinds of states that are others after the repairs, with their columns."""
    for repair in repairs:
        for expected in repair.remedy.expectations:
            for state in expected.states:
                if state.before != state.after:
                    yield type(state.before), (expected.relation, expected.column)
