"""What the database holds at one moment, as one role sees it."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain

from remediate.postgres.sql import numbered, serial_name
from remediate.snapshots.admission import NOTHING_KNOWN, Admission
from remediate.snapshots.documents import NO_DOCUMENTS, Documents
from remediate.snapshots.marks import Mark
from remediate.snapshots.members import Member
from remediate.snapshots.new_tables import NOTHING_UNMADE, Unmade
from remediate.snapshots.references import Candidate, Ends, ForeignKey, Omitted
from remediate.snapshots.rights import Right
from remediate.snapshots.snapshot import Snapshot, grouped
from remediate.snapshots.tables import Column, Generator, Name, Sequence, Table
from remediate.system.words import forms


@dataclass(frozen=True, slots=True)
class DatabaseIdentity:
    """The database that was read."""

    name: str
    host: str  # host:port, never the URL
    version: int  # server_version_num, e.g. 180006
    system_identifier: str  # of pg_control_system(); "" where the role may not ask

    @property
    def version_text(self) -> str:
        """Major and minor version, e.g. 18.6."""
        return f"{self.version // 10000}.{self.version % 10000}"

    @property
    def printed_by(self) -> str:
        """What tells whether two definitions can be compared as text; "" where that is unknown."""
        parts = f"{self.version}\n{self.name}\n{self.system_identifier}"
        return hashlib.sha256(parts.encode()).hexdigest()[:16] if self.system_identifier else ""


@dataclass(frozen=True, slots=True)
class Database(DatabaseIdentity):
    """The database that was read, and the role that read it."""

    role: str
    superuser: bool = False
    default_schema: str = "public"
    search_path: tuple[str, ...] = ("public",)  # of the session, existing schemas only
    statistics_days: float | None = None  # since the statistics were reset; None: unknown
    subscriptions: tuple[str, ...] = ()  # of logical replication, by which it receives rows

    @property
    def identity(self) -> DatabaseIdentity:
        """What tells it from other databases."""
        return DatabaseIdentity(self.name, self.host, self.version, self.system_identifier)


# How many keys there are, and are generated: by schema or table, columns of the key, and column.
Counts = dict[tuple[str, frozenset[str], str], tuple[int, int]]
NO_DATABASE = Database(name="", host="", version=0, system_identifier="", role="")


@dataclass(frozen=True, slots=True)
class Unread:
    """A fact that could not be read: why, and the statement to verify it with."""

    table: Name
    column: str
    reason: str
    verify: str


@dataclass(frozen=True, slots=True)
class LostSequence:
    """A sequence that a default draws from and that does not exist."""

    function: str  # that names it, with its arguments; "" where the default itself does
    sequence: Name
    always: bool  # the default cannot run without it, whatever happens
    plain: bool  # the function gives its next value, and does nothing else


@dataclass(frozen=True)
class Live(Snapshot):
    """The tables, sequences and foreign keys of the catalog, and the values of suspect columns."""

    database: Database = NO_DATABASE
    taken_names: frozenset[Name] = frozenset()  # relations, named like what repairs make
    search_paths: tuple[tuple[str, tuple[str, ...]], ...] = ()  # of the roles for which one is set
    nullable: frozenset[tuple[Name, str]] = frozenset()  # columns of foreign keys that may be NULL
    candidates: tuple[Candidate, ...] = ()  # columns that seem to reference a key
    orphans: Mapping[tuple[Name, str], int] = field(default_factory=dict)  # by constraint
    absent: tuple[ForeignKey, ...] = ()  # declared by models, and no candidate covers them
    referable: Mapping[Name, frozenset[frozenset[str]]] = field(default_factory=dict)  # unique sets
    constraint_names: Mapping[Name, frozenset[str]] = field(default_factory=dict)
    owners_lack: Mapping[Name, tuple[str, ...]] = field(default_factory=dict)  # of their own tables
    role_lacks: Mapping[Name, tuple[Right, ...]] = field(default_factory=dict)  # who reads
    omitted: Mapping[Ends, tuple[Omitted, ...]] = field(default_factory=dict)  # defaults there
    members: Mapping[tuple[Name, str], Member] = field(default_factory=dict)
    lost: Mapping[tuple[Name, str], LostSequence] = field(default_factory=dict)
    marks: Mapping[tuple[Name, str], tuple[Mark, ...]] = field(default_factory=dict)
    documents: Documents = NO_DOCUMENTS
    admission: Admission = NOTHING_KNOWN
    unread: tuple[Unread, ...] = ()
    unmade: Unmade = NOTHING_UNMADE  # tables that models declare, and that are not there

    def without(self, tables: Collection[Name]) -> "Live":
        """The same without these tables."""
        return replace(self, tables=tuple(t for t in self.tables if t.name not in tables))

    def with_marks(self, more: Mapping[tuple[Name, str], tuple[Mark, ...]]) -> "Live":
        """The same with these, too."""
        places = self.marks.keys() | more.keys()
        marks = {p: (*more.get(p, ()), *self.marks.get(p, ())) for p in places}
        return replace(self, marks=marks)

    @cached_property
    def some_subscribed(self) -> bool:
        """Whether it is known which tables receive rows by logical replication."""
        return any(table.subscribed for table in self.tables)

    @cached_property
    def sequence_of(self) -> dict[Name, Sequence]:
        """The sequences by name."""
        return {s.name: s for s in self.sequences}

    @cached_property
    def called_sequences(self) -> frozenset[str]:
        """The names of sequences, in whatever schema."""
        return frozenset(name.name for name in self.sequence_of)

    @cached_property
    def taken(self) -> frozenset[Name]:
        """What a new sequence or table cannot be called, as far as it was asked for."""
        return self.taken_names | self.sequence_of.keys() | self.table_of.keys()

    @cached_property
    def inherited(self) -> frozenset[Name]:
        """The tables with children by plain inheritance, whose rows no foreign key counts in."""
        return frozenset(t.name for t in self.tables if t.children and not t.partitioned)

    @cached_property
    def new_sequence_names(self) -> dict[tuple[Name, str], Name]:
        """The name of a new sequence for each column that owns none; no two are equal.

        As serial calls it, but without the quote of a table or column: where the name in nextval()
        has one, Alembic looks for a sequence of two, and `alembic check` fails (1.20).
        """
        taken: dict[str, set[str]] = {}
        for schema, name in self.taken_names:
            taken.setdefault(schema, set()).add(name)
        found = {}
        for table in self.tables:
            names = taken.setdefault(table.name.schema, set())
            for column in table.columns:
                if not column.owned:
                    base, key = (n.replace("'", "_") for n in (table.name.name, column.name))
                    new = serial_name(base, key, names)
                    names.add(new)
                    found[table.name, column.name] = Name(table.name.schema, new)
        return found

    @cached_property
    def kept_names(self) -> frozenset[Name]:
        """The names that new sequences may get."""
        return frozenset(self.new_sequence_names.values())

    @cached_property
    def new_reference_names(self) -> dict[tuple[Name, str], str]:
        """The name of each candidate's foreign key: the models', or PostgreSQL's for its columns.

        It is no other's of the schema, nor that of another constraint or candidate of the table.
        """
        taken = {(fk.table.schema, fk.name) for fks in self.references.values() for fk in fks}
        given = {c.table: {*self.constraint_names.get(c.table, ())} for c in self.candidates}
        found = {}
        for one in self.candidates:
            own = [one.model_name] if one.model_name else []
            for name in chain(own, numbered(one.table.name, one.column, "fkey")):
                if (one.table.schema, name) not in taken and name not in given[one.table]:
                    break
            given[one.table].add(name)
            found[one.table, one.column] = name
        return found

    @cached_property
    def new_backup_names(self) -> dict[tuple[Name, str], Name]:
        """The table that keeps the former values of each candidate; no two are equal."""
        taken = {*self.taken}
        found = {}
        for one in self.candidates:
            names = numbered(one.table.name, one.column, "before")
            name = next(n for text in names if (n := Name(one.table.schema, text)) not in taken)
            taken.add(name)
            found[one.table, one.column] = name
        return found

    @cached_property
    def fed(self) -> dict[Name, tuple[tuple[Table, Column], ...]]:
        """The columns that each sequence feeds; the root of a partition stands for it."""
        found: dict[Name, list[tuple[Table, Column]]] = {}
        for table in self.tables:
            for column in table.columns:
                sequence = drawn_from(column, self)
                if sequence and not self._fed_by_root(table, column):
                    found.setdefault(sequence.name, []).append((table, column))
        return {name: tuple(columns) for name, columns in found.items()}

    def _fed_by_root(self, table: Table, column: Column) -> bool:
        if table.partition_of is None:
            return False
        root = self.root(table)
        return root.has(column.name) and root.column(column.name).sequences == column.sequences

    def root(self, table: Table) -> Table:
        """The partitioned table at the top, or the table itself."""
        while table.partition_of in self.table_of:
            table = self.table_of[table.partition_of]
        return table

    @cached_property
    def keys_added_later(self) -> bool:
        """Whether there are several suspect keys, each added after its table, as a restore does."""
        known = [t.origin for t in self.tables if t.origin.key_constraint]
        return len(known) > 1 and not any(origin.key_inline for origin in known)

    @cached_property
    def generated_keys(self) -> Counts:
        """How many integer columns of keys exist in a schema, and are generated."""
        return self._counted(lambda name: name.schema)

    @cached_property
    def generating(self) -> frozenset[str]:
        """The schemas in which an integer key is generated."""
        return frozenset(schema for (schema, *_), (_, n) in self.generated_keys.items() if n)

    @cached_property
    def namesakes(self) -> Counts:
        """The same by the table's name, in all schemas together."""
        return self._counted(lambda name: name.name)

    def _counted(self, by: Callable[[Name], str]) -> Counts:
        counts: Counts = {}
        for table in self.tables:
            for column in map(table.column, table.key):
                if table.partition_of is not None or not column.is_integer:
                    continue
                place = (by(table.name), frozenset(table.key), column.name)
                total, generated = counts.get(place, (0, 0))
                works = column.generator in (Generator.SEQUENCE, Generator.IDENTITY)
                counts[place] = (total + 1, generated + works)
        return counts

    @cached_property
    def named_like(self) -> dict[str, Name]:
        """A table for each name, in snake case and singular."""
        return {form: t.name for t in reversed(self.tables) for form in forms(t.name.name)}

    def ancestors(self, table: Table) -> frozenset[Name]:
        """The partitioned tables and inheritance parents of a table, at any distance."""
        parents = {*table.inherits, *((table.partition_of,) if table.partition_of else ())}
        known = [self.table_of[name] for name in parents if name in self.table_of]
        return frozenset(parents).union(*(self.ancestors(parent) for parent in known))

    def may_be_null(self, fk: ForeignKey) -> bool:
        """Whether a row may be without one that the foreign key references."""
        return any((fk.table, column) in self.nullable for column in fk.columns)

    @cached_property
    def referrers(self) -> dict[Name, tuple[ForeignKey, ...]]:
        """The foreign keys that reference each table."""
        return grouped((fk.target, fk) for fk in self.foreign_keys)


def drawn_from(column: Column, live: Live) -> Sequence | None:
    """The sequence whose next value becomes the value of the column, unchanged."""
    if column.called is not None:
        return live.sequence_of.get(column.called)
    drawing = (Generator.SEQUENCE, Generator.IDENTITY)
    if column.generator not in drawing or not column.sequences:
        return None
    return live.sequence_of.get(column.sequences[0])


def family(table: Table, live: Live) -> tuple[Table, ...]:
    """The table with its partitions and inheritance children, at any depth."""
    below = (family(live.table_of[child], live) for child in table.children)
    return (table, *(relation for relations in below for relation in relations))
