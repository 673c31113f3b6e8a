"""The remedy for a column that holds the values of a key: its type, and a foreign key.

One short transaction converts the column and declares the foreign key for new rows; a revision
of its own, in autocommit, builds the index and looks at the old rows.
"""

from collections.abc import Iterator
from dataclasses import replace

from remediate.findings.finding import Options
from remediate.findings.remedy import (
    Condition,
    Expectation,
    Hazard,
    Hold,
    Lock,
    Manual,
    Remedy,
    Step,
)
from remediate.findings.states import Default, Type
from remediate.postgres.sql import ident, quote
from remediate.remedies import referable, reference_defaults, values
from remediate.remedies.conversion import (
    Change,
    Conversion,
    convert,
    mentioned,
    obstacle,
    refreshed,
    unbuildable,
    with_statistics,
)
from remediate.remedies.numbers import (
    TARGET,
    changes_to_bigint,
    obstacle_to_bigint,
    whole_values,
)
from remediate.remedies.reference_steps import (
    PARTITIONED_INDEX,
    actions,
    add_reference,
    analyze,
    index,
    new_index_name,
    pending_reference,
    valid_index,
    valid_reference,
    validate,
    written,
)
from remediate.remedies.states import default_of, unchanged
from remediate.snapshots.live import Live, drawn_from
from remediate.snapshots.references import Candidate, Evidence, ForeignKey, family_of
from remediate.snapshots.tables import INTEGER_MAX, Table

NO_CONVERSION = Conversion((), (), (), ())


def bind(candidate: Candidate, live: Live, options: Options) -> Remedy | Manual:
    """Converted where its type does not fit, referenced, indexed and validated."""
    table = live.table_of[candidate.table]
    fk = reference(candidate, live, options)
    if reason := referable.obstacle(fk, live) or _unknown(candidate, live):
        return Manual(reason)
    own = _changes(candidate, table, options)
    if reason := _undecided(candidate, unbuildable(own, live), live, options):
        return Manual(reason)
    keys = changes_to_bigint(candidate.target, candidate.target_column, live)
    changes = [*keys, *own]
    numeric = _numeric_obstacle(candidate, live) if keys else ""
    if reason := numeric or obstacle(changes, live, options):
        return Manual(reason)
    if table.partitioned and live.database.version < 180000:
        return Manual(
            "before version 18 PostgreSQL refuses a NOT VALID foreign key on a partitioned table"
        )
    if table.partitioned and not candidate.indexed:
        return Manual(PARTITIONED_INDEX)
    made = convert(changes, live) if changes else NO_CONVERSION
    keeps = values.keeps_orphans(candidate, options)
    changed = bool(changes)
    finish, conditions = _finish(candidate, fk, live, changed=changed, keeps_orphans=keeps)
    steps = (
        *whole_values(keys, live),
        *([] if candidate.fits else [values.guard(candidate, options)]),
        *_converting(made, candidate, live, options),
        add_reference(
            fk,
            *_hazards(candidate, keeps_orphans=keeps),
            *reference_defaults.hazards(fk.ends, live),
        ),
    )
    if not finish:  # nothing follows that could take the statistics along
        steps = with_statistics(steps, changes)
    return Remedy(
        title=_title(candidate, fk) + refreshed(made) + mentioned(changes, live),
        undo="drop the constraint"
        + (", and restore the former type and values" if changed else ""),
        steps=steps,
        holds=(*made.holds, *_both_ends(fk)),
        expectations=made.expectations or (_as_it_is(candidate, live),),
        dependants=made.dependants,
        rows=made.rows,
        size=made.size,
        finish=finish,
        conditions=conditions,
        makes=(replace(fk, indexed=True, validated=not keeps),),
    )


def reference(candidate: Candidate, live: Live, options: Options) -> ForeignKey:
    """The foreign key as it is to be."""
    return ForeignKey(
        candidate.table, (candidate.column,), candidate.target, (candidate.target_column,),
        name=live.new_reference_names[candidate.table, candidate.column],
        types=(candidate.base_type,), target_types=(candidate.target_type,),
        on_delete=candidate.model_on_delete if candidate.model else options.on_delete,
        terms=candidate.model_terms,
    )  # fmt: skip


def _unknown(candidate: Candidate, live: Live) -> str:
    """Why nothing can be said of a conversion of its values; "" where something can."""
    found = candidate.evidence
    if found is None:
        place = (candidate.table, candidate.column)
        reasons = (u.reason for u in live.unread if (u.table, u.column) == place)
        why = next((f" ({r.removeprefix('its values: ')})" for r in reasons), "")
        return f"its values could not be read{why}: plan again once they can be read"
    if not candidate.fits and not _is_convertible(candidate):
        return _no_conversion(candidate)
    if not candidate.fits and not found.whole:
        return "remediate read only a sample of its values, and a conversion needs them all: --deep"
    return ""


def _undecided(candidate: Candidate, hanging: str, live: Live, options: Options) -> str:
    """What a person has to do or decide before, with counts; "" where nothing is left open.

    What cannot be rebuilt goes first: an index that is `hanging` is not asked about collisions.
    """
    found = candidate.evidence
    if found is None:
        return hanging
    open_ = [hanging] if hanging else []
    open_ += _colliding(candidate, unasked=not hanging)
    if found.inconvertible and options.values == "stop":
        ways = "" if values.null_refused(candidate) else ", or --values null"
        open_.append(f"{_inconvertible(found, candidate.target_type)}: correct them{ways}")
    if found.orphans and options.orphans == "stop":
        ways = "keep" if values.null_refused(candidate) else "null or keep"
        open_.append(
            f"{found.orphans:,} of {found.values:,} values have no row in {candidate.target}: "
            f"correct them, or --orphans {ways}"
        )
    if refused := reference_defaults.refused(candidate.foreign_key.ends, live):
        open_.append(refused)
    return "; ".join(open_) or values.obstacle(candidate, live.table_of[candidate.table], options)


def _colliding(candidate: Candidate, *, unasked: bool) -> Iterator[str]:
    """What unique indexes and exclusion constraints refuse, or may refuse, of the new values."""
    for one in candidate.collisions:
        index, type_ = quote(one.index.name), candidate.target_type
        if one.rows:
            yield f"{one.rows:,} of its rows collide in {index} as {type_}: correct them"
        elif unasked and one.rows is None:
            yield (
                f"whether its rows collide in {index} as {type_} is not known, since {one.why}: "
                "write each value as its key is written"
            )


def _inconvertible(found: Evidence, type_: str) -> str:
    """How many values do not convert, of each kind, with some of their shapes."""
    shapes = f" (such as {', '.join(map(repr, found.samples))})" if found.samples else ""
    kinds = (
        (found.shapeless, f"cannot be read as {type_}"),
        (found.beyond, f"are out of range for {type_}"),
    )
    first, *more = ((count, kind) for count, kind in kinds if count)
    said = f"{first[0]:,} of {found.values:,} values {first[1]}"
    return f"{said}{''.join(f', {count:,} {kind}' for count, kind in more)}{shapes}"


def _numeric_obstacle(candidate: Candidate, live: Live) -> str:
    """Why the key cannot become bigint together with the column; "" where it can."""
    place = (candidate.target, candidate.target_column)
    key = live.table_of[candidate.target].column(candidate.target_column)
    sequence = drawn_from(key, live)
    if sequence is not None and sequence.type != TARGET:
        return f"the sequence {sequence.name} is {sequence.type}: make it {TARGET} first (SEQ003)"
    return obstacle_to_bigint([place], live)


def _no_conversion(candidate: Candidate) -> str:
    ours, theirs = candidate.type, candidate.target_type
    if family_of(theirs) == "text" and family_of(ours) in ("integer", "uuid"):
        return (
            f"{theirs} can store every {ours}, but code that computes with the column as {ours} "
            f"may fail: check that code, then ALTER TABLE {candidate.table.sql} ALTER COLUMN "
            f"{ident(candidate.column)} TYPE {theirs}, and plan again for the foreign key"
        )
    return f"no conversion from {ours} to {theirs} keeps the values"


def _is_convertible(candidate: Candidate) -> bool:
    if candidate.base_type == "double precision":
        return candidate.target_type in INTEGER_MAX
    text = candidate.base_type in ("text", "character varying", "character")
    return text and (candidate.target_type == "uuid" or candidate.target_type in INTEGER_MAX)


def _changes(candidate: Candidate, table: Table, options: Options) -> list[Change]:
    as_it_is = candidate.fits and not candidate.narrower
    if as_it_is and not values.nulls_orphans(candidate, options):
        return []
    return [values.change(candidate, table, options)]


def _converting(
    conversion: Conversion, candidate: Candidate, live: Live, options: Options
) -> tuple[Step, ...]:
    if not values.is_kept(candidate, options):
        return conversion.steps
    made = live.new_backup_names[candidate.table, candidate.column]
    return values.around(conversion.steps, candidate, live.table_of[candidate.table], options, made)


def _finish(
    candidate: Candidate, fk: ForeignKey, live: Live, *, changed: bool, keeps_orphans: bool
) -> tuple[tuple[Step, ...], tuple[Condition, ...]]:
    steps: list[Step] = []
    conditions: list[Condition] = []
    if not candidate.indexed:
        name = new_index_name(fk.table, fk.columns, live)
        steps += index(fk.table, name, fk.columns, Hazard.MODEL_INDEX)
        conditions.append(valid_index(fk.table, name, fk.columns))
    if not keeps_orphans:
        steps += validate(fk, f"{written(fk)} NOT VALID")
    if not steps:
        return (), ()
    conditions.append(pending_reference(fk) if keeps_orphans else valid_reference(fk))
    if changed:
        steps.append(analyze(fk.table, fk.columns))
    return tuple(steps), tuple(conditions)


def _hazards(candidate: Candidate, *, keeps_orphans: bool) -> tuple[Hazard, ...]:
    found = [] if candidate.model else [Hazard.MODEL_REFERENCE]
    return (*found, Hazard.ORPHANS_KEPT) if keeps_orphans else tuple(found)


def _both_ends(fk: ForeignKey) -> tuple[Hold, ...]:
    names = dict.fromkeys((fk.table, fk.target))
    return tuple(Hold(n, Lock.SHARE_ROW_EXCLUSIVE, back=Lock.ACCESS_EXCLUSIVE) for n in names)


def _as_it_is(candidate: Candidate, live: Live) -> Expectation:
    table, column = live.table_of[candidate.table], candidate.column
    default = Default(candidate.default)
    if table.has(column):
        default = default_of(table.column(column))
    states = unchanged(Type(candidate.type), default)
    return Expectation(candidate.table, column, states)


def _title(candidate: Candidate, fk: ForeignKey) -> str:
    place = f"{candidate.table}.{quote(candidate.column)}"
    target = f"{candidate.target}.{quote(candidate.target_column)}"
    name = f"{quote(fk.name)}{actions(fk)}"
    also = f"{target} to {TARGET}, " if candidate.target_now else ""
    if candidate.fits:
        return f"{also}{place} references {target} as {name}"
    return f"{also}{place} to {candidate.target_type}, references {target} as {name}"
