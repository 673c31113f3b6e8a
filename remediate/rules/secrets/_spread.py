"""What the rules about secrets in a repository have in common."""

from collections.abc import Callable
from functools import partial

from remediate.findings.effects import Family, Inserts, Leaves
from remediate.findings.finding import Finding, Place, Rule, Unverified, Verdict, in_the_project
from remediate.snapshots.declared import Declared
from remediate.snapshots.exposed import Exposed

rule = partial(
    Rule,
    family=Family.SECRETS,
    query=in_the_project,
    stops=Inserts.NONE,
    symptom=None,
    errors={},
    leaves=Leaves.NOTHING,
    provable=False,
    by_hand=True,
    asked_for=True,
    alone="secrets",
)
"""What git spreads is found where git is asked, and put right by hand."""


def asked(
    declared: Declared, found: Callable[[Exposed], tuple[Finding, ...]], what: str
) -> tuple[Verdict, ...]:
    """What is found, or that git was not asked for it."""
    if declared.exposed is not None:
        return found(declared.exposed)
    return (
        Unverified(Place(subject=what), "remediate did not ask git", "remediate check --secrets"),
    )


def lines(numbers: tuple[int, ...]) -> str:
    return f"line{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
