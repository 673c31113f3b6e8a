"""What Alembic's autogenerate proposes, with the findings among it as operations of its own."""

import logging
from collections.abc import Sequence

from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import AlterColumnOp, CreateForeignKeyOp, ModifyTableOps, UpgradeOps

from remediate.commands.autogenerate import autogenerate
from remediate.findings.states import Type
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
    _supersede(upgrade_ops, repairs, comparison.default_schema)
    alone = upgrade_ops.is_empty()
    upgrade_ops.ops.insert(0, Findings(operations, engine=comparison.engine, alone=alone))


def _supersede(upgrade_ops: UpgradeOps, repairs: Sequence[Repair], default_schema: str) -> None:
    """Take out what Alembic proposes for what is repaired: types that change, and references."""
    converted = {
        (expected.relation, expected.column)
        for repair in repairs
        for expected in repair.remedy.expectations
        for state in expected.states
        if isinstance(state.before, Type) and state.before != state.after
    }
    places = [r.proposed.item.finding.place for r in repairs if r.proposed.of_reference]
    bound = {(place.table, place.column) for place in places}

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
