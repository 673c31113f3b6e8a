"""Values to text. Nothing here decides, reads or prints."""

from dataclasses import replace
from typing import Literal, assert_never

from remediate.errors import Refused
from remediate.findings.remedy import Remedy
from remediate.plans.baseline import Checked
from remediate.plans.plan import Landed, Plan
from remediate.postgres.sql import commented
from remediate.render import checked, github, json, review, sarif, text, waiting
from remediate.revisions.finishing import finishing
from remediate.revisions.script import script
from remediate.system.formats import PlanFormat
from remediate.system.paths import HERE, Repository


def plan(made: Plan, format_: PlanFormat, style: text.Style, repository: Repository = HERE) -> str:
    """The plan in one of the formats."""
    match format_:
        case PlanFormat.TEXT:
            return text.render(made, style)
        case PlanFormat.JSON:
            return json.render(made)
        case PlanFormat.MARKDOWN | PlanFormat.HTML:
            return _paper(made, format_)
        case PlanFormat.SARIF:
            return sarif.render(made, repository)
        case PlanFormat.GITHUB:
            return github.render((i.finding for i in made.items), made.unverified, repository)
        case _:
            assert_never(format_)


def _paper(made: Plan, format_: Literal[PlanFormat.MARKDOWN, PlanFormat.HTML]) -> str:
    from remediate.render import markdown  # noqa: PLC0415  (not for every plan)

    try:
        statements = sql(made)
    except Refused as error:  # the findings are worth reading all the same
        statements = f"-- {error.message}\n-- {error.hint}"
    paper = markdown.markdown(made, statements)
    return markdown.page(paper).rstrip("\n") if format_ is PlanFormat.HTML else paper


def check(made: Checked, format_: PlanFormat, repository: Repository) -> str:
    """What is new, or everything with what is known of it, in one of the formats."""
    match format_:
        case PlanFormat.TEXT:
            return checked.as_text(made)
        case PlanFormat.JSON:
            return checked.as_json(made)
        case PlanFormat.MARKDOWN | PlanFormat.HTML:
            return _paper(replace(made.plan, items=made.to_report), format_)
        case PlanFormat.SARIF:
            return _sarif(made, repository)
        case PlanFormat.GITHUB:
            found = (i.finding for i in made.to_report)
            return github.render(found, made.plan.unverified, repository)
        case _:
            assert_never(format_)


def _sarif(made: Checked, repository: Repository) -> str:
    told = {item.finding.id: item for item in made.to_report}
    items = tuple(told.get(item.finding.id, item) for item in made.plan.items)
    shown = replace(made.plan, items=items)
    return sarif.render(shown, repository, side=made.look.side, known=made.accepted)


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
            f"  {commented(revision.title)}; {proof}",
            f"  review: {revision.review}",
        ]
    last = revisions[-1]
    for diff in last.before:
        lines += ["", diff]
    delete = to_delete(last)
    lines += ["", *delete] if delete else []
    heads = "heads" if last.heads > 1 else "head"
    first = "read them, delete these lines" if delete else "read them"
    return "\n".join([*lines, "", f"Next:  {first}, then: alembic upgrade {heads}"])


def to_delete(revision: Landed) -> list[str]:
    """The lines of revisions that follow which it makes superfluous; none where there are none."""
    places = [f"  {place}" for place in waiting.places(revision.delete)]
    return ["Delete, as it is done by then:", *places] if places else []
