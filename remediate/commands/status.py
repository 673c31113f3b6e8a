"""`remediate status`: what holds, what does not, and what the repairs are expected to reach."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from remediate.analysis.audit.autogenerate import Compared, Kind, Proposed
from remediate.commands.check import against_baseline
from remediate.commands.items import scope
from remediate.commands.judgement import judge
from remediate.commands.phases import phases
from remediate.commands.plan import plan_of
from remediate.config import Config
from remediate.findings.effects import Aim, Inserts, When
from remediate.findings.finding import id_parts
from remediate.plans import plan_file
from remediate.plans.agreement import check_database
from remediate.plans.baseline import Checked
from remediate.plans.criteria import Criterion, Grounds, Met, criteria
from remediate.plans.decisions import carried
from remediate.plans.impact.impact import Impact
from remediate.plans.plan import Plan
from remediate.plans.status import Inserting, Status
from remediate.postgres.sql import quote
from remediate.project.comparison import compare
from remediate.project.inspection import Opened, Reading, read_with
from remediate.rules import rule_of
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class StatusOptions:
    """What was decided already."""

    plan: Path | str | None = None
    """A reviewed plan, whose decisions about models without a table count; None: none."""


def status(config: Config, options: StatusOptions = StatusOptions()) -> Status:
    """The state of the database and its project by the criteria of a repair. Reads only.

    Raises UsageProblem where there is neither a project nor a database URL, for a table or rule
    that does not exist, and for a file that is no plan; Refused for a plan of another database;
    DatabaseProblem where the database cannot be read.
    """
    saved = plan_file.load(options.plan) if options.plan else None

    def more(opened: Opened) -> Compared:
        return compare(opened.context, opened.live)

    reading, compared = read_with(config, more)
    judgement = judge(reading, config)
    plan = plan_of(judgement, config, predicting=False)
    if saved:
        check_database(saved, plan.database)
        plan, _ = carried(plan, saved)
    inside = scope(judgement, config)
    beside = [_comparison(compared, reading, inside), *_baseline(against_baseline(plan, config))]
    grounds = Grounds(frozenset(judgement.rules), _key_columns(reading.live))
    return Status(
        plan=plan,
        criteria=(*criteria(plan, grounds), *beside),
        phases=phases(plan, judgement, config),
        inserts=_inserting(plan, reading.live),
    )


def _inserting(plan: Plan, live: Live) -> Inserting:
    known = [(i, one) for i, one in plan.impacts.items() if one.table in live.table_of]
    now = {(one.table, rule_of(id_parts(i)[0]).stops) for i, one in known if one.stops_now}
    refusing = {table for table, stopped in now if stopped is not Inserts.OF_MODELS}
    spoiling = {one.table for _, one in known if one.spoils_now} - refusing
    of_models = {table for table, _ in now} - refusing - spoiling
    soon = {one.table for _, one in known if _will_stop(one)}
    failing = soon - refusing - spoiling - of_models
    return Inserting(len(refusing), len(spoiling), len(of_models), len(failing))


def _will_stop(one: Impact) -> bool:
    return one.consequences.stops and one.consequences.when is When.SOON


def _key_columns(live: Live) -> frozenset[tuple[Name, str]]:
    return frozenset((table.name, column) for table in live.tables for column in table.key)


def _comparison(compared: Compared, reading: Reading, inside: Callable[[Name], bool]) -> Criterion:
    """What Alembic's own comparison proposes about tables, keys and references."""
    aim = Aim.COMPARISON_CLEAN
    if compared.failure:
        return Criterion(aim, Met.UNKNOWN, why=compared.failure)
    proposed = (one for one in compared.proposed if one.table is None or inside(one.table))
    found = [one for one in proposed if _touches_keys(one, reading)]
    if not found:
        return Criterion(aim, Met.YES)
    return Criterion(aim, Met.NO, tuple(map(_named, found)), f"it proposes to {_named(found[0])}")


_WHOLE = (Kind.DROP_TABLE, Kind.CREATE_TABLE, Kind.DROP_CONSTRAINT, Kind.ADD_CONSTRAINT)
_COLUMNS = (Kind.DROP_COLUMN, Kind.ALTER_COLUMN, Kind.ADD_COLUMN)


def _touches_keys(one: Proposed, reading: Reading) -> bool:
    """Whole tables, constraints, and columns of keys and of references."""
    if one.kind in _WHOLE:
        return True
    references = (*reading.live.foreign_keys, *reading.declared.foreign_keys)
    known = {(fk.table, column) for fk in references for column in fk.columns}
    known |= _key_columns(reading.live)
    return one.kind in _COLUMNS and one.table is not None and (one.table, one.name) in known


def _named(one: Proposed) -> str:
    if one.kind in (Kind.ADD_CONSTRAINT, Kind.DROP_CONSTRAINT):
        what = f" {quote(one.name)}" if one.name else ""
        detail = f" {one.detail}" if one.detail else ""
        return f"{one.kind}{what} on {one.table}{detail}"
    name = f".{quote(one.name)}" if one.name else ""
    return f"{one.kind} {one.table or ''}{name}"


def _baseline(checked: Checked | None) -> Iterator[Criterion]:
    """Nothing where the project has no baseline."""
    if checked is None:
        return
    new = tuple(item.id for item in checked.to_report)
    if new:
        why = f"{checked.file} does not accept {new[0]}"
        yield Criterion(Aim.ALL_KNOWN, Met.NO, new, why)
    else:
        yield Criterion(Aim.ALL_KNOWN, Met.YES)
