"""What is looked at next, so that no server and no machine is asked for too much at once."""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from remediate.commands.fleet.targets import Limits, Server, Target

Task = Target | Server


@dataclass(slots=True)
class Queue:
    """Tasks that wait, by their servers, which take turns; and those that run."""

    limits: Limits
    waiting: dict[str, deque[Task]] = field(default_factory=dict)
    busy: Counter[str] = field(default_factory=Counter)  # connections to each server
    lingering: Counter[str] = field(default_factory=Counter)  # that may still be there, unused

    @property
    def size(self) -> int:
        """How many wait or run."""
        return sum(map(len, self.waiting.values())) + self.busy.total()

    def add(self, tasks: Iterable[Task]) -> None:
        for task in tasks:
            self.waiting.setdefault(task.server, deque()).append(task)

    def take(self) -> Task | None:
        """The next one that the limits allow, which runs from now on; None where none may."""
        if self.busy.total() >= self.limits.connections:
            return None
        for server, tasks in self.waiting.items():
            if self.busy[server] + self.lingering[server] < self.limits.per_server:
                task = tasks.popleft()
                del self.waiting[server]
                if tasks:  # behind the other servers
                    self.waiting[server] = tasks
                self.busy[server] += 1
                return task
        return None

    def done(self, server: str) -> None:
        """One connection less to this server."""
        self.busy[server] -= 1
