"""A file of DDL as the reference: what the database lacks of it, or has otherwise."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remediate.analysis.audit.ddl_columns import Lack, of_column, written
from remediate.analysis.revisions import full_name
from remediate.snapshots.live import Live
from remediate.snapshots.snapshot import grouped
from remediate.snapshots.structure import NO_ACTION, NO_ACTIONS, Index, Structure
from remediate.snapshots.tables import Location, Name

if TYPE_CHECKING:
    from remediate.lint.paper import Paper
    from remediate.lint.paper_tables import (
        PaperIndex,
        PaperReference,
        PaperTable,
    )


Found = tuple[Lack, str, str, str]  # of what; what the file has, and the database


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that the file has otherwise than the database."""

    kind: Lack
    table: Name
    what: str  # columns, or an index
    file: str  # what the file has; "" where that is the thing itself
    database: str  # what the database has; "" where that is nothing
    source: Location


@dataclass(frozen=True, slots=True)
class Skipped:
    """A statement of the file that is not compared, by its first words."""

    words: str
    source: Location


@dataclass(frozen=True, slots=True)
class Ddl:
    """What the files declare, compared with the database."""

    files: tuple[str, ...]
    tables: int  # that the files declare
    indexes: int
    differences: tuple[Difference, ...]
    skipped: tuple[Skipped, ...]


def ddl(
    papers: Sequence[tuple[str, "Paper"]],
    live: Live,
    structure: Structure,
    indexes: Sequence[Index],
    inside: Callable[[Name], bool],
) -> Ddl:
    """Each file in turn, of the tables inside. A name without schema is of the default one."""
    of_table = grouped((index.table, index) for index in indexes)
    pairs = [(_Comparison(file, live, structure, of_table), paper) for file, paper in papers]
    return Ddl(
        tuple(file for file, _ in papers),
        sum(len(paper.tables) for _, paper in papers),
        sum(len(paper.indexes) for _, paper in papers),
        _by_table(d for one, paper in pairs for d in one.differences(paper) if inside(d.table)),
        tuple(
            Skipped(left.words, Location(file, left.line))
            for file, paper in papers
            for left in paper.left
        ),
    )


def _by_table(differences: Iterable[Difference]) -> tuple[Difference, ...]:
    """Those of a table together, in the order of the files."""
    found: dict[Name, list[Difference]] = {}
    for one in differences:
        found.setdefault(one.table, []).append(one)
    return tuple(one for those in found.values() for one in those)


_NO_TABLE = "no table of this name"


@dataclass(frozen=True, slots=True)
class _Comparison:
    file: str
    live: Live
    structure: Structure
    indexes: Mapping[Name, tuple[Index, ...]]

    def differences(self, paper: "Paper") -> Iterator[Difference]:
        for table in paper.tables:
            yield from self._of_table(table)
        declared = {full_name(table.name, self.live) for table in paper.tables}
        for index in paper.indexes:
            name = full_name(index.table, self.live)
            if name in self.live.table_of or name not in declared:  # else its table is named
                yield from self._of_index(name, index)

    def _of_table(self, table: "PaperTable") -> Iterator[Difference]:
        name, source = full_name(table.name, self.live), Location(self.file, table.line)
        if name not in self.live.table_of:
            columns = f"{len(table.columns)} columns"
            yield Difference(Lack.TABLE, name, "", columns, "", source)
        elif not self._is_partition(name):
            for kind, what, file, database in (
                *self._of_columns(name, table),
                *self._of_keys(name, table),
            ):
                yield Difference(kind, name, what, file, database, source)

    def _of_columns(self, name: Name, table: "PaperTable") -> Iterator[Found]:
        there = {column.name: column for column in self.structure.by_table.get(name, ())}
        for column in table.columns:
            if column.name not in there:
                yield Lack.COLUMN, column.name, written(column), ""
            else:
                for kind, file, database in of_column(column, there[column.name]):
                    yield kind, column.name, file, database
        known = {column.name for column in table.columns}
        for more in (there[own] for own in there if own not in known):
            yield Lack.MORE, more.name, "", more.type

    def _is_partition(self, name: Name) -> bool:
        """For which its root speaks."""
        return self.live.table_of[name].partition_of is not None

    def _of_keys(self, name: Name, table: "PaperTable") -> Iterator[Found]:
        key = self.live.table_of[name].key
        if table.key and set(table.key) != set(key):
            yield Lack.KEY, ", ".join(table.key), "", ", ".join(key)
        there = self.indexes.get(name, ())
        unique = {frozenset(one.columns) for one in there if _is_unique(one)}
        for columns in table.uniques:
            if frozenset(columns) not in unique:
                yield Lack.UNIQUE, ", ".join(columns), "", ""
        for reference in table.references:
            yield from self._of_reference(name, reference)

    def _of_reference(self, name: Name, reference: "PaperReference") -> Iterator[Found]:
        """A foreign key of these columns to that table, whatever its name."""
        columns = ", ".join(reference.columns)
        target = full_name(reference.target, self.live)
        keys = self.live.references.get(name, ())
        same = [fk for fk in keys if set(fk.columns) == set(reference.columns)]
        right = [fk for fk in same if fk.target == target]
        if not right:
            elsewhere = ", ".join(f"-> {fk.target}" for fk in same)
            yield Lack.REFERENCE, columns, f"-> {target}", elsewhere
            return
        actions = self.structure.actions.get((name, right[0].name), NO_ACTIONS)
        if actions.on_delete != reference.on_delete:
            wanted, found = reference.on_delete or NO_ACTION, actions.on_delete or NO_ACTION
            yield Lack.ON_DELETE, columns, wanted, found

    def _of_index(self, name: Name, index: "PaperIndex") -> Iterator[Difference]:
        """One that serves alike; of expressions, which are not compared, one of its name."""
        known = name in self.live.table_of
        if known and self._is_partition(name):
            return
        there = self.indexes.get(name, ())
        if "" in index.columns and index.name:
            found = any(one.name == index.name for one in there)
        else:
            found = any(_serves(one, index) for one in there)
        if not found:
            shown = ", ".join(column or "(expression)" for column in index.columns)
            unique = "UNIQUE " if index.unique else ""
            written = f"{unique}{index.method} ({shown}){' WHERE ...' if index.partial else ''}"
            source = Location(self.file, index.line)
            yield Difference(
                Lack.INDEX, name, index.name, written, "" if known else _NO_TABLE, source
            )


def _is_unique(index: Index) -> bool:
    return index.unique and not index.partial and "" not in index.columns


def _serves(one: Index, index: "PaperIndex") -> bool:
    same = one.columns == index.columns and one.method == index.method
    return same and (one.unique or not index.unique) and one.partial == index.partial
