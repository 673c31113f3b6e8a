"""Alembic's plugin `remediate.keys`: `alembic check` and `--autogenerate` see what `plan` finds.

It is on where env.py says so: autogenerate_plugins=["alembic.autogenerate.*", "remediate.*"].
Every `import alembic` runs setup(), while Alembic itself is half imported: here only what it has
imported by then may be imported.
"""

import sys
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from alembic.operations.ops import UpgradeOps
    from alembic.runtime.plugins import Plugin
    from alembic.util import PriorityDispatchResult


class _Plugins(ModuleType):
    """This module as the only one of a collection.

    Alembic 1.18.0 to 1.20.0 iterates over what an entry point names, so that a plain module breaks
    every import of it; 1.20.1 wants a module, and warns of a collection (#1873).
    """

    def __iter__(self) -> Iterator[ModuleType]:
        yield self


sys.modules[__name__].__class__ = _Plugins


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

    from remediate.errors import RemediateError  # noqa: PLC0415
    from remediate.plugins import comparison  # noqa: PLC0415
    from remediate.system.secrets import veil  # noqa: PLC0415

    try:
        comparison.add(context, upgrade_ops)
    except RemediateError as error:
        raise CommandError(veil(f"remediate: {error.message}. {error.hint}".rstrip())) from error
    return PriorityDispatchResult.CONTINUE
