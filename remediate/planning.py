"""`remediate plan`: what is wrong with the keys, and what would be done about it."""

from collections.abc import Callable

from remediate import scope
from remediate.config import Config
from remediate.finding import Finding, Healthy, Options, Place, Severity, Unverified
from remediate.plan import Item, Plan
from remediate.reading import Reading, read
from remediate.rules import RULES
from remediate.schema import Name


def plan(config: Config) -> Plan:
    """What is wrong with the keys, and what would be done about it. Reads only."""
    return planned(read(config), config)


def planned(reading: Reading, config: Config) -> Plan:
    """The plan for what was read: rules over the two snapshots."""
    live = reading.live
    named = scope.named(live, config.table)
    inside = scope.speaks_of(live, config.schema, named)
    chosen = options(reading, config)
    rules = {r.code: r for r in scope.chosen(RULES, config.select, config.ignore)}
    verdicts = [
        verdict
        for rule in rules.values()
        for verdict in rule.find(live, reading.declared, chosen)
        if _is_inside(verdict.place, inside)
    ]
    urgency = list(Severity)
    findings = sorted(
        (v for v in verdicts if isinstance(v, Finding)), key=lambda f: urgency.index(f.severity)
    )
    unverified = tuple(
        Unverified(Place(u.table, u.column), u.reason, u.verify)
        for u in live.unread
        if inside(u.table)
    )
    spoken_of = {f.place for f in findings} | {u.place for u in unverified}
    return Plan(
        database=live.database,
        items=tuple(Item(f, rules[f.rule].remedy(f, live, chosen)) for f in findings),
        healthy=tuple(v for v in verdicts if isinstance(v, Healthy) and v.place not in spoken_of),
        unverified=unverified,
        heads=reading.environment.heads if reading.environment else None,
        script_directory=str(reading.project.script.dir) if reading.project else "",
        tables=sum(bool(t.key) and inside(t.name) for t in live.tables),
        seconds=reading.seconds,
    )


def options(reading: Reading, config: Config) -> Options:
    """What the user decided that rules and remedies have to know."""
    return Options(
        named=scope.named(reading.live, config.table),
        generated_keys=config.generated_keys,
        headroom=config.headroom,
        identity=config.identity,
        uuid=config.uuid,
        offline_window=config.offline_window,
        rows_rewritten=config.rows_rewritten,
        values=config.values,
        orphans=config.orphans,
        on_delete=config.on_delete,
    )


def _is_inside(place: Place, inside: Callable[[Name], bool]) -> bool:
    return place.table is None or inside(place.table)
