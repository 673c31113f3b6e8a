"""What was seen of each rule's repair."""

from remediate.findings.remedy import Hazard

_SEEN: dict[Hazard, tuple[str, ...]] = {}


def rules_with(hazard: Hazard) -> tuple[str, ...]:
    """The codes of the rules whose repairs were seen to carry the hazard."""
    return _SEEN.get(hazard, ())
