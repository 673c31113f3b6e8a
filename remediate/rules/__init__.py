"""The rules, in the order in which their findings are shown."""

from remediate.finding import Rule
from remediate.rules import key_without_default

RULES: tuple[Rule, ...] = (key_without_default.RULE,)
