"""The remedies for declared foreign keys."""

from dataclasses import replace

from remediate.analysis.facts import in_words
from remediate.analysis.places import numeric_family
from remediate.findings.finding import Options
from remediate.findings.remedy import (
    Expectation,
    Hazard,
    Hold,
    Lock,
    Manual,
    Remedy,
    Step,
)
from remediate.findings.states import Existence, Type
from remediate.postgres.sql import expression, ident, literal, quote
from remediate.remedies import referable, reference_defaults
from remediate.remedies.conversion import Change, convert, obstacle, refreshed, with_statistics
from remediate.remedies.reference_steps import (
    PARTITIONED_INDEX,
    actions,
    add_reference,
    index,
    new_index_name,
    replace_reference,
    valid_index,
    valid_reference,
    validate,
    written,
)
from remediate.remedies.states import unchanged
from remediate.remedies.widening import widen_keys
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import INTEGER_MAX

_NUMBERS = ("numeric", "double precision", "real")
_TEXTS = ("text", "character varying")


def convert_to_key(fk: ForeignKey, live: Live, options: Options) -> Remedy | Manual:
    """The types of the key for the columns that are cast before they are compared.

    Where integer columns reference a numeric key without decimals, the key becomes bigint.
    """
    keys = [fk.target_of(column) for column, _ in fk.coerced]
    ours = (fk.types[fk.columns.index(column)] for column, _ in fk.coerced)
    if all(map(INTEGER_MAX.__contains__, ours)) and all(numeric_family(*k, live) for k in keys):
        return widen_keys(keys, live, options)
    unknown = [
        f"{fk.types[fk.columns.index(column)]} to {wanted}"
        for column, wanted in fk.coerced
        if not _is_known(fk.types[fk.columns.index(column)], wanted)
    ]
    if unknown:
        return Manual(f"remediate knows no lossless conversion: {in_words(unknown)}")
    changes = [Change((fk.table, column), wanted) for column, wanted in fk.coerced]
    if any(change.place not in live.members for change in changes):
        return Manual("remediate could not read the column")
    if reason := obstacle(changes, live, options):
        return Manual(reason)
    made = convert(changes, live)
    checks = tuple(_survives(change, live) for change in changes)
    return Remedy(
        title="convert "
        + in_words(f"{fk.table}.{quote(column)} to {wanted}" for column, wanted in fk.coerced)
        + refreshed(made),
        undo="restore the former type, if every value fits it",
        steps=with_statistics((*made.steps, *checks), changes),
        holds=made.holds,
        expectations=made.expectations,
        dependants=made.dependants,
        rows=made.rows,
        size=made.size,
    )


def _is_known(type_: str, wanted: str) -> bool:
    return (type_ in INTEGER_MAX and wanted in _NUMBERS) or (
        type_ == "character" and wanted in _TEXTS
    )


def _survives(change: Change, live: Live) -> Step:
    """Going back, no value may be rounded or cut: the inverse of nothing, so it runs before all."""
    name, column = change.place
    former, value = live.members[change.place].type, ident(column)
    message = literal(f"remediate: {name}.{quote(column)} holds values that are no {former}")
    down = (
        f"DO $remediate$\nBEGIN\n  IF EXISTS (SELECT FROM {name.sql}\n"
        f"      WHERE {value} IS DISTINCT FROM\n"
        f"        CAST(CAST({value} AS {former}) AS {change.wanted})) THEN\n"
        "    RAISE EXCEPTION USING ERRCODE = 'data_exception',\n"
        f"      MESSAGE = {message} || '; nothing was changed';\n"
        "  END IF;\nEND\n$remediate$"
    )
    return Step("", down, Lock.ACCESS_SHARE, name)


def validate_reference(fk: ForeignKey, live: Live) -> Remedy | Manual:
    """VALIDATE, in a revision of its own; what is not enforced is made anew before it."""
    if reason := _undecided(fk, live):
        return Manual(reason)
    former = expression(fk.definition)
    valid = former.removesuffix(" NOT ENFORCED").removesuffix(" NOT VALID")
    pending = f"{valid} NOT VALID"
    risks = (Hazard.NEW_REFERENCE, *reference_defaults.hazards(fk.ends, live))
    steps = () if fk.enforced else replace_reference(fk, pending, former, *risks)
    return Remedy(
        title=f"validate {fk.table}.{quote(fk.name)}",
        undo=f"restore {'NOT VALID' if fk.enforced else 'NOT ENFORCED'}",
        steps=steps,
        holds=both_ends(fk, Lock.SHARE_UPDATE_EXCLUSIVE if fk.enforced else Lock.ACCESS_EXCLUSIVE),
        expectations=() if fk.enforced else _as_they_are(fk, live),
        finish=validate(fk, pending),
        conditions=(valid_reference(fk),),
        makes=(replace(fk, validated=True, enforced=True, definition=""),),
    )


def declare_reference(fk: ForeignKey, live: Live) -> Remedy | Manual:
    """The foreign key for new rows, and then for those that are there."""
    if reason := referable.obstacle(fk, live) or _undecided(fk, live):
        return Manual(reason)
    table = live.table_of.get(fk.table)
    if table is None or table.partitioned:
        return Manual("a partitioned table: declare the foreign key of each partition by hand")
    there = unchanged(Existence(there=True))
    return Remedy(
        title=f"declare {fk.table}.{quote(fk.name)}{actions(fk)}",
        undo="drop the constraint",
        steps=(add_reference(fk, *reference_defaults.hazards(fk.ends, live)),),
        holds=both_ends(fk, Lock.SHARE_ROW_EXCLUSIVE),
        expectations=tuple(
            Expectation(
                fk.table,
                column,
                (*there, *reference_defaults.states(fk.ends, column, live)),
            )
            for column in fk.columns
        ),
        finish=validate(fk, f"{written(fk)} NOT VALID"),
        conditions=(valid_reference(fk),),
        makes=(replace(fk, validated=True),),
    )


def _undecided(fk: ForeignKey, live: Live) -> str:
    """What a person has to decide before; "" where nothing is left open."""
    open_ = []
    if orphans := live.orphans.get((fk.table, fk.name)):
        query = fk.orphans("c.*", live.inherited)
        open_.append(f"{orphans:,} rows have no parent: decide about them first. {query}")
    if refused := reference_defaults.refused(fk.ends, live):
        open_.append(refused)
    return "; ".join(open_)


def _as_they_are(fk: ForeignKey, live: Live) -> tuple[Expectation, ...]:
    """The columns of a constraint that is made anew."""
    return tuple(
        Expectation(
            fk.table,
            column,
            (*unchanged(Type(type_)), *reference_defaults.states(fk.ends, column, live)),
        )
        for column, type_ in zip(fk.columns, fk.declared, strict=True)
    )


def both_ends(fk: ForeignKey, lock: Lock) -> tuple[Hold, ...]:
    """DROP CONSTRAINT takes ACCESS EXCLUSIVE on both tables, whatever making it takes."""
    names = dict.fromkeys((fk.table, fk.target))
    return tuple(Hold(name, lock, back=Lock.ACCESS_EXCLUSIVE) for name in names)


def index_reference(fk: ForeignKey, live: Live) -> Remedy | Manual:
    table = live.table_of.get(fk.table)
    if table and table.partitioned:
        return Manual(PARTITIONED_INDEX)
    name = new_index_name(fk.table, fk.columns, live)
    return Remedy(
        title=f"index {fk.table} ({', '.join(map(quote, fk.columns))}) as {quote(name)}",
        undo="drop the index",
        steps=(),
        holds=(Hold(fk.table, Lock.SHARE_UPDATE_EXCLUSIVE, back=Lock.ACCESS_EXCLUSIVE),),
        expectations=(),
        finish=index(fk.table, name, fk.columns, Hazard.MODEL_INDEX),
        conditions=(valid_index(fk.table, name, fk.columns),),
        makes=(replace(fk, indexed=True),),
    )
