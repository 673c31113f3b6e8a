"""Whether databases are as a repair leaves them: its own check, run without locks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from remediate.commands.fleet.queue import Queue, Task
from remediate.commands.fleet.targets import Limits, Target
from remediate.commands.fleet.workers import Crew
from remediate.commands.leaving import difference
from remediate.errors import RemediateError
from remediate.postgres import client


@dataclass(frozen=True, slots=True)
class Asking:
    """The checks for each database, by its name: blocks that fail where it is otherwise."""

    checks: Mapping[str, tuple[str, ...]]

    def __call__(self, task: Task, _: frozenset[str] = frozenset()) -> str:
        """How a database differs; "" where it does not, or cannot be asked."""
        libpq = client.environment(sa.make_url(task.url))
        found = (difference(libpq, check) for check in self.checks[task.name])
        try:
            return next(filter(None, found), "")
        except RemediateError:  # a standby, or no right: the upgrade asks again
            return ""


def differences(
    limits: Limits, targets: Iterable[Target], checks: Mapping[str, tuple[str, ...]]
) -> Mapping[str, str]:
    """How those of the databases differ that do, by their names; each is asked its own checks."""
    queue = Queue(limits)
    queue.add(one for one in targets if one.name in checks)
    results = Crew(Asking(checks), queue).results()
    return {task.name: told for task, told in results if isinstance(told, str) and told}
