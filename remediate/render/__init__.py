"""Values to text. Nothing here decides, reads or prints."""

from dataclasses import replace

from remediate.errors import Refused
from remediate.findings.remedy import Remedy
from remediate.plans.baseline import Checked
from remediate.plans.plan import Landed, Plan
from remediate.render import checked, github, json, review, sarif, text
from remediate.revisions.finishing import finishing
from remediate.revisions.script import script
from remediate.system.paths import HERE, Repository


def plan(made: Plan, format_: str, style: text.Style, repository: Repository = HERE) -> str:
    """The plan in one of the formats."""
    if format_ == "sarif":
        return sarif.render(made, repository)
    if format_ == "github":
        return github.render((i.finding for i in made.items), made.unverified, repository)
    if format_ in ("markdown", "html"):
        return _paper(made, format_)
    return json.render(made) if format_ == "json" else text.render(made, style)


def _paper(made: Plan, format_: str) -> str:
    from remediate.render import markdown  # noqa: PLC0415  (not for every plan)

    try:
        statements = sql(made)
    except Refused as error:  # the findings are worth reading all the same
        statements = f"-- {error.message}\n-- {error.hint}"
    paper = markdown.markdown(made, statements)
    return markdown.page(paper).rstrip("\n") if format_ == "html" else paper


def check(made: Checked, format_: str, repository: Repository) -> str:
    """What is new, or everything with what is known of it, in one of the formats."""
    if format_ == "sarif":
        told = {item.finding.id: item for item in made.to_report}
        items = tuple(told.get(item.finding.id, item) for item in made.plan.items)
        shown = replace(made.plan, items=items)
        return sarif.render(shown, repository, side=made.look.side, known=made.accepted)
    if format_ == "github":
        return github.render((i.finding for i in made.to_report), made.plan.unverified, repository)
    if format_ in ("markdown", "html"):
        return _paper(replace(made.plan, items=made.to_report), format_)
    return checked.as_json(made) if format_ == "json" else checked.as_text(made)


def sql(made: Plan) -> str:
    """The upgrade of everything that can be repaired, for psql: what locks in one transaction."""
    remedies = [i.remedy for i in made.items if isinstance(i.remedy, Remedy)]
    if not remedies:
        return "-- Nothing to repair."
    at_once, afterwards = ([r for r in remedies if r.steps], [r for r in remedies if r.finish])
    scripts = [script(at_once)] if at_once else []
    scripts += [finishing(afterwards)] if afterwards else []
    parts = (review.psql(one.autocommit, one.up) for one in scripts)
    return "\n\n".join(["\\set ON_ERROR_STOP on", *parts])


def landed(revisions: tuple[Landed, ...]) -> str:
    """What was written, and what to run next."""
    if not revisions:
        return "Nothing to repair; no revision was written.\n\nNext:  remediate plan -v"
    lines = []
    for revision in revisions:
        proof = "proven on a scratch PostgreSQL" if revision.proof else "NOT rehearsed"
        lines += [
            f"{revision.path}",
            f"  {revision.title}; {proof}",
            f"  review: {revision.review}",
        ]
    heads = "heads" if revisions[-1].heads > 1 else "head"
    return "\n".join([*lines, "", f"Next:  read them, then: alembic upgrade {heads}"])
