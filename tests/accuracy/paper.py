"""The tables of docs/accuracy.md, made of what was judged. No sentence here depends on a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tests.accuracy import tools
from tests.accuracy.corpus import Spot
from tests.accuracy.reasons import reason
from tests.accuracy.score import Judged, Score, score
from tests.accuracy.tools import HEALTH, NAIVE, REMEDIATE
from tests.corpora.kinds import BY_ERROR, Kind

OF_REFERENCES = (Kind.MISTYPED, Kind.UNDECLARED)
CORPORA = {
    "zoo": "one table for each kind of key",
    "lessons": "schemas in the manner of real projects",
    "hard": "cases that mislead tools, labelled before the rules were asked",
    "references": "references, labelled together with the rules",
    "blind references": "references, labelled without knowledge of the rules",
}
NONE = "-"


def tables(results: Sequence[Judged]) -> str:
    """Everything that the program writes between the marks of the page."""
    parts = (
        ("Found and missed, by kind of defect", by_kind(results)),
        ("By corpus", by_corpus(results)),
        ("alembic check", by_models(results)),
        ("What remediate misses", misses(results)),
        ("What remediate reports although it works", alarms(results)),
    )
    return "\n\n".join(f"### {title}\n\n{text}" for title, text in parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def by_kind(results: Sequence[Judged]) -> str:
    """A row for each kind; those of references also without those that came with the rules."""
    head = (
        "defect", "there are", "remediate: found", "only mentioned", "missed", "false alarms",
        "naive queries: found", "false alarms", "index health: found", "false alarms",
    )  # fmt: skip
    blind = [one for one in results if one.corpus.family == "blind references"]
    told = [one for one in results if one not in blind]
    rows = []
    for kind in Kind:
        if kind in OF_REFERENCES:
            rows += [
                _row(f"{kind} (labelled with the rules)", kind, told),
                _row(f"{kind} (labelled blind)", kind, blind),
            ]
        else:
            rows.append(_row(kind, kind, results))
    return _table(head, rows)


def _row(name: str, kind: Kind, results: Sequence[Judged]) -> list[object]:
    ours = score(results, REMEDIATE, kind)
    others = (
        cell
        for tool in (NAIVE, HEALTH)
        for cell in _found(score(results, tool, kind), asked=kind in tools.CHECKS[tool])
    )
    counts = (ours.total, *map(len, (ours.found, ours.hinted, ours.missed, ours.alarms)))
    return [name, *counts, *others]


def _found(made: Score, *, asked: bool) -> tuple[object, object]:
    return (len(made.found), len(made.alarms)) if asked else (NONE, NONE)


def by_corpus(results: Sequence[Judged]) -> str:
    """What remediate makes of each corpus."""
    head = (
        "corpus", "what it is", "defects", "found", "only mentioned", "missed",
        "healthy places", "false alarms", "warnings", "mentions",
    )  # fmt: skip
    return _table(head, [corpus_row(name, results) for name in CORPORA])


def corpus_row(family: str, results: Sequence[Judged]) -> list[object]:
    """One row of that table."""
    own = [one for one in results if one.corpus.family == family]
    scores = [score(own, REMEDIATE, kind) for kind in Kind]
    healthy = sum(len(frozenset().union(*one.truth.healthy.values())) for one in own)

    def count(name: str) -> int:
        return sum(len(getattr(one, name)) for one in scores)

    return [
        family, CORPORA[family], sum(one.total for one in scores),
        *map(count, ("found", "hinted", "missed")),
        healthy, *map(count, ("alarms", "warnings", "mentions")),
    ]  # fmt: skip


def by_models(results: Sequence[Judged]) -> str:
    """Both tools on the tables that models declare, whatever the defect there is."""
    rows = []
    for tool in (REMEDIATE, tools.ALEMBIC):
        found = missed = false = 0
        for one in results:
            modelled = {
                t for m in one.corpus.metadatas for t in map(tools.placed, m.tables.values())
            }
            told = {claim.spot.table for claim in one.claims[tool] if _weighty(claim)}
            broken = {spot.table for spot in one.truth.broken} & modelled
            healthy = frozenset().union(*(one.truth.healthy.values())) & modelled
            found, missed = found + len(broken & told), missed + len(broken - told)
            false += len((healthy - broken) & told)
        rows.append((tool, found + missed, found, missed, false))
    return _table(("tool", "broken tables", "found", "missed", "healthy tables reported"), rows)


def _weighty(claim: tools.Claim) -> bool:
    return claim.severity is not tools.Severity.INFO


def misses(results: Sequence[Judged]) -> str:
    """Every miss of ours, by its reason."""
    return _by_reason(results, ("missed",))


def alarms(results: Sequence[Judged]) -> str:
    """Every error and warning of ours at what works, by its reason."""
    return _by_reason(results, ("alarms", "warnings"))


def _by_reason(results: Sequence[Judged], outcomes: Sequence[str]) -> str:
    places: dict[str, list[str]] = defaultdict(list)
    for one in results:
        for kind in Kind:
            made = score([one], REMEDIATE, kind)
            for place in (p for name in outcomes for p in getattr(made, name)):
                spot = _spot(kind, place.removeprefix(f"{one.corpus.name}: "))
                why, more = reason(one.corpus, spot)
                places[why].append(
                    f"`{spot}` ({'; '.join(filter(None, [one.corpus.family, more]))})"
                )
    ranked = sorted(places.items(), key=lambda item: (-len(item[1]), item[0]))
    return "\n".join(f"- {len(found)}: {why}: {', '.join(found)}" for why, found in ranked)


def _spot(kind: Kind, place: str) -> Spot:
    in_table = kind in BY_ERROR.values() or kind is Kind.KEYLESS
    return Spot(kind, place) if in_table else Spot(kind, *place.rsplit(".", 1))
