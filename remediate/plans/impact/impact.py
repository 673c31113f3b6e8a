"""Whom a finding hurts: what depends on its table, how urgent it is, and what to repair first."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from remediate.analysis.facts import QuestionFacts
from remediate.analysis.outlooks import inserts_a_day
from remediate.findings.effects import When
from remediate.findings.facts import part_of
from remediate.findings.finding import Finding, Tier
from remediate.plans.impact.consequences import Consequences, consequences
from remediate.plans.impact.flow import Flow
from remediate.plans.impact.graph import Cycle, Graph, reference_graph, root
from remediate.plans.impact.risk import Exposure, Risk, assess, score_of
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live, family
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class Impact:
    """What a finding does to the tables around it. Tables stand in order of insertion."""

    finding: str  # its id
    table: Name | None  # the one that it is about; a partition's root
    feature: str  # what users call it; "" where nobody said
    risk: Risk
    consequences: Consequences
    direct: tuple[Name, ...]  # tables that reference it, where it keeps rows out
    affects: tuple[Name, ...]  # these, and those that depend on it through others
    stopped: tuple[Name, ...]  # of these: no row of them can be without one of its rows
    needs: tuple[Name, ...]  # tables that it references, directly or through others
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
    around = {table for f in findings for table in _tables(f, live)}
    around |= {table for one in impacts.values() for table in (*one.affects, *one.needs)}
    place = graph.place
    return impacts, Assessment(
        score=score_of(tiers),
        tiers={tier: tiers.count(tier) for tier in Tier if tier in tiers},
        insertion_order=tuple(sorted(around & place.keys(), key=place.__getitem__)),
        cycles=tuple(cycle for cycle in graph.cycles if around & set(cycle.tables)),
        repair_order=tuple(sorted(impacts, key=lambda id_: _urgency(impacts[id_], place))),
    )


def _impact(finding: Finding, graph: Graph, live: Live, settings: TableSettings) -> Impact:
    known, tables = consequences(finding, live), _tables(finding, live)
    # A setting may name a partition, or the table that speaks for it.
    names = (finding.place.table, *tables) if finding.place.table else ()
    feature = next((settings.features[name] for name in names if name in settings.features), "")
    hurt = tables if known.stops else ()
    affects = _together(graph.dependants, hurt)
    risk = assess(
        (finding.severity, finding.confidence),
        known.when,
        Exposure(len(affects), *_size(tables, live), feature),
        next((settings.tiers[name] for name in names if name in settings.tiers), None),
    )
    return Impact(
        finding=finding.id,
        table=tables[0] if names else None,
        feature=feature,
        risk=risk,
        consequences=known,
        direct=_together(graph.direct, hurt),
        affects=affects,
        stopped=_together(graph.stopped, hurt),
        needs=_together(graph.needed, tables),
        features=tuple(
            dict.fromkeys(settings.features[n] for n in affects if n in settings.features)
        ),
    )


def _tables(finding: Finding, live: Live) -> tuple[Name, ...]:
    """The table of a finding, or those that a question for the whole database is about."""
    if finding.place.table is not None:
        return (root(finding.place.table, live),)
    question = part_of(finding.facts, QuestionFacts)
    return tuple(Name(*key[:2]) for key in question.keys) if question else ()


def _together(ask: Callable[[Name], tuple[Name, ...]], tables: Iterable[Name]) -> tuple[Name, ...]:
    """What is said of each table, once; the tables themselves are left out."""
    about = dict.fromkeys(tables)
    return tuple(dict.fromkeys(n for table in about for n in ask(table) if n not in about))


def _size(tables: Iterable[Name], live: Live) -> tuple[int | None, float | None]:
    """Rows and inserts a day of the largest table, each with its partitions; None: not known."""
    rows: list[int] = []
    often: list[float] = []
    for table in (live.table_of[name] for name in tables if name in live.table_of):
        parts = family(table, live) if table.partitioned else (table,)
        known = [part.rows for part in parts if part.rows is not None]
        # The statistics of a partitioned table count what its partitions count too.
        rows += [max(known[0], sum(known[1:]))] if known else []
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
        -len(one.affects),
        place.get(one.table, len(place)) if one.table else len(place),
        one.finding,
    )
