"""What reviewers answered to an item, and what their answers amount to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from remediate.errors import UsageProblem

_PLACEHOLDERS = {"your name", "name", "another name"}  # as commands are shown for copying


class Answer(StrEnum):
    """What a person decides about an item."""

    APPROVED = "approved"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer, by whom and when, and for which state of the item."""

    answer: Answer
    reviewer: str
    date: str  # ISO 8601
    fingerprint: str
    reason: str = ""  # why; one that skips has it always
    allowed: tuple[str, ...] = ()  # hazards that were accepted by name
    time: str = ""  # of the day, in UTC: 16:40:12; "" in plans of older versions
    choice: str = ""  # of one that skips a choice: what was chosen instead of the repair

    @property
    def when(self) -> str:
        """The day, and the minute where it is known."""
        return f"{self.date} {self.time[:5]} UTC" if self.time else self.date


def is_same(reviewer: str, other: str) -> bool:
    """Whether two names are one person's: spaces and capitals make no difference."""
    return _person(reviewer) == _person(other)


def _person(reviewer: str) -> str:
    return " ".join(reviewer.split()).casefold()


def check_reviewer(name: str) -> None:
    """Raises UsageProblem for a placeholder, and for a name without a letter; accepts none."""
    plain = _person(name.strip(" \t\"'`“”<>").replace("_", " "))
    if plain in _PLACEHOLDERS:
        why = f'"{name.strip()}" is a placeholder: name the person who approves'
    elif name.strip() and not any(map(str.isalpha, name)):
        why = f'"{name.strip()}" has no letter: name the person who approves'
    else:
        return
    raise UsageProblem(why, "Give your own name with --reviewer.")


def added(decisions: Sequence[Decision], new: Decision) -> tuple[Decision, ...]:
    """The decisions with a new one; as they are where it says what its reviewer's last one says.

    What the same reviewer decided before stays, with its reason; it counts no longer.
    """
    before = [one for one in standing(decisions) if is_same(one.reviewer, new.reviewer)]
    again = any(_told(one) == _told(new) and new.reason in ("", one.reason) for one in before)
    return tuple(decisions) if again else (*decisions, new)


def _told(decision: Decision) -> Decision:
    """What it says, whoever says it, when and why."""
    return replace(decision, reviewer="", date="", time="", reason="")


def standing(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """The last one of each reviewer, in the order in which they were taken: those that count."""
    last: dict[str, Decision] = {}
    for one in decisions:
        last.pop(_person(one.reviewer), None)
        last[_person(one.reviewer)] = one
    return tuple(last.values())


def without(decisions: Iterable[Decision], reviewer: str) -> tuple[Decision, ...]:
    """The decisions of everybody else."""
    return tuple(one for one in decisions if not is_same(one.reviewer, reviewer))


def effective(decisions: Sequence[Decision], demanded: int) -> Decision | None:
    """The decision that settles an item; None where it is open.

    One that skips settles it against any approvals; else as many reviewers as demanded approve.
    """
    decisions = standing(decisions)
    skips = [one for one in decisions if one.answer is Answer.SKIPPED]
    if skips:
        return skips[-1]
    return decisions[-1] if decisions and len(decisions) >= demanded else None


def reviewers(decisions: Iterable[Decision]) -> tuple[str, ...]:
    """Their names, each once, in the order in which they decided."""
    names: dict[str, str] = {}
    for one in decisions:
        names.setdefault(_person(one.reviewer), one.reviewer)
    return tuple(names.values())
