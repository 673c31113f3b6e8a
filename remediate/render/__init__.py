"""Values to text. Nothing here decides, reads or prints."""

from dataclasses import replace
from typing import Literal, assert_never

from remediate.plans.approval import as_approved
from remediate.plans.baseline import Checked
from remediate.plans.plan import Landed, Plan
from remediate.plans.rounds import side_by_side
from remediate.postgres.sql import commented
from remediate.render import (
    checked,
    closing,
    divergence,
    github,
    json,
    review,
    sarif,
    text,
    waiting,
)
from remediate.render.lines import wrapped
from remediate.render.proof import elsewhere
from remediate.revisions.finishing import finishing
from remediate.revisions.script import script
from remediate.system import invocation
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
            return github.render((i.finding for i in made.items), made, repository)
        case _:
            assert_never(format_)


def _paper(
    made: Plan, format_: Literal[PlanFormat.MARKDOWN, PlanFormat.HTML], nothing: str = ""
) -> str:
    from remediate.render import markdown  # noqa: PLC0415  (not for every plan)

    paper = markdown.markdown(made, sql(made), nothing)
    return markdown.page(paper).rstrip("\n") if format_ is PlanFormat.HTML else paper


def check(made: Checked, format_: PlanFormat, repository: Repository) -> str:
    """What is new, or everything with what is known of it, in one of the formats."""
    match format_:
        case PlanFormat.TEXT:
            return checked.as_text(made)
        case PlanFormat.JSON:
            return checked.as_json(made)
        case PlanFormat.MARKDOWN | PlanFormat.HTML:
            shown = replace(made.plan, items=made.to_report)
            return _paper(shown, format_, checked.nothing(made))
        case PlanFormat.SARIF:
            return _sarif(made, repository)
        case PlanFormat.GITHUB:
            return github.render((i.finding for i in made.to_report), made.plan, repository)
        case _:
            assert_never(format_)


def _sarif(made: Checked, repository: Repository) -> str:
    told = {item.finding.id: item for item in made.to_report}
    items = tuple(told.get(item.finding.id, item) for item in made.plan.items)
    shown = replace(made.plan, items=items)
    return sarif.render(shown, repository, side=made.look.side, known=made.accepted)


def sql(made: Plan) -> str:
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


def landed(revisions: tuple[Landed, ...]) -> str:
    """What was written, and what to run next."""
    if not revisions:
        next_ = invocation.remediate("plan -v")
        return f"Nothing found that a revision repairs; none was written.\n\nNext:  {next_}"
    lines = []
    for revision in revisions:
        where = elsewhere(revision.proof.limits) if revision.proof else ""
        where = where or " on a scratch PostgreSQL"
        proof = f"proven{where}" if revision.proof else "NOT rehearsed"
        lines += [
            f"{revision.path}",
            f"  {commented(revision.title)}; {proof}",
            f"  review: {revision.review}",
        ]
    last = revisions[-1]
    for diff in last.before:
        lines += ["", diff]
    lines += ["", *_ELSEWHERE] if last.before else []
    delete = to_delete(last)
    lines += ["", *delete] if delete else []
    if any(one.models for one in revisions):
        lines += ["", *_MODELS]
    for text_ in divergence.sentences(d for one in revisions for d in one.divergences):
        lines += ["", *wrapped(text_, "")]
    heads = "heads" if last.heads > 1 else "head"
    first = "read them, delete these lines" if delete else "read them"
    upgrade = invocation.alembic(f"upgrade {heads}")
    return "\n".join([*lines, "", f"Next:  {first}, then: {upgrade}"])


_MODELS = (
    "The models have to say the same from the same deploy on: once a database is upgraded, one for",
    "staging for example, remediate models prints what to change.",
)
_ELSEWHERE = (
    "A database that has run what follows already takes these for run, and never runs them:",
    "look at each such with remediate plan.",
)


def to_delete(revision: Landed) -> list[str]:
    """The lines of revisions that follow which it makes superfluous; none where there are none."""
    places = [f"  {place}" for place in waiting.places(revision.delete)]
    return ["Delete, as it is done by then:", *places] if places else []
