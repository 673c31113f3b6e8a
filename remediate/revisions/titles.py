"""What revisions are called, in the words of the repairs in them."""

from collections import Counter

from remediate.findings.effects import Leaves
from remediate.findings.remedy import Act
from remediate.plans.plan import ApprovedItem
from remediate.postgres.sql import commented
from remediate.rules import of_reference, rule_of
from remediate.system.words import counted


def numbered(message: str, number: int, count: int) -> str:
    """The message as the title of one of several revisions."""
    return f"{message} ({number} of {count})" if count > 1 else message


def title_of_end(items: tuple[ApprovedItem, ...]) -> str:
    """Of one that runs what takes long: VALIDATE and CREATE INDEX CONCURRENTLY."""
    acts = Counter(act for i in items for act in {step.act for step in i.remedy.finish})
    named = ((Act.VALIDATE, "validate", "foreign key"), (Act.BUILD_INDEX, "build", "index"))
    return " and ".join(
        f"{verb} {counted(acts[act], noun)}" for act, verb, noun in named if acts[act]
    )


def safe_title(text: str) -> str:
    """Alembic puts the title into the docstring as it is: no quote or backslash may end it."""
    line = commented(" ".join(text.split()))
    return line.replace("\\", "/").replace('"', "'")


def title(items: tuple[ApprovedItem, ...]) -> str:
    """Of one that carries out these."""
    if all(item.remedy.creates for item in items):
        one = items[0].remedy.title.partition(",")[0]
        return safe_title(one if len(items) == 1 else f"create {len(items)} tables")
    generating = all(rule_of(item.finding.rule).leaves is Leaves.DEFAULT for item in items)
    if not generating and len(items) == 1:
        return safe_title(items[0].remedy.title)
    if not generating:
        of_references = sum(of_reference(item.finding.rule) for item in items)
        kinds = {0: "keys and sequences", len(items): "references"}
        return f"repair {len(items)} {kinds.get(of_references, 'keys and references')}"
    if len(items) == 1:
        place = items[0].finding.place
        return safe_title(f"give {place.table and place.table.name} a working key default")
    return f"give {len(items)} tables a working key default"
