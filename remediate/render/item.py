"""An item of a plan as lines of a terminal, the same in a plan, a review and a difference."""

from collections.abc import Iterable

from remediate.findings.finding import Finding
from remediate.findings.remedy import ACCEPTED_BY_NAME, HAZARD_TEXT, Hazard, Manual, Proposal
from remediate.postgres.sql import commented
from remediate.render.lines import WIDTH, wrapped


def heading(finding: Finding, severity: str) -> str:
    """The rule, and how much the finding weighs; `severity` may be coloured."""
    return f"{finding.rule} {commented(finding.name)}   {severity}, {finding.confidence}"


def of_model(finding: Finding) -> str:
    """The line of its model; "" where none is known."""
    return commented(str(finding.model)) if finding.model else ""


def repair(remedy: Proposal | Manual) -> str:
    """What would be done."""
    return f"by hand: {remedy.reason}" if isinstance(remedy, Manual) else remedy.title


def labelled(word: str, text: str, width: int = WIDTH) -> list[str]:
    """The text beside a word of at most five letters."""
    return wrapped(text, f"  {word:6}", width=width)


def notes(hazards: Iterable[Hazard], width: int = WIDTH) -> list[str]:
    """What a person must know before the steps run."""
    return [line for hazard in hazards for line in note(hazard, width)]


def note(hazard: Hazard, width: int = WIDTH) -> list[str]:
    """What a person must know about one hazard."""
    return labelled("note", _note(hazard), width)


def _note(hazard: Hazard) -> str:
    accept = f" (to accept it: --allow {hazard})" if hazard in ACCEPTED_BY_NAME else ""
    return f"{hazard}: {HAZARD_TEXT[hazard]}{accept}"
