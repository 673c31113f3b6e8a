"""Whom a finding hurts: what depends on its table, how urgent it is, and what to repair first."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from remediate.analysis.facts import QuestionFacts
from remediate.analysis.outlooks import inserts_a_day
from remediate.findings.effects import When
from remediate.findings.facts import part_of
from remediate.findings.finding import Finding, Tier
from remediate.plans.impact.consequences import Consequences, consequences
from remediate.plans.impact.flow import Flow
from remediate.plans.impact.graph import Cycle, Graph, Reach, reference_graph, root
from remediate.plans.impact.risk import Exposure, Risk, assess, score_of
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, family
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class Impact:
    """What a finding does to the tables around it."""

    finding: str  # its id
    table: Name | None  # the one that it is about; a partition's root
    feature: str  # what users call it; "" where nobody said
    risk: Risk
    consequences: Consequences
    direct: Reach  # tables that reference it, where it keeps rows out
    affects: Reach  # these, and those that depend on it through others
    stopped: Reach  # of these: no row of them can be without one of its rows
    needs: Reach  # tables that it references, directly or through others
    features: tuple[str, ...]  # those of the tables that it affects

    @property
    def stops_now(self) -> bool:
        """Whether it keeps rows out of its table at this moment."""
        return self.consequences.stops and self.consequences.when is When.NOW

    @property
    def spoils_now(self) -> bool:
        """Whether its table takes rows at this moment that have no id, or that of another."""
        return self.consequences.spoils and self.consequences.when is When.NOW


@dataclass(frozen=True, slots=True)
class Assessment:
    """The database as a whole, as far as findings go."""

    score: int = 100  # 100: nothing is found
    tiers: Mapping[Tier, int] = field(default_factory=dict, hash=False)  # how many in each
    insertion_order: tuple[Name, ...] = ()  # tables of findings, and those around them
    cycles: tuple[Cycle, ...] = ()  # among them
    # Of each of these tables those that reference it directly: what counts of findings count.
    referenced_by: Mapping[Name, tuple[Name, ...]] = field(default_factory=dict, hash=False)
    repair_order: tuple[str, ...] = ()  # ids of findings: what stops users now comes first
    flows: tuple[Flow, ...] = ()  # of the settings; () where no database was read


NOTHING_FOUND = Assessment()


@dataclass(frozen=True, slots=True)
class TableSettings:
    """What somebody said of tables in the settings."""

    tiers: Mapping[Name, Tier] = field(default_factory=dict, hash=False)
    features: Mapping[Name, str] = field(default_factory=dict, hash=False)


def of(
    live: Live,
    declared: Declared,
    findings: Collection[Finding],
    settings: TableSettings = TableSettings(),
) -> tuple[dict[str, Impact], Assessment]:
    """The impact of each finding by its id, and what they make of the database."""
    if not findings:
        return {}, NOTHING_FOUND
    graph = reference_graph(live, declared)
    impacts = {f.id: _impact(f, graph, live, settings) for f in findings}
    tiers = [one.risk.tier for one in impacts.values()]
    about = {f.id: _tables(f, live) for f in findings}
    around = {table for tables in about.values() for table in tables}
    hurt = {t for id_, one in impacts.items() if one.consequences.stops for t in about[id_]}
    around |= graph.around(around, hurt)
    place = graph.place
    return impacts, Assessment(
        score=score_of(tiers),
        tiers={tier: tiers.count(tier) for tier in Tier if tier in tiers},
        insertion_order=tuple(sorted(around & place.keys(), key=place.__getitem__)),
        cycles=tuple(cycle for cycle in graph.cycles if around & set(cycle.tables)),
        referenced_by={t: below for t, below in graph.referenced_by.items() if t in around},
        repair_order=tuple(sorted(impacts, key=lambda id_: _urgency(impacts[id_], place))),
    )


def _impact(finding: Finding, graph: Graph, live: Live, settings: TableSettings) -> Impact:
    known, tables = consequences(finding, live), _tables(finding, live)
    # A setting may name a partition, or the table that speaks for it.
    names = (finding.place.table, *tables) if finding.place.table else ()
    feature = next((settings.features[name] for name in names if name in settings.features), "")
    hurt = tables if known.stops else ()
    affects = graph.dependants(hurt)
    risk = assess(
        (finding.severity, finding.confidence),
        known.when,
        Exposure(affects.count, *_size(tables, live), feature),
        next((settings.tiers[name] for name in names if name in settings.tiers), None),
    )
    return Impact(
        finding=finding.id,
        table=tables[0] if names else None,
        feature=feature,
        risk=risk,
        consequences=known,
        direct=graph.direct(hurt),
        affects=affects,
        stopped=graph.stopped(hurt),
        needs=graph.needed(tables),
        features=_features(graph, hurt, settings),
    )


def _features(graph: Graph, hurt: Iterable[Name], settings: TableSettings) -> tuple[str, ...]:
    """Those of the tables that depend on these, in order of insertion."""
    if not settings.features:
        return ()
    below = sorted(graph.below(hurt) & settings.features.keys(), key=graph.place.__getitem__)
    return tuple(dict.fromkeys(settings.features[name] for name in below))


def _tables(finding: Finding, live: Live) -> tuple[Name, ...]:
    """The table of a finding, or those that a question for the whole database is about."""
    if finding.place.table is not None:
        return (root(finding.place.table, live),)
    question = part_of(finding.facts, QuestionFacts)
    return tuple(Name(*key[:2]) for key in question.keys) if question else ()


def _size(tables: Iterable[Name], live: Live) -> tuple[int | None, float | None]:
    """Rows and inserts a day of the largest table, each with its partitions; None: not known."""
    rows: list[int] = []
    often: list[float] = []
    for table in (live.table_of[name] for name in tables if name in live.table_of):
        parts = family(table, live) if table.partitioned else (table,)
        rows += [] if table.rows is None else [table.rows]
        rate = inserts_a_day(sum(part.inserts or 0 for part in parts), live)
        often += [] if rate is None else [rate]
    return max(rows, default=None), max(often, default=None)


def _urgency(one: Impact, place: Mapping[Name, int]) -> tuple[object, ...]:
    """What stops users now comes first, then what is worst, then parents before children."""
    risk, when = one.risk, one.consequences.when
    return (
        when is not When.NOW and risk.tier is not Tier.CRITICAL,
        risk.tier.rank,
        list(When).index(when),
        -one.affects.count,
        place.get(one.table, len(place)) if one.table else len(place),
        one.finding,
    )
