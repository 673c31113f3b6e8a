"""`remediate plan`: what is wrong with the keys, and what would be done about it."""

from collections.abc import Callable, Collection
from dataclasses import replace

from remediate import impact, scope
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.finding import Finding, Healthy, Options, Place, Rule, Severity, Unverified
from remediate.ignoring import split
from remediate.plan import Item, Plan
from remediate.reading import Reading, read, read_models, read_versions
from remediate.remedy import Manual, Remedy
from remediate.rules import RULES
from remediate.rules.table_declared_twice import DECIDE
from remediate.schema import Name
from remediate.snapshot import Snapshot
from remediate.sql import quote
from remediate.table_settings import said_of_tables


def plan(config: Config) -> Plan:
    """What is wrong with the keys, and what would be done about it. Reads only."""
    return planned(read(config), config)


def plan_alone(config: Config, side: str) -> Plan:
    """What models ("models") or revisions ("revisions") tell without a database."""
    reading = read_models(config) if side == "models" else read_versions(config)
    known = scope.chosen(RULES, config.select, config.ignore)
    codes = tuple(rule.code for rule in known if rule.alone == side)
    if not codes:
        raise UsageProblem(
            f"none of the selected rules is about {side} alone",
            f"These are: {', '.join(rule.code for rule in RULES if rule.alone == side)}",
        )
    return planned(reading, replace(config, select=codes, ignore=()))


def planned(reading: Reading, config: Config) -> Plan:
    """The plan for what was read: rules over the two snapshots."""
    live = reading.live
    named = scope.named(live, config.table)
    inside = scope.speaks_of(live, config.schema, named, reading.left_out.all)
    asked_for = scope.speaks_of(live, config.schema, named)
    chosen = options(reading, config)
    rules = {r.code: r for r in scope.chosen(RULES, config.select, config.ignore)}
    verdicts = [
        verdict
        for rule in rules.values()
        for verdict in rule.find(live, reading.declared, chosen)
        if _is_inside(verdict.place, inside, reading.left_out.columns)
    ]
    urgency = list(Severity)
    found = sorted(
        (v for v in verdicts if isinstance(v, Finding)), key=lambda f: urgency.index(f.severity)
    )
    findings, ignored = split(found, config.ignored)
    unverified = tuple(
        Unverified(Place(u.table, u.column), u.reason, u.verify)
        for u in live.unread
        if inside(u.table)
    ) + tuple(
        Unverified(Place(subject=m.file), m.reason, m.verify) for m in reading.declared.missed
    )
    impacts, standing = impact.of(live, reading.declared, findings, _said(reading, config))
    spoken_of = {f.place for f in found} | {u.place for u in unverified}
    return Plan(
        database=live.database,
        items=tuple(Item(f, _remedy(f, rules[f.rule], reading, chosen)) for f in findings),
        healthy=tuple(v for v in verdicts if isinstance(v, Healthy) and v.place not in spoken_of),
        unverified=unverified,
        heads=reading.environment.heads if reading.environment else None,
        script_directory=str(reading.project.script.dir) if reading.project else "",
        bases=tuple(r.id for r in reading.declared.history.revisions if not r.down),
        tips=tuple(r.id for r in reading.declared.history.tips),
        engine=reading.environment.engine if reading.environment else "",
        left_out=tuple(
            sorted(n for n in reading.left_out.tables if asked_for(n) and not inside(n))
        ),
        left_out_columns=tuple(
            sorted(f"{n}.{quote(c)}" for n, c in reading.left_out.columns if inside(n))
        ),
        left_out_by=reading.left_out.by,
        ignored=ignored,
        tables=sum(bool(t.key) and inside(t.name) for t in live.tables),
        seconds=reading.seconds,
        impacts=impacts,
        standing=standing,
    )


def _said(reading: Reading, config: Config) -> impact.Said:
    """What the settings say of tables. Each has to be known, where everything is."""
    known = Snapshot(tables=(*reading.live.tables, *reading.declared.tables))
    several = reading.environment is not None and bool(reading.environment.engine)
    complete = bool(reading.live.database.version) and not several
    return said_of_tables(config.tiers, config.features, known, complete=complete)


def _remedy(finding: Finding, rule: Rule, reading: Reading, options: Options) -> Remedy | Manual:
    """What the rule says; nothing, as long as nobody knows which of several models is right."""
    twice = {one.table for one in reading.declared.twice if one.differ}
    if finding.place.table in twice:
        return Manual(DECIDE)
    return rule.remedy(finding, reading.live, options)


def options(reading: Reading, config: Config) -> Options:
    """What the user decided that rules and remedies have to know."""
    return Options(
        named=scope.named(reading.live, config.table),
        left_out=reading.left_out.all,
        generated_keys=config.generated_keys,
        headroom=config.headroom,
        identity=config.identity,
        uuid=config.uuid,
        offline_window=config.offline_window,
        rows_rewritten=config.rows_rewritten,
        values=config.values,
        orphans=config.orphans,
        on_delete=config.on_delete,
        right=config.right,
    )


def _is_inside(
    place: Place, inside: Callable[[Name], bool], left_out: Collection[tuple[Name, str]]
) -> bool:
    if place.table is None:
        return True
    return inside(place.table) and (place.table, place.column) not in left_out
