"""`remediate plan`: what is wrong with the keys, and what would be done about it."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from remediate.config import Config
from remediate.plans.plan import Plan
from remediate.project.inspection import read_with
from remediate.project.reading import Opened, Reading

if TYPE_CHECKING:
    from remediate.snapshots.digest import Digest


def plan(config: Config, *, for_later: bool = False) -> Plan:
    """What is wrong with the keys, and what would be done about it. Reads only.

    A plan that is saved `for_later` also holds what exists, for `verify` to compare with.
    Raises UsageProblem where there is neither a project nor a database URL, and for a table or rule
    that does not exist; DatabaseProblem where the database cannot be read.
    """
    # Importing what judges takes as long as reading a hundred tables: both at once.
    reading, catalog = read_with(config, _digest if for_later else _nothing, beside=_judging)
    return replace(_judging()(reading, config), catalog=catalog)


def _judging() -> Callable[[Reading, Config], Plan]:
    from remediate.commands.planning import planned  # noqa: PLC0415

    return planned


def _digest(opened: Opened) -> "Digest":
    from remediate.commands.since import digest_of  # noqa: PLC0415  (few plans are saved)

    return digest_of(opened)


def _nothing(_: Opened) -> None:
    return None
