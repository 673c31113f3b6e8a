"""What the rules find after an upgrade: what refutes it, and what the models ask for."""

from collections.abc import Collection, Iterable

from remediate.findings.effects import Family
from remediate.findings.finding import Finding, Severity
from remediate.plans.proof import Gap, Limit
from remediate.rehearsal.proof import Left
from remediate.rules import rule_of
from remediate.snapshots.tables import Name

# A model may ask for a sequence that starts over; a reference of the wrong type would be ours.
_ASKED_FOR = (Family.KEYS, Family.SEQUENCES)


def left(
    findings: Iterable[Finding],
    touched: Collection[Name],
    known: Collection[str],
    created: Collection[Name],
) -> Left:
    """What is found in what was touched, and was not found before.

    Of a new table's key no more than a remark: that its INSERT works is tried apart.
    """
    broken, asked = [], []
    for one in findings:
        table, rule = one.place.table, rule_of(one.rule)
        weighs = one.severity is not Severity.INFO and rule.provable
        if table is None or table not in touched or one.id in known or not weighs:
            continue
        if table in created and rule.family in _ASKED_FOR:
            asked.append(Limit(Gap.AS_MODELED, table, f"{one.rule}: {one.message}"))
        else:
            broken.append(one.id)
    return Left(tuple(broken), tuple(asked))
