"""The facts of a finding as JSON values, and back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from remediate.findings.finding import Facts, Finding, Rule

Part = TypeVar("Part", bound=Facts)


@dataclass(frozen=True, slots=True)
class OtherFacts(Facts):
    """Facts that another version of the rule wrote into a file: as they stand there."""

    values: Mapping[str, object] = field(hash=False)


def part_of(facts: Facts, kind: type[Part]) -> Part | None:
    """The facts, or the part of them, that are of this kind; None where there is none."""
    if isinstance(facts, kind):
        return facts
    parts = (part_of(value, kind) for value in _values(facts) if isinstance(value, Facts))
    return next((part for part in parts if part is not None), None)


def facts_of(finding: Finding, kind: type[Part]) -> Part:
    """The facts of a finding whose rule makes them of this kind; TypeError for any other."""
    if not isinstance(finding.facts, kind):
        raise TypeError(f"the facts of {finding.id} are no {kind.__name__}: {finding.facts}")
    return finding.facts


def facts_as_json(facts: Facts) -> dict[str, object]:
    """The facts as JSON values, in the order of the fields; a part stands where its field does."""
    if isinstance(facts, OtherFacts):
        return dict(facts.values)
    found: dict[str, object] = {}
    for one in fields(facts):
        value = getattr(facts, one.name)
        if isinstance(value, Facts):
            found |= facts_as_json(value)
        elif value is not None or not _parts(_hints(type(facts))[one.name]):
            found[one.name] = _as_json(value)
    return found


def facts_from_json(rule: Rule, mapping: Mapping[str, object]) -> Facts:
    """The facts that `facts_as_json` wrote of a finding of this rule.

    OtherFacts where none of the rule's kinds gives back what is there.
    """
    for kind in rule.facts:
        try:
            facts = _read(kind, mapping)
        except (KeyError, TypeError, ValueError):
            continue
        if facts_as_json(facts) == mapping:
            return facts
    return OtherFacts(dict(mapping))


def _values(facts: Facts) -> Iterator[object]:
    return (getattr(facts, one.name) for one in fields(facts))


def _as_json(value: object) -> object:
    if is_dataclass(value):
        return {one.name: _as_json(getattr(value, one.name)) for one in fields(value)}
    return [*map(_as_json, value)] if isinstance(value, tuple) else value


def _read(kind: type[Part], given: Mapping[str, object]) -> Part:
    return kind(**{name: _part(hint, name, given) for name, hint in _hints(kind).items()})


def _part(hint: Any, name: str, given: Mapping[str, object]) -> object:
    """The value of a field: a part, if all of its names are there, or what stands under its own."""
    if parts := _parts(hint):
        return next((_read(part, given) for part in parts if _names(part) <= given.keys()), None)
    return _value(hint, given[name])


def _value(hint: Any, value: Any) -> object:
    if value is None:
        return None
    if NoneType in get_args(hint):
        hint = next(one for one in get_args(hint) if one is not NoneType)
    if get_origin(hint) is tuple:
        return tuple(_each(get_args(hint), value))
    if isinstance(hint, type) and is_dataclass(hint):
        return hint(**{name: _value(one, value[name]) for name, one in _hints(hint).items()})
    return hint(*value) if isinstance(hint, type) and issubclass(hint, tuple) else value


def _each(hints: tuple[Any, ...], values: Sequence[Any]) -> Iterator[object]:
    of_each = hints[:1] * len(values) if hints[1:] == (...,) else hints
    return (_value(hint, value) for hint, value in zip(of_each, values, strict=True))


def _parts(hint: Any) -> tuple[type[Facts], ...]:
    """The kinds of facts that a field may hold."""
    kinds = get_args(hint) or (hint,)
    return tuple(k for k in kinds if isinstance(k, type) and issubclass(k, Facts))


def _hints(kind: type) -> dict[str, Any]:
    """The fields and their types, in order: those of parents first."""
    hints = get_type_hints(kind)
    return {one.name: hints[one.name] for one in fields(kind)}


def _names(kind: type[Facts]) -> frozenset[str]:
    """The JSON keys that are always there."""
    found: set[str] = set()
    for name, hint in _hints(kind).items():
        parts = _parts(hint)
        if not parts:
            found.add(name)
        elif NoneType not in get_args(hint):
            found |= frozenset.intersection(*map(_names, parts))
    return frozenset(found)
