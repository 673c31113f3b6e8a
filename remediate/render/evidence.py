"""What a finding is made of, and the read-only queries that show it, for psql."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass

from remediate.analysis.facts import bad_values_of, query_of
from remediate.findings.facts import OtherFacts
from remediate.findings.finding import Facts, Finding
from remediate.snapshots.tables import Name

_SHOWN_ELSEWHERE = ("place", "query", "bad_values", "used_at", "files_read", "tracked", "instead")


def evidence(finding: Finding) -> str:
    """What the finding is made of, on one line."""
    return "; ".join(f"{name}: {value}" for name, value in pairs(finding))


def pairs(finding: Finding) -> tuple[tuple[str, str], ...]:
    """The facts by name, in words; without those that are empty, or shown elsewhere."""
    told = ((k, v) for k, v in _told(finding.facts) if k not in _SHOWN_ELSEWHERE)
    shown = ((k, v) for k, v in told if v not in (None, (), [], "", False))
    return tuple((key.replace("_", " "), _fact(value, key)) for key, value in shown)


def _told(facts: Facts) -> Iterator[tuple[str, object]]:
    """The facts by name, with those of their parts."""
    if isinstance(facts, OtherFacts):
        yield from facts.values.items()
        return
    for one in fields(facts):
        value = getattr(facts, one.name)
        if isinstance(value, Facts):
            yield from _told(value)
        else:
            yield one.name, value


def _fact(value: object, name: str = "") -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Name):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        value = {one.name: getattr(value, one.name) for one in fields(value)}
    if isinstance(value, Mapping):
        return ", ".join(f"{key.replace('_', ' ')} {_fact(part)}" for key, part in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(_member(one) if name == "members" else _dotted(one) for one in value)
    return str(value)


def _dotted(value: object) -> str:
    """A place of several names, or one value."""
    if isinstance(value, tuple | list) and not isinstance(value, Name):
        return ".".join(map(str, value))
    return _fact(value)


def _member(value: Sequence[object]) -> str:
    """A column of FK008: its place, its type, and whether it is declared."""
    *place, type_, declared = value
    return f"{_dotted(place)} {type_}{'' if declared else ' (undeclared)'}"


def queries(finding: Finding) -> Iterator[tuple[str, str]]:
    """What each of them shows, and its text."""
    if finding.query:
        yield "shows it", finding.query
    if counts := query_of(finding):
        yield "counts the values", counts
    for one in bad_values_of(finding):
        if one.query:
            count = one.why if one.count is None else f"{one.count:,}"
            yield f"lists the values that are {one.kind} ({count})", one.query


def psql(finding: Finding) -> str:
    """All of them as one script, each under a comment; "" where there is none."""
    return "\n".join(f"-- {what}\n{text};" for what, text in queries(finding))
