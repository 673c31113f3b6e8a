"""What a command reads at one moment: the database and the project."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from remediate.postgres.direct import Connection
from remediate.project.left_out import LeftOut
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.snapshot import Snapshot

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

    from remediate.project.project import Environment, Project

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Opened:
    """The connection that reads, and what it has read; in a project, as env.py configured it."""

    connection: Connection
    live: Live
    context: "MigrationContext | None" = None


More = Callable[[Opened], T]


@dataclass(frozen=True, slots=True)
class Reading:
    """The database and the project, as they were at one moment."""

    live: Live
    declared: Declared
    seconds: float
    libpq: dict[str, str] = field(repr=False)  # holds the password
    project: "Project | None" = None
    environment: "Environment | None" = None
    left_out: LeftOut = field(default_factory=LeftOut)
    models_read: bool = False

    @property
    def known(self) -> Snapshot:
        """The tables of the database, and those that only models declare: what can be named."""
        return Snapshot(tables=(*self.live.tables, *self.declared.tables))


@dataclass(frozen=True, slots=True)
class ProjectReading(Reading):
    """Everything that was read inside an Alembic project, through its env.py."""

    project: "Project"
    environment: "Environment"
