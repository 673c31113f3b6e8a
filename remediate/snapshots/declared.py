"""Frozen facts about models as a whole: what declares which table, and what Alembic sees of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from remediate.snapshots.history import NO_HISTORY, History
from remediate.snapshots.snapshot import Snapshot
from remediate.snapshots.tables import Name, Source


@dataclass(frozen=True, slots=True)
class Metadata:
    """A MetaData of the project."""

    name: str  # as an import finds it, "app.db.Base.metadata"; "" where only env.py knows it
    source: Source | None
    tracked: bool  # env.py gives it to Alembic
    tables: tuple[Name, ...]
    late: tuple[Name, ...] = ()  # of modules that env.py does not import


@dataclass(frozen=True, slots=True)
class Credential:
    """A line that holds the password of a database."""

    source: Source


@dataclass(frozen=True, slots=True)
class Declaration:
    """One of several that a table has."""

    metadata: str
    source: Source | None
    columns: tuple[tuple[str, str], ...]  # names and types

    @property
    def place(self) -> str:
        return f"{self.source.file}:{self.source.line}" if self.source else self.metadata


@dataclass(frozen=True, slots=True)
class DuplicateTable:
    """A table that several MetaData declare."""

    table: Name
    declarations: tuple[Declaration, ...]

    @property
    def differ(self) -> bool:
        return len({frozenset(d.columns) for d in self.declarations}) > 1


@dataclass(frozen=True, slots=True)
class UnreadModule:
    """A file with models that could not be looked at."""

    file: str
    reason: str
    verify: str = "import it in env.py"


@dataclass(frozen=True)
class Declared(Snapshot):
    """What the models declare, and what else the project's own files tell."""

    sources: Mapping[tuple[Name, str], Source] = field(default_factory=dict)  # models, and columns
    qualified: frozenset[Name] = frozenset()  # tables whose models say their schema
    metadatas: tuple[Metadata, ...] = ()
    unread_modules: tuple[UnreadModule, ...] = ()  # files with models
    duplicates: tuple[DuplicateTable, ...] = ()  # tables that several of them declare
    history: History = NO_HISTORY
    credentials: tuple[Credential, ...] = ()  # in the files of the project

    def source_of(self, table: Name, column: str | None) -> Source | None:
        """Where the model of a column is written, or that of its table."""
        return self.sources.get((table, column or "")) or self.sources.get((table, ""))
