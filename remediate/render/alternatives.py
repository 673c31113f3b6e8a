"""The ways that a finding leaves open, as a person compares them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from remediate.findings.alternative import Alternative, Way
from remediate.findings.remedy import ACCEPTED_BY_NAME, Hazard
from remediate.plans.plan import Item
from remediate.render.lines import WIDTH, wrapped
from remediate.system.words import counted

NEEDS = {
    Hazard.MODEL_TYPE: "models with the new type in the same deploy",
    Hazard.MODEL_REFERENCE: "ForeignKey in the model in the same deploy",
    Hazard.MODEL_INDEX: "index=True in the model in the same deploy",
    Hazard.MODEL_IDENTITY: "Identity() in the model in the same deploy",
    Hazard.PREPARED_STATEMENTS: "recycled connections after the upgrade",
    Hazard.NEW_TABLE: "a GRANT for each role that uses the table",
    Hazard.UNTRACKED_TABLE: "its MetaData in env.py",
    Hazard.MODEL_CONTRADICTED: "the model corrected before code uses it",
    Hazard.EXPLICIT_IDS: "no code that passes ids itself, or --headroom",
}


def lines(alternatives: Sequence[Alternative], indent: str, width: int = WIDTH) -> Iterator[str]:
    """Question by question, at most so many columns wide."""
    for question, some in groupby(alternatives, lambda one: one.question):
        yield from wrapped(f"choice: {question}", indent, width=width)
        for one in some:
            mark = "  (as planned)" if one.taken else ""
            yield from wrapped(f"{one.title}{mark}", f"{indent}  {one.letter}  ", width=width)
            for sentence in sentences(one):
                yield from wrapped(sentence, f"{indent}     ", width=width)


def of_group(items: Sequence[Item], width: int = WIDTH) -> Iterator[str]:
    """Once for all items whose ways are alike, by the first of them."""
    for first, others in alike(items):
        also = f" and {others} like it" if others else ""
        yield ""
        yield from wrapped(f"{first.finding.place}{also}", "  ", width=width)
        yield from lines(first.alternatives, "    ", width)


def alike(items: Sequence[Item]) -> Iterator[tuple[Item, int]]:
    """The first item of those with the same ways, and how many others there are."""
    found: dict[tuple[object, ...], list[Item]] = {}
    for item in items:
        if item.alternatives:
            found.setdefault(shape(item.alternatives), []).append(item)
    yield from ((some[0], len(some) - 1) for some in found.values())


def shape(alternatives: Sequence[Alternative]) -> tuple[object, ...]:
    """The same for findings whose ways differ in nothing but names and sizes."""
    return tuple(
        (replace(one, how="", by_hand="", rows=0, bytes=0), bool(one.by_hand))
        for one in alternatives
    )


def sentences(one: Alternative) -> Iterator[str]:
    """What it costs, what it needs, what holds then, and how it is chosen."""
    return (text[:1].upper() + text[1:] for text in _sentences(one))


def _sentences(one: Alternative) -> Iterator[str]:
    if one.by_hand and not one.taken:  # of what is planned, the finding itself names the reason
        yield f"by hand: {one.by_hand}"
    elif one.way is Way.DATABASE and not (one.then or one.by_hand):
        yield cost(one)
    if needs := [*_needs(one)]:
        yield f"needs: {'; '.join(needs)}"
    if one.then:
        yield f"then: {one.then}"
    yield f"to choose it: {one.how}"


def _needs(one: Alternative) -> Iterator[str]:
    """What people have to do or accept; what they have to know is among the notes of a repair."""
    yield from (text for hazard, text in NEEDS.items() if hazard in one.needs)
    yield from (f"--allow {hazard.value}" for hazard in one.needs if hazard in ACCEPTED_BY_NAME)


def cost(one: Alternative) -> str:
    """The lock, who waits, and how large the tables are."""
    lock = one.lock or "no table lock"
    size = f", {one.bytes / 1_000_000:,.0f} MB" if one.bytes >= 1_000_000 else ""
    rows = f"; {counted(one.rows, 'row')}{size} by the statistics" if one.rows else ""
    return f"{lock}: {one.meanwhile}{rows}"
