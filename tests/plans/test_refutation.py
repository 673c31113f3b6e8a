"""The findings whose repairs a rehearsal refutes are found among many, with few rehearsals."""

from collections.abc import Sequence

import pytest

from remediate.findings.facts import Facts
from remediate.findings.finding import Confidence, Finding, Place, Severity
from remediate.findings.remedy import Remedy
from remediate.plans.plan import ApprovedItem
from remediate.plans.refutation import Refutation, refuted
from remediate.snapshots.tables import Name


def item(number: int) -> ApprovedItem:
    place = Place(Name("public", f"t{number}"), "id")
    found = Finding("PK001", "n", place, Severity.ERROR, Confidence.PROVEN, "m", Facts())
    return ApprovedItem(found, Remedy("", "", (), (), ()))


ITEMS = tuple(map(item, range(16)))
IDS = tuple(one.finding.id for one in ITEMS)


@pytest.mark.parametrize(("wrong", "found", "most"), [
    ([{3}], [{3}], 8),
    ([{0}, {15}], [{0}, {15}], 14),
    ([{4, 7}], [{*range(4, 8)}], 6),  # together, in one quarter
    ([{2, 13}], [{*range(16)}], 2),  # together, in no half
    ([{n} for n in range(16)], [{n} for n in range(16)], 30),
])  # fmt: skip
def test_the_refuted_are_found(wrong: list[set[int]], found: list[set[int]], most: int) -> None:
    rehearsed = []

    def reason_of(some: Sequence[ApprovedItem]) -> str:
        rehearsed.append(some)
        here = {IDS.index(one.finding.id) for one in some}
        return ", ".join(str(sorted(culprits)) for culprits in wrong if culprits <= here)

    known = refuted(ITEMS, "all", reason_of)
    assert [{*map(IDS.index, one.ids)} for one in known] == found
    assert len(rehearsed) <= most
    if wrong == found:
        assert known == [Refutation((IDS[n],), f"[{n}]") for (n,) in map(sorted, wrong)]
