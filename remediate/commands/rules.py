"""`remediate rules`: what is looked for."""

from remediate.findings.finding import Rule
from remediate.rules import RULES


def rules() -> tuple[Rule, ...]:
    """Every rule that the settings can select."""
    return RULES
