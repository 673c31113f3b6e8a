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

_AFTER_CREATE = "run remediate plan on the new table before the swap"


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
            f"{_KEYED if table.key else _KEYLESS}, and the catalog does not show what was there "
            "before",
            "run remediate plan after every restore, copy or hand-written migration",
        )
    )


def _key_elsewhere(table: Table, column: Column) -> Cause | None:
    if not table.key or column.name in table.key:
        return None
    return Cause(
        "key-elsewhere",
        f"the PRIMARY KEY is on {in_words(map(quote, table.key))}, and this is an ordinary column",
        "write the revision by hand when the models' key moves: autogenerate does not compare keys",
    )


_KEYED = "the PRIMARY KEY was added later"
_KEYLESS = "the table has no PRIMARY KEY"


def cause_of_borrowing(table: Table, lender: object) -> Cause:
    """Why a default draws from another table's sequence."""
    return Cause(
        "like-including-defaults",
        f"{table.name} still uses the sequence of {lender}, because "
        "CREATE TABLE ... (LIKE ... INCLUDING ALL) copied the default",
        "after LIKE ... INCLUDING ALL create a sequence for the copy before any swap",
    )


def _dropped(column: Column) -> Cause | None:
    if not column.owned:
        return None
    return Cause(
        "default-dropped",
        f"the column still owns {column.owned[0]}: someone dropped its default, or a "
        "restore failed between OWNED BY and SET DEFAULT",
        "never DROP DEFAULT on a serial column in a migration; read the errors of a restore",
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
            f"created from {twin.name} by CREATE TABLE AS, without defaults and NOT NULL",
            f"CREATE TABLE AS copies neither: use CREATE TABLE with a key; {_AFTER_CREATE}",
        )
    return Cause(
        "like-without-defaults",
        f"created like {twin.name}, with its columns and NOT NULLs but without its defaults",
        f"LIKE alone copies no default: create a sequence for the copy; {_AFTER_CREATE}",
    )


def _moved(table: Table, column: Column, live: Live) -> Cause | None:
    if match := _MOVER.match(table.origin.key_constraint):
        evidence = f"moved by a tool such as pgloader, which names keys {match[0]}..."
    elif free := _loose(table, column, live):
        evidence = f"moved by a tool that created the sequence {free}, but attached it to no column"
    else:
        return None
    return Cause(
        "data-mover",
        evidence,
        "after a move between databases, compare sequences and defaults, not only rows",
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
        "the model declares Identity(), but the column is no identity column",
        "dump with pg_dump: other tools write an identity column without its identity",
    )


def _restored(table: Table, live: Live) -> Cause | None:
    """pg_dump adds every key after the last table; tables made one by one bring theirs along."""
    if not table.origin.key_constraint or not live.keys_added_later:
        return None
    return Cause(
        "restore-without-sequences",
        "restored: all keys were added after all tables, but its sequence was left out",
        "restore the whole dump with pg_restore --exit-on-error: sequences are separate objects",
    )


def _sequence_dropped(table: Table) -> Cause | None:
    if not table.origin.key_inline or table.origin.missing_oids != 1:
        return None
    return Cause(
        "sequence-dropped",
        "created as serial, then DROP SEQUENCE ... CASCADE: an OID is missing where CREATE TABLE "
        "stored the default, and the sequence is gone",
        "never DROP SEQUENCE ... CASCADE: it silently drops the defaults that use it",
    )


def _raw(table: Table) -> Cause | None:
    return _RAW if table.origin.key_inline and not table.origin.missing_oids else None


_RAW = Cause(
    "raw-ddl",
    "created as plain `integer PRIMARY KEY` in raw SQL, without SERIAL or IDENTITY",
    "in raw SQL write GENERATED BY DEFAULT AS IDENTITY or serial; in op.create_table set "
    "primary_key=True on the column",
)
_COPIES = ("create-table-as", "like-without-defaults")


def told(cause: Cause, origin: Origin | None) -> Cause:
    """The cause, or another where the revision that made the table says that it is no copy.

    In the catalog a copy is a table that has the columns of an older one: so do tables of one form.
    """
    made = origin is not None and origin.certain and origin.act is Act.CREATED
    return _RAW if made and cause.cause in _COPIES else cause
