"""Alembic's plugin `remediate.keys`: `alembic check` and `--autogenerate` see what `plan` finds.

It is on where env.py says so: autogenerate_plugins=["alembic.autogenerate.*", "remediate.*"].
Every `import alembic` runs setup(), while Alembic itself is half imported: here only what it has
imported by then may be imported.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.runtime.plugins import Plugin
    from alembic.util import PriorityDispatchResult


def setup(plugin: "Plugin") -> None:
    """Tell Alembic of the comparator; what it needs is imported when it is called."""
    from alembic.util import DispatchPriority  # noqa: PLC0415

    plugin.add_autogenerate_comparator(
        compare, "autogenerate", "remediate", qualifier="postgresql", priority=DispatchPriority.LAST
    )


def compare(context: "AutogenContext", upgrade_ops: "UpgradeOps") -> "PriorityDispatchResult":
    """Add what the rules find in this database to the operations that Alembic found.

    Raises CommandError with the sentence of whatever stops `remediate plan`.
    """
    from alembic.util import CommandError, PriorityDispatchResult  # noqa: PLC0415

    from remediate import autogenerating  # noqa: PLC0415
    from remediate.errors import RemediateError  # noqa: PLC0415

    try:
        autogenerating.add(context, upgrade_ops)
    except RemediateError as error:
        raise CommandError(f"remediate: {error.message}. {error.hint}".rstrip()) from error
    return PriorityDispatchResult.CONTINUE
