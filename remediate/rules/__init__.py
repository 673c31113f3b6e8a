"""The rules, in the order in which their findings are shown."""

from remediate.findings.finding import Rule
from remediate.rules.indexes import jsonb_without_gin
from remediate.rules.keys import (
    default_borrowed,
    default_constant,
    default_unresolvable,
    inherited_key,
    key_without_default,
    partition_diverges,
    primary_key_missing,
    sequence_not_granted,
    uuid_key,
)
from remediate.rules.models import (
    metadata_untracked,
    model_foreign_key_missing,
    model_key_type,
    model_reference_inconsistent,
    model_reference_type,
    table_declared_twice,
    table_missing,
)
from remediate.rules.references import (
    column_family,
    foreign_key_coerced,
    foreign_key_narrower,
    foreign_key_not_validated,
    foreign_key_unindexed,
    foreign_key_wider,
    reference_mistyped,
    reference_undeclared,
)
from remediate.rules.revisions import (
    credential_in_project,
    graph_broken,
    revision_id_too_long,
    revision_not_run,
    revision_unsafe,
)
from remediate.rules.secrets import secret_file_exposed, secret_in_git
from remediate.rules.sequences import (
    sequence_behind,
    sequence_cycles,
    sequence_exhausted,
    sequence_narrower,
    sequence_not_owned,
    sequence_shared,
    sequence_unlogged,
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
    primary_key_missing.RULE,
    sequence_behind.RULE,
    sequence_exhausted.RULE,
    sequence_narrower.RULE,
    sequence_not_owned.RULE,
    sequence_shared.RULE,
    sequence_cycles.RULE,
    sequence_unlogged.RULE,
    foreign_key_narrower.RULE,
    foreign_key_coerced.RULE,
    reference_mistyped.RULE,
    reference_undeclared.RULE,
    foreign_key_not_validated.RULE,
    foreign_key_unindexed.RULE,
    foreign_key_wider.RULE,
    column_family.RULE,
    jsonb_without_gin.RULE,
    model_key_type.RULE,
    model_reference_type.RULE,
    model_reference_inconsistent.RULE,
    model_foreign_key_missing.RULE,
    table_missing.RULE,
    metadata_untracked.RULE,
    table_declared_twice.RULE,
    revision_unsafe.RULE,
    graph_broken.RULE,
    revision_id_too_long.RULE,
    revision_not_run.RULE,
    credential_in_project.RULE,
    secret_file_exposed.RULE,
    secret_in_git.RULE,
)
RULES_BY_CODE = {rule.code: rule for rule in RULES}


def rule_of(code: str) -> Rule:
    """The rule of a finding; raises KeyError for a code that no rule has."""
    return RULES_BY_CODE[code]


def of_reference(code: str) -> bool:
    """Whether the rule of this code is about a column that references another table.

    A code may come from a file: one that no rule has is about none.
    """
    return code in RULES_BY_CODE and RULES_BY_CODE[code].of_reference
