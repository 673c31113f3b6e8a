"""How likely it is that the database was meant to fill a key, when no model says so.

Of 758 integer keys without default in 84 public schemas only 10 % were defects, so every sign
counts a little and none is enough alone.
"""

from remediate.analysis.causes import TELLING
from remediate.analysis.names import copy_of, is_loaded, mirrors, natural, originals
from remediate.postgres.sql import serial_name
from remediate.snapshots.live import Live
from remediate.snapshots.tables import INTEGER_MAX, Column, Generator, Name, Table
from remediate.system.words import forms, snake

SEVERAL = 2  # tables: one alone may be what this one was copied from
_FREE = "an unused sequence bears its name"
_SIBLINGS = "sibling keys are generated"
_NAMESAKES = "the same table in other schemas has a generated key"
_ALIKE = "tables with the same columns have generated keys"
# What speaks for a member of a composite key. Its name and its values say nothing: rows of one
# parent are numbered, too, and another table may share the key.
_OF_MEMBERS = {_FREE: 4, _SIBLINGS: 2, _NAMESAKES: 2}
# Of numeric such keys are lookup tables, whose rows somebody writes; who counts asks for more.
_FEW_DIGITS = 3
_OWN_IDS = {"log", "logs", "import"}
_POSSIBLE = 3  # points at most, for what bears the name of a copy
_NOTHING = "nothing shows that the database should supply it"


def score(table: Table, column: Column, live: Live) -> tuple[int, tuple[str, ...]]:
    """Points and the signs they were given for; 0 points and the reason where a rule excludes."""
    signs = [(points, sign) for points, sign, holds in _signs(table, column, live) if holds]
    if len(table.key) > 1:
        signs = [(_OF_MEMBERS[sign], sign) for _, sign in signs if sign in _OF_MEMBERS]
        if not signs:
            return 0, (f"part of a composite key, and {_NOTHING}",)
    if reason := _exclusion(table, column, live):
        return 0, (reason,)
    total = sum(points for points, _ in signs) - (2 if _has_few_digits(column) else 0)
    if total < 2:
        return total, (_NOTHING,)
    named = min(total, _POSSIBLE) if copy_of(table.name) else total
    return named, tuple(sign for _, sign in signs)


def _exclusion(table: Table, column: Column, live: Live) -> str:
    other = snake(column.name).removesuffix("_id")
    if other != snake(column.name) and not _means(other, table.name):
        owner = live.named_like.get(other)
        whose = f"of {owner}" if owner else f"of a {other} elsewhere"
        return f"looks like the key {whose}, which the table shares"
    if (word := copy_of(table.name)) and _keeps_ids(word, table, live):
        return f"a table called {word} keeps the ids of another table"
    if word := natural(column.name):
        return f"a natural key ({word})"
    if column.extremes and column.extremes.fractional:
        return f"it holds {column.extremes.decimals}, which no sequence generates"
    return ""


def _keeps_ids(word: str, table: Table, live: Live) -> bool:
    """Whether a table that is called a copy may be one of another's rows, with their ids.

    order_history whose rows reference orders has ids of its own; and a log, or import_jobs, has
    them unless the table that it repeats is there.
    """
    named = originals(table.name)
    beside = (fk for fk in live.references.get(table.name, ()) if fk.columns != table.key)
    if any(not named.isdisjoint(forms(fk.target.name)) for fk in beside):
        return False
    return word not in _OWN_IDS or any(one in live.named_like for one in named)


def _has_few_digits(column: Column) -> bool:
    return column.base_type not in INTEGER_MAX and column.highest < 10**_FEW_DIGITS


def _means(word: str, table: Name) -> bool:
    """Whether a word is the table's name, with or without its app's prefix."""
    return any(form == word or form.endswith(f"_{word}") for form in forms(table.name))


def _signs(table: Table, column: Column, live: Live) -> tuple[tuple[int, str, bool], ...]:
    referrers = [
        fk for fk in live.referrers.get(table.name, ()) if column.name in fk.target_columns
    ]
    return (
        (3, _FREE, free_sequence(table, column, live) is not None),
        (2, f"is called {column.name}", _bears_id(table, column)),
        (1, "other tables reference it", any(fk.table != table.name for fk in referrers)),
        (1, "its values are dense", dense(table, column)),
        (1, _SIBLINGS, _siblings_generated(table, column, live)),
        (2, _NAMESAKES, _namesakes(table, column, live)),
        (2, _ALIKE, _alike(table, column, live)),
    )


def _bears_id(table: Table, column: Column) -> bool:
    """Whether the column is called id, or after its table."""
    names = {"id", *(f"{form}{glue}id" for form in forms(table.name.name) for glue in ("_", ""))}
    own = snake(column.name) in names or column.name.lower() in names
    return own or _means_table(column, table)


def _means_table(column: Column, table: Table) -> bool:
    word = snake(column.name).removesuffix("_id")
    return word != snake(column.name) and _means(word, table.name)


def free_sequence(table: Table, column: Column, live: Live) -> Name | None:
    """A sequence that bears the key's or the table's name, and that nobody owns or draws from."""
    conventional = Name(table.name.schema, serial_name(table.name.name, column.name, ()))
    if _is_free(conventional, live):
        return conventional
    if len(table.key) > 1 and not _bears_id(table, column):
        return None  # <table>_seq is another member's
    client = client_sequence(table, live)
    # JPA counts by 50 and fills the gaps itself: such a sequence is of no use to a default.
    return client if client and live.sequence_of[client].increment == 1 else None


def client_sequence(table: Table, live: Live) -> Name | None:
    """<table>_seq, as JPA and others call theirs; serial says <table>_<key>_seq."""
    name = Name(table.name.schema, f"{table.name.name}_seq")
    return name if _is_free(name, live) else None


def _is_free(name: Name, live: Live) -> bool:
    sequence = live.sequence_of.get(name)
    return sequence is not None and not sequence.used and sequence.owned_by is None


def dense(table: Table, column: Column) -> bool:
    """Whether at least every second id between the lowest and the highest is in use."""
    extremes, rows = column.extremes, table.rows
    if not rows or extremes is None or extremes.low is None or extremes.high is None:
        return False
    return rows / (extremes.high - extremes.low + 1) >= 0.5


def _siblings_generated(table: Table, column: Column, live: Live) -> bool:
    """Whether most other keys of the same columns in the schema are."""
    counts = live.generated_keys.get((table.name.schema, *_place(table, column)))
    few = 0 if len(table.key) == 1 else 1  # one may as well be the exception
    return _most_others(table, column, counts, beyond=few)


def _namesakes(table: Table, column: Column, live: Live) -> bool:
    """Whether most tables of this name and these columns are, as where each tenant has a schema.

    A schema that mirrors one other, as loaders fill it, has its columns and rightly no default:
    then no key of the schema is generated.
    """
    if not table.origin.namesakes or is_loaded(table.name) or mirrors(table.name.schema):
        return False
    several = table.origin.namesakes >= SEVERAL or table.name.schema in live.generating
    counts = live.namesakes.get((table.name.name, *_place(table, column)))
    return several and _most_others(table, column, counts)


def _place(table: Table, column: Column) -> tuple[frozenset[str], str]:
    return frozenset(table.identifying), column.name


def _most_others(
    table: Table, column: Column, counts: tuple[int, int] | None, *, beyond: int = 0
) -> bool:
    """Whether more than half of the others, and more than `beyond`, are generated."""
    total, generated = counts or (0, 0)
    others = total - (column.name in table.key and column.is_integer)
    return generated > beyond and generated * 2 > others


def _alike(table: Table, column: Column, live: Live) -> bool:
    """Whether several tables of other names with these columns are, as shards of one table.

    What inherits has its parent's columns, and shares them with every other child.
    """
    origin = table.origin
    twin = live.table_of.get(origin.twin) if origin.twin else None
    if twin is None or not twin.has(column.name) or is_loaded(table.name) or table.inherits:
        return False
    several = origin.alike - origin.namesakes >= SEVERAL and origin.columns >= TELLING
    return several and twin.column(column.name).generator in (
        Generator.SEQUENCE,
        Generator.IDENTITY,
    )


def works(table: Table, column: Column, live: Live) -> str:
    """Why the key needs no default, as far as the catalog alone can say."""
    if column.generator is not Generator.NOTHING:
        return _generated(column, live)
    if above := identity_parent(table, column, live):
        return f"the parent {above[0].name} has an identity, which a child does not inherit"
    for fk in live.references.get(table.name, ()):
        if column.name in fk.columns:
            member = "" if table.is_key(column.name) else "part of a composite key, and "
            return f"{member}a foreign key to {fk.target}: its value comes from there"
    return ""


def _generated(column: Column, live: Live) -> str:
    if column.generator is Generator.IDENTITY:
        return "an identity column"
    if column.generator is Generator.SEQUENCE and not column.by_domain:
        sequence = live.sequence_of.get(column.sequences[0])
        owner = sequence.owned_by if sequence else None
        mine = "owned by it" if owner and column.sequences[0] in column.owned else "not owned by it"
        return f"default from {column.sequences[0]}, {mine}"
    if column.generator is Generator.STORED:
        return "a generated column"
    return f"default {column.default}"


def identity_parent(table: Table, column: Column, live: Live) -> tuple[Table, Column] | None:
    """The column of the nearest ancestor that is an identity, which children do not inherit."""
    for name in table.inherits:
        parent = live.table_of.get(name)
        if parent is None or not parent.has(column.name):
            continue
        above = parent.column(column.name)
        if above.generator is Generator.IDENTITY:
            return parent, above
        if above.generator is Generator.NOTHING and (far := identity_parent(parent, above, live)):
            return far
    return None
