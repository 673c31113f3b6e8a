"""`remediate status`: what holds, what does not, and what the repairs are expected to reach."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from remediate.analysis.audit.autogenerate import Compared
from remediate.commands import comparison
from remediate.commands.check import against_baseline
from remediate.commands.flows import evidence
from remediate.commands.items import scope
from remediate.commands.judgement import Judgement, judge
from remediate.commands.phases import phases
from remediate.commands.planning import plan_of
from remediate.config import Config
from remediate.findings import selection
from remediate.findings.effects import Aim
from remediate.plans import plan_file
from remediate.plans.agreement import check_database
from remediate.plans.baseline import Checked
from remediate.plans.criteria import Criterion, Grounds, Met, criteria
from remediate.plans.decisions import carried
from remediate.plans.impact.table_health import Meets, met
from remediate.plans.plan import Plan
from remediate.plans.status import Inserting, Status
from remediate.project.comparison import compare
from remediate.project.inspection import read_with
from remediate.project.reading import Opened, Reading
from remediate.snapshots.tables import Name

_Inside = Callable[[Name], bool]


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
    selection.named(reading.live, config.first)
    judgement = judge(reading, config)
    plan = plan_of(judgement, config, predicting=False)
    if saved:
        check_database(saved, plan.database)
        plan, _ = carried(plan, saved)
    inside = scope(judgement, config)
    grounds = _grounds(judgement, config, inside)
    beside = [
        comparison.criterion(compared, reading, inside, grounds.within),
        *_baseline(against_baseline(plan, config)),
    ]
    return Status(
        plan=plan,
        criteria=(*criteria(plan, grounds), *beside),
        phases=phases(plan, judgement, config, reviewed=saved is not None),
        inserts=_inserting(plan, judgement, inside),
        scope=grounds.scope,
        reviewed=str(options.plan or ""),
    )


def _inserting(plan: Plan, judgement: Judgement[Reading], inside: _Inside) -> Inserting:
    live = judgement.reading.live
    seen = evidence(judgement, inside, plan.impacts, (plan.unverified, plan.ignored))
    tables = [t.name for t in live.tables if t.partition_of is None and inside(t.name)]
    count = Counter(met(name, seen) for name in tables)
    return Inserting(
        len(tables),
        refusing=count[Meets.REFUSAL],
        spoiling=count[Meets.SPOILING],
        of_models=count[Meets.REFUSAL_OF_MODEL],
        orphaned=count[Meets.NO_PARENT],
        doubtful=count[Meets.LIKELY],
        failing=count[Meets.SOON],
        unknown=count[Meets.UNKNOWN],
    )


def _grounds(judgement: Judgement[Reading], config: Config, inside: _Inside) -> Grounds:
    reading = judgement.reading
    named = ("--schema", config.schema), ("--table", config.table)
    return Grounds(
        frozenset(judgement.rules),
        frozenset((table.name, column) for table in reading.live.tables for column in table.key),
        tuple(d.table for d in reading.declared.duplicates if d.differ and inside(d.table)),
        " and ".join(f"{option} {' '.join(globs)}" for option, globs in named if globs),
    )


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
