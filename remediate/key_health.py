"""Why a key needs no default: something generates it, or it is filled by design."""

from remediate.schema import NO_DEFAULT, Column, Generator, Table
from remediate.snapshot import Snapshot


def works(table: Table, column: Column, live: Snapshot) -> str:
    """Why the key needs no default, as far as the catalog alone can say."""
    if not column.is_integer:
        return f"{column.type}, not an integer key"
    if column.generator is not Generator.NOTHING:
        return _generated(column, live)
    if above := identity_parent(table, column, live):
        return f"inherits from {above[0].name}, whose identity is not inherited"
    for fk in live.references.get(table.name, ()):
        if column.name in fk.columns:
            member = "part of a composite key, and " if len(table.key) > 1 else ""
            return f"{member}a foreign key to {fk.target}: its value comes from there"
    return "part of a composite key" if len(table.key) > 1 else ""


def _generated(column: Column, live: Snapshot) -> str:
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


def identity_parent(table: Table, column: Column, live: Snapshot) -> tuple[Table, Column] | None:
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


def filled_by_models(model: Table | None, column: Column) -> str:
    """Why the models do not leave the key to the database; "" where they do, or are silent."""
    if model is None or column.name not in model.key:
        return ""
    declared = model.column(column.name)
    if declared.generator is Generator.CLIENT_SEQUENCE:
        return f"the models call the sequence {declared.sequences[0]} themselves"
    if declared.generator is Generator.DATABASE:
        return ""
    if declared.default == NO_DEFAULT:
        return f"the models' key is of another type ({declared.type})"
    return f"the models fill it ({declared.default})"
