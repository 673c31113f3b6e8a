"""What becomes of a model without a table: one of three answers, each of which is right."""

from collections.abc import Container, Iterable, Iterator, Mapping
from enum import StrEnum

from remediate.errors import Refused, UsageProblem
from remediate.findings import lists
from remediate.findings.facts import part_of
from remediate.plans.answers import Answer, Decision
from remediate.plans.plan import Item, Plan
from remediate.rules.models.table_missing import TableMissingFacts


class Choice(StrEnum):
    """An answer to a finding whose repair is a choice."""

    CREATE = "create"
    CODE_ONLY = "code-only"
    DELETE = "delete"


_WORDS = {Choice.CODE_ONLY: "kept as code only", Choice.DELETE: "to be deleted"}


def chosen(words: Iterable[str]) -> Iterator[tuple[str, Choice]]:
    """Names with the answer to each: MD005:public.t=code-only. Raises UsageProblem for others."""
    for name, word in lists.pairs(words).items():
        if not name or word not in {*Choice}:
            raise UsageProblem(
                f"--choose {name}={word}: expected an id and one of {', '.join(Choice)}",
                "For example: --choose MD005:public.tax_rates=code-only --reason TEXT",
            )
        yield name, Choice(word)


def answer(decision: Decision) -> str:
    """What was decided, in words."""
    return _WORDS[Choice(decision.choice)] if decision.choice else decision.answer.value


def check(plan: Plan) -> None:
    """Raises Refused where a table is to be created, and one that it needs is not to be."""
    for id_, why in blocked(plan).items():
        if id_ in plan.approvals:
            raise Refused(
                f"{id_} cannot be created: {why}",
                "Decide about both at once: --choose ID=create,ID=create, or neither.",
            )


def blocked(plan: Plan) -> dict[str, str]:
    """Tables that need one which is decided otherwise, or is not in the plan; why, by their ids."""
    tables = {str(item.finding.place.table): item for item in plan.items if item.is_choice}
    found: dict[str, str] = {}
    while more := {
        item.id: why
        for item in tables.values()
        if item.id not in found and (why := _lacking(item, tables, found))
    }:
        found |= more
    return found


def _lacking(item: Item, tables: Mapping[str, Item], blocked: Container[str]) -> str:
    facts = part_of(item.finding.facts, TableMissingFacts)
    for name in facts.missing_too if facts else ():
        other = tables.get(name)
        if other is None:
            return f"it needs {name}, which is not in this plan"
        if other.decision and other.decision.answer is Answer.SKIPPED:
            return f"it needs {name}, which is {answer(other.decision)}"
        if other.id in blocked:
            return f"it needs {name}, which cannot be created either"
    return ""
