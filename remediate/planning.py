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
    options = Options(
        named, config.generated_keys, config.headroom, config.identity, config.uuid,
        config.offline_window, values=config.values, orphans=config.orphans,
        on_delete=config.on_delete, deep=config.deep,
    )  # fmt: skip
    rules = {r.code: r for r in scope.chosen(RULES, config.select, config.ignore)}
    verdicts = [
        verdict
        for rule in rules.values()
        for verdict in rule.find(live, reading.declared, options)
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
        items=tuple(Item(f, rules[f.rule].remedy(f, live, options)) for f in findings),
        healthy=tuple(v for v in verdicts if isinstance(v, Healthy) and v.place not in spoken_of),
        unverified=unverified,
        heads=reading.environment.heads if reading.environment else None,
        script_directory=str(reading.project.script.dir) if reading.project else "",
        tables=sum(bool(t.key) and inside(t.name) for t in live.tables),
        seconds=reading.seconds,
    )


def _is_inside(place: Place, inside: Callable[[Name], bool]) -> bool:
    return place.table is None or inside(place.table)
