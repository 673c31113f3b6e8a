"""Hazards that a person must accept by name: which nobody has, all of them at once."""

from collections.abc import Iterable, Iterator, Mapping

from remediate.errors import Refused
from remediate.findings.remedy import ACCEPTED_BY_NAME, HAZARD_TEXT, Hazard, Proposal
from remediate.plans.plan import ApprovedItem, Item

_NAMED = 3  # ids in a sentence


def to_accept(item: Item | ApprovedItem, allowed: Iterable[str] = ()) -> list[Hazard]:
    """The hazards of an item that must be accepted by name, and are not."""
    hazards = item.remedy.hazards if isinstance(item.remedy, Proposal) else frozenset()
    accepted = {name.upper() for name in allowed}
    return sorted(h for h in hazards & ACCEPTED_BY_NAME if h not in accepted)


def check_hazards(items: Iterable[Item | ApprovedItem], allowed: Iterable[str]) -> None:
    """Raises Refused for hazards that are not accepted: each with its meaning and the findings."""
    met: dict[Hazard, list[str]] = {}
    accepted = tuple(allowed)
    for item in items:
        for hazard in to_accept(item, accepted):
            met.setdefault(hazard, []).append(item.finding.id)
    if met:
        raise Refused("\n".join(_sentences(met)), f"{_ask(met)}: {as_options(met)}")


def as_options(hazards: Iterable[Hazard]) -> str:
    """What accepts them on a command line."""
    return " ".join(f"--allow {hazard.value}" for hazard in hazards)


def _sentences(met: Mapping[Hazard, list[str]]) -> Iterator[str]:
    for hazard, ids in met.items():
        more = f" and {len(ids) - _NAMED:,} more" if len(ids) > _NAMED else ""
        has = "has" if len(ids) == 1 else "have"
        named = f"{', '.join(ids[:_NAMED])}{more}"
        yield f"{named} {has} a hazard that is not accepted: {HAZARD_TEXT[hazard]}"


def _ask(met: Mapping[Hazard, list[str]]) -> str:
    return "Accept it by name" if len(met) == 1 else "Accept each that you can, by name"
