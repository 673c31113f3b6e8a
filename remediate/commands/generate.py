"""`remediate generate`: approved findings become proven revisions."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext

from remediate.commands import graph
from remediate.commands.ahead import NOTHING, begun, dumping
from remediate.commands.delivery import (
    Delivery,
    Written,
    without_the_refuted,
    without_what_stops_others,
    written,
)
from remediate.commands.generate_options import GenerateOptions
from remediate.commands.hooks import hooks
from remediate.commands.judgement import judge
from remediate.commands.planning import plan_of
from remediate.commands.progress import Progress, silent
from remediate.config import Config
from remediate.errors import Refused, RevisionRefuted, StopsOthers, UsageProblem
from remediate.findings.remedy import Manual
from remediate.plans import left_out, plan_file
from remediate.plans.agreement import Agreed, agreed
from remediate.plans.approval import approved, check_demand, check_first
from remediate.plans.hazards import check_hazards
from remediate.plans.plan import Landed, Plan
from remediate.plans.plan_file import with_settings
from remediate.plans.sharing import Sharing
from remediate.postgres.sql import quote
from remediate.project import siblings
from remediate.project.inspection import read
from remediate.project.project import Environment
from remediate.project.reading import ProjectReading, Reading
from remediate.project.tenancy import Tenant, check_together, few
from remediate.render import order


def generate(
    config: Config,
    options: GenerateOptions,
    progress: Progress = silent,
    sharing: Sharing | None = None,
    reader: Callable[[Config], Reading] = read,
) -> tuple[Landed, ...]:
    """Write the revisions of the approved findings into the project: stage, rehearse, land.

    `sharing`: other databases that are to run them, too; `reader` reads this one of them.
    Gives the revisions that were written, none where nothing is found. Raises Refused when nothing
    is approved, fewer reviewers approve than the project demands, a hazard is not accepted, the
    reviewed plan is stale or of another database, the heads moved, revisions wait to be run, or the
    project's command before the landing fails; UsageProblem where there is no project, a plan file
    is damaged or an approval fits nothing; DatabaseProblem where the database cannot be read;
    RehearsalFailed when the scratch server refutes a revision, with the findings that it repairs.
    In every case the versions folder is as it was.
    """
    saved = plan_file.load(options.plan) if options.plan else None
    if saved:
        config = with_settings(config, saved.settings)
        saved = saved.demanding(config.reviewers)
    else:
        check_demand(config.reviewers, options.reviewer)
    around = hooks(config)
    reading = reader(config)
    if not isinstance(reading, ProjectReading):
        raise UsageProblem(
            "a revision needs an Alembic project, and there is none here",
            "Run it in the folder of alembic.ini, or name the file with --config.",
        )
    environment = reading.environment
    _check_psql(options, environment.tenants)
    _look_around(environment, progress)
    graph.check(reading.declared.history, "Nothing was written.")
    check_together(environment.tenants, reading.declared.history)
    judgement = judge(reading, config)
    # A refusal waits for the end of what has begun: where one is certain, nothing is.
    likely = options.rehearse and (saved or options.approve) and judgement.findings
    with begun(reading, config) if likely else nullcontext(NOTHING) as ahead:
        plan = plan_of(judgement, config, predicting=False)  # the rounds say it, of what is meant
        chosen = _chosen(plan, saved, config, options)
        if chosen.new:
            progress(f"Found since the plan was made, and not in it: {', '.join(chosen.new)}")
        if sharing:
            sharing.check_unchanged(plan, chosen.items)
        if not chosen.items:
            return ()
        check_first(chosen.items, config.first)
        _check_recorded(plan, options)
        with dumping(ahead, reading, chosen.items) as dumped:
            delivery = Delivery(
                judgement, plan, config, options, chosen, progress, around, dumped, sharing
            )
            made = _written(delivery)
    done = {id_ for revision in made.landed for id_ in revision.repairs}
    covered = {item.finding.id for item in chosen.items} | done
    covered |= _repaired_along(plan, made) if done else set()
    for line in left_out.sentences(plan, options.approve, covered):
        progress(line)
    return made.landed


def _written(delivery: Delivery) -> Written:
    """What of it can be written."""
    try:
        return written(delivery)
    except StopsOthers as error:
        return _written(without_what_stops_others(delivery, error))
    except RevisionRefuted as error:
        return without_the_refuted(delivery, error)


def _repaired_along(plan: Plan, made: Written) -> set[str]:
    """What is to be done by hand, and is not found any more once these are repaired."""
    by_hand = {item.id for item in plan.items if isinstance(item.remedy, Manual)}
    return by_hand - made.left


def _chosen(plan: Plan, saved: Plan | None, config: Config, options: GenerateOptions) -> Agreed:
    """What a reviewed plan approves, or what the command itself does."""
    if saved:
        return agreed(saved, plan, str(options.plan), config.allow)
    items = approved(plan, options.approve, options.reviewer)
    check_hazards(items, config.allow)
    return Agreed(items, options.reviewer, ())


def _check_psql(options: GenerateOptions, tenants: Sequence[Tenant]) -> None:
    if tenants and options.hotfix:
        raise UsageProblem(
            "env.py runs the revisions for several schemas, and a script for psql stamps one",
            "Run: remediate generate. Or for each schema a transaction: remediate plan --sql "
            "--select RULE",
        )


def _look_around(environment: Environment, progress: Progress) -> None:
    """Where env.py is told a schema: whether others like it can run what is written for it."""
    schema, apart = environment.schema, environment.apart
    if not environment.tenants:
        siblings.check_one(schema, apart)
    elif apart:
        named = few([one.schema for one in apart])
        progress(
            f"Schemas like {quote(schema)} that are {siblings.APART}: {named}."
            "\nThere the revision repairs what is as it was in the others, once it runs."
        )


def _check_recorded(plan: Plan, options: GenerateOptions) -> None:
    """Raises Refused where psql did what waits: `alembic upgrade` would stop at that."""
    first = order.by_hand(plan.run.unrecorded) if plan.run else ""
    if first and not options.before:
        raise Refused(order.why_first(plan), f"First run: {first}")
