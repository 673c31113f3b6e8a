"""Values to text. Nothing here decides, reads or prints."""

from remediate.finishing import finishing
from remediate.plan import Landed, Plan
from remediate.remedy import Remedy
from remediate.render import json, review, text
from remediate.script import script


def plan(made: Plan, format_: str, style: text.Style) -> str:
    """The plan in one of the formats."""
    return json.render(made) if format_ == "json" else text.render(made, style)


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
