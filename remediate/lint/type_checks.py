"""Type changes: without a way for the values, and of keys whose sequence stays behind."""

from collections.abc import Iterator
from dataclasses import replace

from remediate.lint import facts, rewrite, settled
from remediate.lint.events import Effect, Run
from remediate.lint.facts import ReferenceAdded, TypeChanged
from remediate.lint.state import serial_name
from remediate.lint.types import INTEGERS, conversion, is_incomparable, is_refused
from remediate.lint.values import Unsafe, bare_name


def type_without_using(run: Run) -> Iterator[Unsafe]:
    """ALTER TYPE that PostgreSQL refuses. Where two sources differ on the old type, both count.

    What the step alone says of the old type is a hazard: autogenerate or a person wrote it once.
    """
    for effect, fact in run.of(TypeChanged):
        said = "" if effect.other else run.end.type(fact.old)
        olds = [old for old in (effect.type, said) if old]
        new = run.end.type(fact.type)
        if fact.using or not olds or not all(is_refused(old, new) for old in olds):
            continue
        way = conversion(olds[0], new, rewrite.quote(fact.column))
        rewritten = rewrite.with_using(effect.event, fact, way) if way else ""
        message = _refused(fact, olds[0], new, way)
        found = effect.unsafe("type-without-using", message, rewritten, error=bool(effect.type))
        yield replace(found, note=effect.column is not None and not effect.type)


def _refused(fact: TypeChanged, old: str, new: str, way: str) -> str:
    old, new = old.removeprefix("enum "), new.removeprefix("enum ")
    text = (
        f"{fact.table}.{fact.column} changes from {old} to {new} without USING: PostgreSQL does "
        "not convert the values by itself and refuses the step (42804)"
    )
    return (
        text
        if way
        else (f"{text}; there is no cast between these types, so decide what becomes of the values")
    )


def default_not_cast(run: Run) -> Iterator[Unsafe]:
    """A type to which the default's own leads by no cast: USING is about the values alone."""
    for effect, fact in run.of(TypeChanged):
        new, source = run.end.type(fact.type), _source(effect)
        if not (source and fact.using and is_refused(effect.literal or "bigint", new)):
            continue
        if run.is_uncertain(effect.column) or _drops_default(run, effect, fact):
            continue
        message = (
            f"{fact.table}.{fact.column} has {source}, and becomes {new.removeprefix('enum ')}: "
            "PostgreSQL cannot convert the default and refuses the step (42804), with any "
            "USING; drop the default before it, and set one of the new type after it"
        )
        certain = bool(effect.sequence_type or effect.literal) and not effect.event.branch
        yield effect.unsafe("default-not-cast", message, error=certain)


def _source(effect: Effect) -> str:
    """The default whose type is known, in words."""
    if effect.literal:
        return f"a default of {effect.literal.removeprefix('enum ')}"
    if effect.sequence_type:
        return f"a default that draws from {effect.sequence}"
    return "a default of its own" if effect.generated and effect.type in INTEGERS else ""


def _drops_default(run: Run, effect: Effect, fact: TypeChanged) -> bool:
    """Whether the same statement drops it: PostgreSQL does that first, wherever it stands."""
    return any(
        other.event.sql is effect.event.sql
        and (drop.table, drop.column) == (fact.table, fact.column)
        for other, drop in run.of(facts.GeneratorDropped)
        if other.event.sql is not None
    )


def reference_mistyped(run: Run) -> Iterator[Unsafe]:
    """A foreign key between columns of types that PostgreSQL does not compare."""
    for effect in run.effects:
        pairs = [one for one in effect.compared if is_incomparable(one.type, one.key_type)]
        for one in pairs[:1]:
            table = getattr(effect.event.fact, "table", "")
            message = (
                f"{table}.{one.own} is {one.type} and references {one.target}.{one.key}, which is "
                f"{one.key_type}: PostgreSQL refuses the foreign key (42804); "
            )
            made = not isinstance(effect.event.fact, ReferenceAdded)
            message += f"make it {one.key_type}" if made else "convert the column first"
            yield effect.unsafe("reference-mistyped", message, error=True)


def reference_left_mistyped(run: Run) -> Iterator[Unsafe]:
    """A type change of one side of a foreign key that is there."""
    for effect, fact in run.of(TypeChanged):
        pairs = [one for one in effect.held if is_incomparable(one.type, one.key_type)]
        if not pairs or run.is_uncertain(effect.column) or _is_eased(run, effect):
            continue
        one = pairs[0]
        message = (
            f"{fact.table}.{fact.column} becomes {run.end.type(fact.type)} while the foreign key "
            f"from {one.table}.{one.own} ({one.type}) to {one.target}.{one.key} ({one.key_type}) "
            "is there: PostgreSQL refuses the step (42804); drop the foreign key before, convert "
            "both columns, and declare it again"
        )
        yield effect.unsafe("reference-mistyped", message, error=not effect.event.branch)


def _is_eased(run: Run, effect: Effect) -> bool:
    """Whether the same statement drops a constraint, or changes the type of another column."""
    kinds = facts.ConstraintDropped | facts.ColumnDropped | TypeChanged
    return effect.event.sql is not None and any(
        other is not effect
        and other.event.sql is effect.event.sql
        and isinstance(other.event.fact, kinds)
        for other in run.effects
    )


def sequence_left_narrow(run: Run) -> Iterator[Unsafe]:
    """A serial key widened, and its sequence not."""
    for effect, fact in run.of(TypeChanged):
        narrow = effect.sequence_type or _presumed(effect, fact)
        if INTEGERS.get(fact.type, 0) <= INTEGERS.get(narrow, 2**63):
            continue
        name = effect.sequence or serial_name(fact.table, fact.column)
        if run.is_uncertain(effect.column) or _follows(run, effect, fact, name):
            continue
        message = (
            f"{fact.table}.{fact.column} becomes {fact.type}, but its sequence stays {narrow}: "
            f"after {INTEGERS[narrow]} every INSERT without a key fails (2200H)"
        )
        rewritten = rewrite.with_sequence(effect.event, fact, name)
        error = bool(effect.sequence_type)
        found = effect.unsafe("sequence-left-narrow", message, rewritten, error=error)
        spot = (fact.table, fact.column)
        wide = settled.width(*spot, name, needed=fact.type, narrow=narrow)
        yield replace(found, settled_by=wide)


def _presumed(effect: Effect, fact: TypeChanged) -> str:
    """Autogenerate says autoincrement=True of the keys that models leave to the database."""
    presumed = fact.autoincrement and effect.column is None and fact.old in {"smallint", "integer"}
    return fact.old if presumed else ""


def _follows(run: Run, effect: Effect, fact: TypeChanged, name: str) -> bool:
    """Whether the sequence is widened too, or the column does not draw from it any more."""
    others = {c.sequence for c in run.end.columns.values()} - {name, ""}
    for _, altered in run.of(facts.SequenceAltered):
        wide = INTEGERS.get(altered.type, 0) >= INTEGERS[fact.type]
        if wide and bare_name(altered.name) not in others:
            return True
    drops = any(bare_name(f.name) == bare_name(name) for _, f in run.of(facts.SequenceDropped))
    if drops or _has_new_generator(run, fact):
        return True
    column = effect.column
    return column is not None and (
        column not in run.end.columns.values()
        or INTEGERS.get(column.type, 0) <= INTEGERS[effect.sequence_type]
    )


def _has_new_generator(run: Run, fact: TypeChanged) -> bool:
    kinds = facts.DefaultSet | facts.IdentityAdded | facts.GeneratorDropped
    others = [effect.event.fact for effect in run.effects]
    generators = [other for other in others if isinstance(other, kinds)]
    return any((one.table, one.column) == (fact.table, fact.column) for one in generators)
