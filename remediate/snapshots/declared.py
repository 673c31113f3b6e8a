"""What the models declare: the MetaData and their tables, and the sources of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from remediate.snapshots.exposed import Exposed
from remediate.snapshots.history import NO_HISTORY, History
from remediate.snapshots.new_tables import NewTable
from remediate.snapshots.snapshot import Snapshot, grouped
from remediate.snapshots.tables import Name, Source
from remediate.snapshots.uses import Uses


@dataclass(frozen=True, slots=True)
class Metadata:
    """A MetaData of the project."""

    name: str  # as code imports it, "app.db.Base.metadata"; "" if only env.py has it
    source: Source | None
    tracked: bool  # env.py hands it to Alembic
    tables: tuple[Name, ...]
    late: tuple[Name, ...] = ()  # tables of modules that env.py does not import


@dataclass(frozen=True, slots=True)
class Credential:
    """A line that holds a password."""

    source: Source


@dataclass(frozen=True, slots=True)
class Declaration:
    """One of the several declarations of a table."""

    metadata: str
    source: Source | None
    columns: tuple[tuple[str, str], ...]  # names and types

    @property
    def place(self) -> str:
        """file:line, else the name of the MetaData."""
        named = self.metadata or "MetaData"
        return f"{self.source.file}:{self.source.line}" if self.source else named


UNDECIDED = (
    "several models declare this table: decide which of them is right, and delete the others"
)


@dataclass(frozen=True, slots=True)
class DuplicateTable:
    """A table that several MetaData declare."""

    table: Name
    declarations: tuple[Declaration, ...]

    @property
    def differ(self) -> bool:
        """Whether the declarations have different columns."""
        return len({frozenset(d.columns) for d in self.declarations}) > 1


@dataclass(frozen=True, slots=True)
class UnreadModule:
    """A file with models that were not read: why, and how to have them read."""

    file: str
    reason: str
    verify: str = "import it in env.py"
    stops_alembic: bool = False  # which loads it with the revisions


@dataclass(frozen=True)
class Declared(Snapshot):
    """What the models declare, and the other facts from the files of the project."""

    sources: Mapping[tuple[Name, str], Source] = field(
        default_factory=dict
    )  # of models and columns
    key_names: Mapping[Name, str] = field(
        default_factory=dict
    )  # of primary keys, where the models or their naming convention name them
    qualified: frozenset[Name] = frozenset()  # tables whose models name their schema
    metadatas: tuple[Metadata, ...] = ()
    unread_modules: tuple[UnreadModule, ...] = ()
    duplicates: tuple[DuplicateTable, ...] = ()
    history: History = NO_HISTORY
    credentials: tuple[Credential, ...] = ()
    exposed: Exposed | None = None  # None: git was not asked
    new_tables: Mapping[Name, NewTable] = field(
        default_factory=dict
    )  # every table as a revision would create it
    uses: Mapping[Name, Uses] = field(default_factory=dict)  # of models without a table, by code

    @cached_property
    def naming(self) -> Mapping[Name, tuple[tuple[Name, str], ...]]:
        """The columns of keys for which models name each sequence."""
        return grouped(
            (s, (t.name, c.name)) for t in self.tables for c in t.columns for s in c.sequences
        )

    @cached_property
    def undecided(self) -> frozenset[Name]:
        """The tables of which nobody knows which model is right."""
        return frozenset(one.table for one in self.duplicates if one.differ)

    def source_of(self, table: Name, column: str | None) -> Source | None:
        """The source of a column in its model, else that of the model."""
        return self.sources.get((table, column or "")) or self.sources.get((table, ""))
