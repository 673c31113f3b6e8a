"""The facts of a finding as JSON values, and back."""

from collections.abc import Mapping

from remediate.findings.finding import Facts, Rule


def facts_as_json(facts: Facts) -> dict[str, object]:
    """The facts as JSON values, in the order in which the rule names them."""
    return dict(facts)


def facts_from_json(_rule: Rule, mapping: Mapping[str, object]) -> Facts:
    """The facts that `facts_as_json` wrote of a finding of this rule."""
    return dict(mapping)
