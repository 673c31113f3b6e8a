"""Columns of a file of DDL, compared with those of a database."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from remediate.findings import lists
from remediate.snapshots.structure import ColumnShape

if TYPE_CHECKING:
    from remediate.lint.paper_tables import PaperColumn

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


def of_column(paper: "PaperColumn", column: ColumnShape) -> Iterator[tuple[Lack, str, str]]:
    if not _is_type(paper, column):
        yield Lack.TYPE, written(paper), column.type
    if paper.not_null != column.not_null:
        words = {True: "NOT NULL", False: "NULL allowed"}
        yield Lack.NULL, words[paper.not_null], words[column.not_null]
    if paper.filled and not column.filled:
        yield Lack.DEFAULT, "a default", "none"


def written(paper: "PaperColumn") -> str:
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
