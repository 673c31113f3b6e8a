"""Columns whose types may change, and what hangs on them."""

from dataclasses import dataclass

from remediate.snapshots.tables import Name

CONTENT = "content of materialized view"  # a kind of dependant: rebuilt after all others


@dataclass(frozen=True, slots=True)
class Dependant:
    """An object to drop before the type of a column changes, and to create again after it."""

    kind: str  # "view", "trigger", "index" ...
    name: str  # for display
    relation: Name  # the view itself, else the table
    level: int  # 1: a view that reads the table, 2: one that reads such a view; else 0
    take_down: str  # "" for what is only set again, such as a statistics target
    rebuild: tuple[str, ...]
    pages: int = 0  # of 8 KiB, of the content of a materialized view


@dataclass(frozen=True, slots=True)
class Member:
    """A column of a family that becomes wider: the key that fills up, or a reference to it."""

    type: str
    owner: str  # of its table
    rows: int  # the statistics' estimate
    children: tuple[Name, ...]  # of its table: partitions and inheritance children
    obstacles: tuple[str, ...]  # what ALTER TYPE refuses, or would lose
    dependants: tuple[Dependant, ...] = ()  # dropped before ALTER TYPE, and created again
    collation: str = ""  # "" for that of its type
    published: bool = False  # to subscribers of logical replication
    hanging: str = ""  # what has to be taken down before its type changes, as PostgreSQL names it
    definitions: str = ""  # a digest of their definitions
    stored: str = ""  # the letters of storage and compression
    functions: tuple[str, ...] = ()  # of a text: those whose source mentions it, or writes it
    size: int = 0  # bytes of its table, with TOAST, partitions and children
    returning: tuple[str, ...] = ()  # functions that announce rows with values of its type
    narrow_calls: tuple[str, ...] = ()  # what calls a function that takes no wider type
    text_uses: tuple[str, ...] = ()  # what computes with it, and could not over a number
    default: str = ""  # as it is printed
    printed_by: str = ""  # the database that printed the definitions
