"""Values to text. Nothing here decides, reads or prints."""

from remediate.plan import Landed, Plan
from remediate.remedy import Remedy
from remediate.render import json, review, text
from remediate.script import script


def plan(made: Plan, format_: str, style: text.Style) -> str:
    """The plan in one of the formats."""
    return json.render(made) if format_ == "json" else text.render(made, style)


def sql(made: Plan) -> str:
    """The upgrade of everything that can be repaired, as one transaction for psql."""
    remedies = [i.remedy for i in made.items if isinstance(i.remedy, Remedy)]
    if not remedies:
        return "-- Nothing to repair."
    return "\n".join(
        ["\\set ON_ERROR_STOP on", "BEGIN;", review.sql(script(remedies).up), "COMMIT;"]
    )


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
    return "\n".join([*lines, "", "Next:  read them, then: alembic upgrade head"])
