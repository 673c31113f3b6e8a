"""The rules, in the order in which their findings are shown."""

from remediate.finding import Rule
from remediate.rules import (
    default_borrowed,
    default_constant,
    default_unresolvable,
    inherited_key,
    key_without_default,
    partition_diverges,
    sequence_behind,
    sequence_cycles,
    sequence_exhausted,
    sequence_narrower,
    sequence_not_granted,
    sequence_not_owned,
    sequence_shared,
    sequence_unlogged,
    uuid_key,
)

RULES: tuple[Rule, ...] = (
    key_without_default.RULE,
    default_unresolvable.RULE,
    default_borrowed.RULE,
    default_constant.RULE,
    sequence_not_granted.RULE,
    inherited_key.RULE,
    partition_diverges.RULE,
    uuid_key.RULE,
    sequence_behind.RULE,
    sequence_exhausted.RULE,
    sequence_narrower.RULE,
    sequence_not_owned.RULE,
    sequence_shared.RULE,
    sequence_cycles.RULE,
    sequence_unlogged.RULE,
)
