"""Where code names a model, as facts and as sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remediate.findings.finding import Facts
from remediate.snapshots.uses import Use
from remediate.system.words import counted

_NAMED = 3  # lines in a sentence


@dataclass(frozen=True, slots=True)
class UseFacts(Facts):
    """The lines that name a model, and how many files were read for them."""

    used_at: tuple[Use, ...]
    files_read: int
    files_unread: tuple[str, ...]  # that are no Python


def summary(facts: UseFacts) -> str:
    """The first of the lines, or that none was found."""
    if not facts.used_at:
        return f"not named elsewhere {_looked_at(facts)}"
    places = list(dict.fromkeys(f"{use.file}:{use.line}" for use in facts.used_at))
    more = f" and {len(places) - _NAMED:,} more" if len(places) > _NAMED else ""
    return f"named at {', '.join(places[:_NAMED])}{more}"


def unused(several: Sequence[UseFacts]) -> str:
    """How many of some models no line names; "" where each has one."""
    without = [facts for facts in several if not facts.used_at]
    if not without:
        return ""
    who = f"{len(without)} of these models {'is' if len(without) == 1 else 'are'} not"
    if len(without) == len(several):
        who = "the model is not" if len(several) == 1 else "none of these models is"
    return f"{who} named elsewhere {_looked_at(without[0])}"


def _looked_at(facts: UseFacts) -> str:
    looked, unread = counted(facts.files_read, "Python file"), len(facts.files_unread)
    more = f"; {unread} more could not be read" if unread else ""
    return f"in the {looked} of the project{more}"


def lines(facts: UseFacts) -> Iterator[str]:
    """Each place, and how it names the model."""
    yield from (f"{use.file}:{use.line} {use.what}" for use in facts.used_at)
    yield from (f"{file} could not be read as Python" for file in facts.files_unread)
