"""The plan for what was read: what the rules find, and what would be done about it."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from remediate import __version__
from remediate.commands import flows
from remediate.commands.items import items, scope, with_alternatives
from remediate.commands.judgement import Judgement, findings_and_ignored, judge
from remediate.commands.rounds import with_company
from remediate.config import Config
from remediate.findings import selection
from remediate.findings.finding import Finding, Healthy, Place, Unverified, Verdict
from remediate.plans.headroom import rooms
from remediate.plans.impact import impact
from remediate.plans.impact.settings import table_settings
from remediate.plans.made import Made
from remediate.plans.permissions import lacking
from remediate.plans.plan import Plan, Run
from remediate.plans.plan_file import shaping
from remediate.postgres.sql import quote
from remediate.project.reading import Reading
from remediate.remedies import refusals
from remediate.snapshots.tables import Name
from remediate.system import stages


def planned(reading: Reading, config: Config) -> Plan:
    """The plan for what was read: rules over the two snapshots."""
    return plan_of(judge(reading, config), config)


def plan_of(judgement: Judgement[Reading], config: Config, *, predicting: bool = True) -> Plan:
    """The plan for the tables that the settings name: remedies, and whom each finding hurts.

    Not `predicting`, it does not say what becomes of repairs that meet, what is found then, and
    which other ways there are.
    """
    reading, chosen = judgement.reading, judgement.options
    live = reading.live
    inside = scope(judgement, config)
    asked_for = selection.speaks_of(live, config.schema, chosen.named)
    verdicts = judgement.within(inside)
    findings, ignored = findings_and_ignored(verdicts, config.ignored)
    unverified = _unverified(reading, verdicts, inside)
    impacts, assessment = impact.of(
        live, reading.declared, findings, settings_of_tables(reading, config)
    )
    seen = flows.evidence(judgement, inside, impacts, (unverified, ignored))
    found = {v.place for v in verdicts if isinstance(v, Finding)}
    spoken_of = found | {u.place for u in unverified}
    stages.begin("planning the repairs")
    known = items(findings, judgement)
    known = with_alternatives(known, judgement) if predicting else known
    stages.begin("planning which repairs go together")
    accompanied, revealed = with_company(known, judgement, config) if predicting else (known, ())
    made = Plan(
        database=live.database.identity,
        items=accompanied,
        revealed=revealed,
        healthy=tuple(v for v in verdicts if isinstance(v, Healthy) and v.place not in spoken_of),
        unverified=unverified,
        heads=reading.environment.heads if reading.environment else None,
        bases=tuple(r.id for r in reading.declared.history.revisions if not r.down),
        tips=tuple(r.id for r in reading.declared.history.tips),
        waiting=tuple(r.id for r in reading.declared.history.ahead),
        revisions=len(reading.declared.history.revisions),
        engine=reading.environment.engine if reading.environment else "",
        left_out=tuple(
            sorted(n for n in reading.left_out.tables if asked_for(n) and not inside(n))
        ),
        left_out_columns=tuple(
            sorted(f"{n}.{quote(c)}" for n, c in reading.left_out.columns if inside(n))
        ),
        ignored=ignored,
        tables=sum(bool(t.key) and inside(t.name) for t in live.tables),
        model_tables=_model_tables(reading, inside),
        impacts=impacts,
        assessment=replace(assessment, flows=flows.judged(config, reading, seen)),
        headroom=rooms(live, reading.declared, inside),
        settings=shaping(config),
        made=Made(datetime.now(UTC).isoformat(timespec="seconds"), __version__),
        run=Run(
            script_directory=str(reading.project.script.dir) if reading.project else "",
            left_out_by=reading.left_out.by,
            seconds=reading.seconds,
            role=live.database.role,
            lacking=lacking(known, live),
            backup=config.backup,
            refusals=refusals.of(reading.declared.history, live),
        ),
    )
    if reading.project or reading.declared.history.revisions:
        from remediate.commands import past  # noqa: PLC0415  (reads revisions)

        made = past.told(made, findings if predicting else (), known, judgement)
    return made.demanding(config.reviewers)


def outline(judgement: Judgement[Reading], config: Config) -> Plan:
    """What the plan for the same database finds, repairs and leaves open, and nothing else."""
    inside, reading = scope(judgement, config), judgement.reading
    verdicts = judgement.within(inside)
    findings, _ = findings_and_ignored(verdicts, config.ignored)
    return Plan(
        reading.live.database.identity,
        items=items(findings, judgement),
        unverified=_unverified(reading, verdicts, inside),
    )


def _unverified(
    reading: Reading, verdicts: Iterable[Verdict], inside: Callable[[Name], bool]
) -> tuple[Unverified, ...]:
    """What could not be read, of the database and of the models, and what does not tell."""
    unread = (
        Unverified(Place(u.table, u.column), u.reason, u.verify)
        for u in reading.live.unread
        if inside(u.table)
    )
    modules = (
        Unverified(Place(subject=m.file), m.reason, m.verify)
        for m in reading.declared.unread_modules
    )
    return (*unread, *modules, *(v for v in verdicts if isinstance(v, Unverified)))


def _model_tables(reading: Reading, inside: Callable[[Name], bool]) -> int | None:
    if not reading.models_read:
        return None
    return sum(inside(table.name) for table in reading.declared.tables)


def settings_of_tables(reading: Reading, config: Config) -> impact.TableSettings:
    """What the settings say of tables. Each has to be known, where everything is."""
    several = reading.environment is not None and bool(reading.environment.engine)
    complete = bool(reading.live.database.version) and not several
    return table_settings(config.tiers, config.features, reading.known, complete=complete)
