"""Values to text. Nothing here decides, reads or prints."""

from remediate.plan import Plan, Remedy
from remediate.render import json, text
from remediate.steps import script


def plan(made: Plan, format_: str, style: text.Style) -> str:
    """The plan in one of the formats."""
    return json.render(made) if format_ == "json" else text.render(made, style)


def sql(made: Plan) -> str:
    """The upgrade of everything that can be repaired, as one transaction for psql."""
    remedies = [i.remedy for i in made.items if isinstance(i.remedy, Remedy)]
    if not remedies:
        return "-- Nothing to repair."
    return "\n".join(["BEGIN;", *(f"{statement};" for statement in script(remedies).up), "COMMIT;"])
