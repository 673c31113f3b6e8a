"""A file of DDL as the reference: what the database lacks of it, or has otherwise."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from remediate.analysis.revisions import full_name
from remediate.findings import lists
from remediate.snapshots.live import Live
from remediate.snapshots.snapshot import grouped
from remediate.snapshots.structure import NO_ACTION, NO_ACTIONS, ColumnShape, Index, Structure
from remediate.snapshots.tables import Location, Name

if TYPE_CHECKING:
    from remediate.lint.paper import Paper
    from remediate.lint.paper_tables import (
        PaperColumn,
        PaperIndex,
        PaperReference,
        PaperTable,
    )

_LENGTH = re.compile(r"\(([^)]*)\)")
_WITH_LENGTH = ("character", "character varying", "numeric")


class Lack(StrEnum):
    """In what the database differs from the file."""

    TABLE = "table"
    COLUMN = "column"
    TYPE = "type"
    NULL = "NOT NULL"
    DEFAULT = "default"
    KEY = "primary key"
    UNIQUE = "unique"
    REFERENCE = "foreign key"
    ON_DELETE = "ON DELETE"
    INDEX = "index"
    MORE = "more"  # the database has a column that the file does not have


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


@dataclass(frozen=True, slots=True)
class _Comparison:
    file: str
    live: Live
    structure: Structure
    indexes: Mapping[Name, tuple[Index, ...]]

    def differences(self, paper: "Paper") -> Iterator[Difference]:
        for table in paper.tables:
            yield from self._of_table(table)
        for index in paper.indexes:
            yield from self._of_index(index)

    def _of_table(self, table: "PaperTable") -> Iterator[Difference]:
        name, source = full_name(table.name, self.live), Location(self.file, table.line)

        def differs(kind: Lack, what: str, file: str = "", database: str = "") -> Difference:
            return Difference(kind, name, what, file, database, source)

        there = {column.name: column for column in self.structure.by_table.get(name, ())}
        if name not in self.live.table_of:
            yield differs(Lack.TABLE, "", f"{len(table.columns)} columns")
            return
        for column in table.columns:
            if column.name not in there:
                yield differs(Lack.COLUMN, column.name, _written(column))
            else:
                for kind, file, database in _of_column(column, there[column.name]):
                    yield differs(kind, column.name, file, database)
        for more in there.keys() - {column.name for column in table.columns}:
            yield differs(Lack.MORE, more, database=there[more].type)
        for kind, columns, file, database in self._of_keys(name, table):
            yield differs(kind, ", ".join(columns), file, database)

    def _of_keys(
        self, name: Name, table: "PaperTable"
    ) -> Iterator[tuple[Lack, tuple[str, ...], str, str]]:
        key = self.live.table_of[name].key
        if table.key and set(table.key) != set(key):
            yield Lack.KEY, table.key, "", ", ".join(key)
        there = self.indexes.get(name, ())
        unique = {frozenset(one.columns) for one in there if _is_unique(one)}
        for columns in table.uniques:
            if frozenset(columns) not in unique:
                yield Lack.UNIQUE, columns, "", ""
        for reference in table.references:
            yield from self._of_reference(name, reference)

    def _of_reference(
        self, name: Name, reference: "PaperReference"
    ) -> Iterator[tuple[Lack, tuple[str, ...], str, str]]:
        """A foreign key of these columns to that table, whatever its name."""
        target = full_name(reference.target, self.live)
        keys = self.live.references.get(name, ())
        same = [fk for fk in keys if set(fk.columns) == set(reference.columns)]
        right = [fk for fk in same if fk.target == target]
        if not right:
            elsewhere = ", ".join(f"-> {fk.target}" for fk in same)
            yield Lack.REFERENCE, reference.columns, f"-> {target}", elsewhere
            return
        actions = self.structure.actions.get((name, right[0].name), NO_ACTIONS)
        if actions.on_delete != reference.on_delete:
            wanted, found = reference.on_delete or NO_ACTION, actions.on_delete or NO_ACTION
            yield Lack.ON_DELETE, reference.columns, wanted, found

    def _of_index(self, index: "PaperIndex") -> Iterator[Difference]:
        """One that serves alike; of expressions, which are not compared, one of its name."""
        name = full_name(index.table, self.live)
        if name not in self.live.table_of:
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
            yield Difference(Lack.INDEX, name, index.name, written, "", source)


def _is_unique(index: Index) -> bool:
    return index.unique and not index.partial and "" not in index.columns


def _serves(one: Index, index: "PaperIndex") -> bool:
    same = one.columns == index.columns and one.method == index.method
    return same and (one.unique or not index.unique) and one.partial == index.partial


def _of_column(paper: "PaperColumn", column: ColumnShape) -> Iterator[tuple[Lack, str, str]]:
    if not _is_type(paper, column):
        yield Lack.TYPE, _written(paper), column.type
    if paper.not_null != column.not_null:
        words = {True: "NOT NULL", False: "NULL allowed"}
        yield Lack.NULL, words[paper.not_null], words[column.not_null]
    if paper.filled and not column.filled:
        yield Lack.DEFAULT, "a default", "none"


def _written(paper: "PaperColumn") -> str:
    """As format_type() prints it."""
    type_ = _type(paper)
    if not paper.length:
        return type_
    name, brackets, _ = type_.partition("[]")
    first, _, more = name.partition(" ") if name.startswith("time") else (name, "", "")
    return f"{first}({paper.length}){' ' if more else ''}{more}{brackets}"


def _type(paper: "PaperColumn") -> str:
    """The type of the file by the name that PostgreSQL prints, where it has several."""
    return paper.type.removeprefix("pg_catalog.").replace("varbit", "bit varying")


def _is_type(paper: "PaperColumn", column: ColumnShape) -> bool:
    """Whether it is the same type; the name of a domain is as good as what is below it."""
    type_ = _type(paper)
    known = {lists.bare(_LENGTH.sub("", column.type)), lists.bare(column.base_type)}
    if type_ not in known and all(one.rpartition(".")[2] != type_ for one in known):
        return False
    bare = type_.removesuffix("[]")
    if bare not in _WITH_LENGTH or not column.type.startswith(bare):
        return True
    length = _LENGTH.search(column.type)
    return _full(bare, paper.length) == (length[1] if length else "")


def _full(type_: str, length: str) -> str:
    """The length with what PostgreSQL adds to it."""
    if type_ == "character":
        return length or "1"
    return f"{length},0" if type_ == "numeric" and length and "," not in length else length
