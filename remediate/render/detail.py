"""What `plan -v` tells of each finding: why it is urgent, its facts, and the query of it."""

from collections.abc import Iterable, Iterator, Sequence

from remediate.findings.finding import Finding
from remediate.plans.impact.impact import Impact
from remediate.plans.plan import Item
from remediate.postgres.sql import commented
from remediate.render.evidence import pairs, psql
from remediate.render.lines import sql, wrapped
from remediate.render.style import DIM, Style

Pair = tuple[str, str]
_ABOVE = ("cause", "cause evidence", "prevention")  # told by the block
_GAP = "   "


def common(findings: Sequence[Finding]) -> frozenset[Pair]:
    """The facts that several findings share: they are told once."""
    if len(findings) < 2:
        return frozenset()
    return frozenset.intersection(*(frozenset(_told(one)) for one in findings))


def shared(first: Finding, alike: frozenset[Pair], style: Style) -> Iterator[str]:
    """The facts of all findings of a block, in the order of the first."""
    told = [pair for pair in _told(first) if pair in alike]
    yield from _packed("alike: ", told, style, "  ")


def lines(
    item: Item, one: Impact | None, alike: frozenset[Pair], style: Style, indent: str
) -> Iterator[str]:
    """What sets an item apart, below its row."""
    for word, text in _urgency(one) if one else ():
        yield from wrapped(f"{word}: {text}", indent, len(indent) + 2, style.width)
    differing = [pair for pair in _told(item.finding) if pair not in alike]
    yield from _packed("facts: ", differing, style, indent)
    yield from sql(psql(item.finding), f"{indent}  ", style.width)


def _told(finding: Finding) -> tuple[Pair, ...]:
    return tuple(pair for pair in pairs(finding) if pair[0] not in _ABOVE)


def _urgency(one: Impact) -> Iterator[tuple[str, str]]:
    known, risk = one.consequences, one.risk
    yield "risk", f"{risk.score} of 9 ({risk.probability} x {risk.impact}): {'; '.join(risk.why)}"
    yield from (("now", text) for text in (known.broken, known.by_accident) if text)
    if known.to_come:
        yield "later", known.to_come
    if one.affects.count:
        yield "blocks", str(one.affects)
    if one.features:
        yield "features", ", ".join(one.features)


def _packed(word: str, told: Iterable[Pair], style: Style, indent: str) -> Iterator[str]:
    """Facts beside each other, as many as a line holds; none is broken unless it is longer."""
    line, hanging = word, " " * len(word)
    begun = False
    for name, value in told:
        text = commented(f"{name} {value}")
        if begun and len(indent) + len(line) + len(_GAP) + len(text) > style.width:
            yield from _line(line, indent, hanging, style)
            line, begun = hanging, False
        line += f"{_GAP if begun else ''}{text}"
        begun = True
    if begun:
        yield from _line(line, indent, hanging, style)


def _line(text: str, indent: str, hanging: str, style: Style) -> Iterator[str]:
    if len(indent) + len(text) <= style.width:
        yield indent + style.paint(text, DIM)
    else:
        start = indent + text[: len(hanging)]
        yield from wrapped(text[len(hanging) :], start, len(indent + hanging), style.width)
