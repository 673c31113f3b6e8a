"""What most likely made a defect, by the traces that it left in the catalog.

`Unknown` is an honest answer. OIDs tell of the past, until they wrap around or a restore gives new
ones.
"""

import re
from dataclasses import dataclass

from remediate.analysis.facts import in_words
from remediate.findings.finding import Facts
from remediate.findings.origin import Act, Origin
from remediate.postgres.sql import quote, serial_name
from remediate.snapshots.live import Live
from remediate.snapshots.tables import IDENTITY, Column, Generator, Name, Table

_MOVER = re.compile(r"(?:idx|ix|pk)_\d+_", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cause(Facts):
    """A short name for what happened, the traces that say so, and how not to meet it again."""

    cause: str
    cause_evidence: str
    prevention: str


TELLING = 3  # columns: fewer in common say nothing

_AFTER_CREATE = "check the new table with remediate plan before it takes over"


def cause_of_no_default(table: Table, column: Column, model: Table | None, live: Live) -> Cause:
    """Why a key has no default; a `cause` of "unknown" where the catalog does not tell."""
    return (
        _dropped(column)
        or _copied(table, column, live)
        or _moved(table, column, live)
        or _identity_lost(model, column)
        or _key_elsewhere(table, column)
        or _sequence_dropped(table)
        or _restored(table, live)
        or _raw(table)
        or Cause(
            "unknown",
            f"{_KEYED if table.key else _KEYLESS}, and nothing tells of what was there before",
            "run remediate plan after every restore, copy or hand-written migration",
        )
    )


def _key_elsewhere(table: Table, column: Column) -> Cause | None:
    if not table.key or column.name in table.key:
        return None
    return Cause(
        "key-elsewhere",
        f"the PRIMARY KEY is over {in_words(map(quote, table.key))}, and the column is one as any "
        "other",
        "move a key by hand where the models' key moves: autogenerate does not compare keys",
    )


_KEYED = "its PRIMARY KEY was added later"
_KEYLESS = "its table has no PRIMARY KEY"


def cause_of_borrowing(table: Table, lender: object) -> Cause:
    """Why a default draws from another table's sequence."""
    return Cause(
        "like-including-defaults",
        f"{table.name} has a default that names the sequence of {lender}, as "
        "CREATE TABLE ... (LIKE ... INCLUDING ALL) copies it",
        "after LIKE ... INCLUDING ALL give the copy its own sequence before any swap",
    )


def _dropped(column: Column) -> Cause | None:
    if not column.owned:
        return None
    return Cause(
        "default-dropped",
        f"the column still owns {column.owned[0]}: its default was dropped, or a restore "
        "failed between OWNED BY and SET DEFAULT",
        "never DROP DEFAULT on a serial column in a migration; read a restore's errors",
    )


def _copied(table: Table, column: Column, live: Live) -> Cause | None:
    """An older table with the same columns whose key works: the source of a copy."""
    origin = table.origin
    twin = live.table_of.get(origin.twin) if origin.twin else None
    if twin is None or origin.defaults or origin.columns < TELLING or not twin.has(column.name):
        return None
    if twin.column(column.name).generator is Generator.NOTHING:
        return None
    if origin.not_nulls < origin.twin_not_nulls:
        return Cause(
            "create-table-as",
            f"it has the columns of {twin.name}, without its defaults and NOT NULL",
            f"CREATE TABLE AS copies neither: CREATE TABLE with its own key; {_AFTER_CREATE}",
        )
    return Cause(
        "like-without-defaults",
        f"it has the columns and NOT NULLs of {twin.name}, without its defaults",
        f"LIKE copies no default by itself: give the copy its own sequence; {_AFTER_CREATE}",
    )


def _moved(table: Table, column: Column, live: Live) -> Cause | None:
    if match := _MOVER.match(table.origin.key_constraint):
        evidence = f"its key is called {match[0]}..., as data movers such as pgloader number them"
    elif free := _loose(table, column, live):
        evidence = f"the sequence {free} stands free: created, but attached to nothing"
    else:
        return None
    return Cause(
        "data-mover",
        evidence,
        "after a move between databases compare sequences and defaults, not only rows",
    )


def _loose(table: Table, column: Column, live: Live) -> str:
    conventional = Name(table.name.schema, serial_name(table.name.name, column.name, ()))
    sequence = live.sequence_of.get(conventional)
    loose = sequence is not None and not sequence.used and sequence.owned_by is None
    return str(conventional) if loose else ""


def _identity_lost(model: Table | None, column: Column) -> Cause | None:
    if model is None or not model.has(column.name):
        return None
    if model.column(column.name).default != IDENTITY:
        return None
    return Cause(
        "identity-lost",
        "the model says Identity(), the column has none",
        "dump with pg_dump: other tools write an identity column as one without default",
    )


def _restored(table: Table, live: Live) -> Cause | None:
    """pg_dump adds every key after the last table; tables made one by one bring theirs along."""
    if not table.origin.key_constraint or not live.keys_added_later:
        return None
    return Cause(
        "restore-without-sequences",
        "all keys were added after all tables, as a restore does, and no sequence of its name came",
        "restore with pg_restore --exit-on-error, and whole: sequences are objects of their own",
    )


def _sequence_dropped(table: Table) -> Cause | None:
    if not table.origin.key_inline or table.origin.missing_oids != 1:
        return None
    return Cause(
        "sequence-dropped",
        "one OID is missing between the table and its key, where CREATE TABLE numbers the default "
        "of a serial column; the sequence is gone too: DROP SEQUENCE ... CASCADE",
        "never DROP SEQUENCE ... CASCADE: it takes defaults along without a word",
    )


def _raw(table: Table) -> Cause | None:
    return _RAW if table.origin.key_inline and not table.origin.missing_oids else None


_RAW = Cause(
    "raw-ddl",
    "no default ever stood between its CREATE TABLE and its PRIMARY KEY: an integer key without "
    "serial or identity",
    "write GENERATED BY DEFAULT AS IDENTITY or serial in raw SQL, and primary_key=True at the "
    "column in op.create_table",
)
_COPIES = ("create-table-as", "like-without-defaults")


def told(cause: Cause, origin: Origin | None) -> Cause:
    """The cause, or another where the revision that made the table says that it is no copy.

    In the catalog a copy is a table that has the columns of an older one: so do tables of one form.
    """
    made = origin is not None and origin.certain and origin.act is Act.CREATED
    return _RAW if made and cause.cause in _COPIES else cause
