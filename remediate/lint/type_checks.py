"""Type changes: without a way for the values, and of keys whose sequence stays behind."""

from collections.abc import Iterator

from remediate.lint import facts, rewrite
from remediate.lint.events import Run, Seen
from remediate.lint.facts import TypeChanged
from remediate.lint.saying import unsafe
from remediate.lint.state import bare, serial_name
from remediate.lint.types import INTEGERS, conversion, is_refused
from remediate.lint.values import Unsafe


def without_using(run: Run) -> Iterator[Unsafe]:
    """ALTER TYPE that PostgreSQL refuses. Where two sources differ on the old type, both count."""
    for seen, fact in run.of(TypeChanged):
        olds = [old for old in (seen.type, run.end.type(fact.old)) if old]
        new = run.end.type(fact.type)
        if fact.using or not olds or not all(is_refused(old, new) for old in olds):
            continue
        way = conversion(olds[0], new, rewrite.quote(fact.column))
        rewritten = rewrite.with_using(seen.event, fact, way) if way else ""
        message = _refused(fact, olds[0], new, way)
        yield unsafe(seen, "type-without-using", message, rewritten, error=True)


def _refused(fact: TypeChanged, old: str, new: str, way: str) -> str:
    old, new = old.removeprefix("enum "), new.removeprefix("enum ")
    text = (
        f"{fact.table}.{fact.column} is {old} and becomes {new} without USING: PostgreSQL does not "
        "convert that by itself and refuses the step (42804)"
    )
    return text if way else f"{text}; no cast leads there, what becomes of the values is a decision"


def left_narrow(run: Run) -> Iterator[Unsafe]:
    """A serial key widened, and its sequence not."""
    for seen, fact in run.of(TypeChanged):
        narrow = seen.sequence_type or _presumed(seen, fact)
        if INTEGERS.get(fact.type, 0) <= INTEGERS.get(narrow, 2**63):
            continue
        name = seen.sequence or serial_name(fact.table, fact.column)
        if run.is_blurred(seen.column) or _follows(run, seen, fact, name):
            continue
        message = (
            f"{fact.table}.{fact.column} becomes {fact.type}, but its sequence stays {narrow}: "
            f"after {INTEGERS[narrow]} every INSERT without a key fails (2200H)"
        )
        rewritten = rewrite.with_sequence(seen.event, fact, name)
        error = bool(seen.sequence_type)
        yield unsafe(seen, "sequence-left-narrow", message, rewritten, error=error)


def _presumed(seen: Seen, fact: TypeChanged) -> str:
    """Autogenerate says autoincrement=True of the keys that models leave to the database."""
    presumed = fact.counted and seen.column is None and fact.old in {"smallint", "integer"}
    return fact.old if presumed else ""


def _follows(run: Run, seen: Seen, fact: TypeChanged, name: str) -> bool:
    """Whether the sequence is widened too, or the column does not draw from it any more."""
    others = {c.sequence for c in run.end.columns.values()} - {name, ""}
    for _, altered in run.of(facts.SequenceAltered):
        wide = INTEGERS.get(altered.type, 0) >= INTEGERS[fact.type]
        if wide and bare(altered.name) not in others:
            return True
    if _is_fed_anew(run, fact):
        return True
    column = seen.column
    return column is not None and (
        column not in run.end.columns.values()
        or INTEGERS.get(column.type, 0) <= INTEGERS[seen.sequence_type]
    )


def _is_fed_anew(run: Run, fact: TypeChanged) -> bool:
    kinds = facts.DefaultSet | facts.IdentityAdded | facts.GeneratorDropped
    others = [seen.event.fact for seen in run.seen]
    found = [one for one in others if isinstance(one, kinds)]
    return any((one.table, one.column) == (fact.table, fact.column) for one in found)
