"""A plan as the SQL of its repair, for psql."""

from remediate.plans.approval import as_approved
from remediate.plans.plan import Plan
from remediate.plans.rounds import side_by_side
from remediate.postgres.sql import commented
from remediate.render import closing, review
from remediate.revisions.finishing import finishing
from remediate.revisions.script import script


def render(made: Plan) -> str:
    """The upgrade of what can be repaired, for psql: what locks in one transaction.

    What builds on what others leave is named in a comment, for the next plan.
    """
    items = as_approved(i for i in made.items if not i.is_choice)
    if not items:
        return f"-- {next(closing.summary(made))}"
    now = side_by_side(items)
    later = ", ".join(i.finding.id for i in items if i not in now)
    note = f"-- For a plan once this has run, as it builds on it: {commented(later)}"
    remedies = [item.remedy for item in now]
    at_once, afterwards = ([r for r in remedies if r.steps], [r for r in remedies if r.finish])
    scripts = [script(at_once)] if at_once else []
    scripts += [finishing(afterwards)] if afterwards else []
    parts = (review.psql(one.autocommit, one.up) for one in scripts)
    return "\n\n".join(["\\set ON_ERROR_STOP on", *([note] if later else []), *parts])
