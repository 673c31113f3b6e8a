"""Frozen facts about models as a whole: what declares which table, and what Alembic sees of it."""

from dataclasses import dataclass

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
class Twice:
    """A table that several MetaData declare."""

    table: Name
    declarations: tuple[Declaration, ...]

    @property
    def differ(self) -> bool:
        return len({frozenset(d.columns) for d in self.declarations}) > 1


@dataclass(frozen=True, slots=True)
class Missed:
    """A file with models that could not be looked at."""

    file: str
    reason: str
    verify: str = "import it in env.py"
