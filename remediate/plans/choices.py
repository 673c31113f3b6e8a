"""What becomes of a model without a table: one of three answers, each of which is right."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from remediate.errors import UsageProblem
from remediate.findings import lists
from remediate.plans.answers import Decision


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
                f"--choose {name}={word}: an id and one of {', '.join(Choice)} are expected",
                "For example: --choose MD005:public.tax_rates=code-only --reason TEXT",
            )
        yield name, Choice(word)


def answer(decision: Decision) -> str:
    """What was decided, in words."""
    return _WORDS[Choice(decision.choice)] if decision.choice else decision.answer.value
