"""Who approved what, and in how many revisions it goes."""

import pytest

from remediate.errors import Refused, UsageProblem
from remediate.findings.finding import Confidence, Facts, Finding, Place
from remediate.findings.remedy import Manual, Remedy
from remediate.plans import approval
from remediate.plans.plan import Item, Plan
from remediate.snapshots.live import NO_DATABASE
from remediate.snapshots.tables import Name


def item(table: str, confidence: Confidence, *, manual: str = "") -> Item:
    place = Place(Name("public", table), "id")
    remedy = Manual(manual) if manual else Remedy("", "", (), (), ())
    severity = confidence.severity
    return Item.of(Finding("PK001", "n", place, severity, confidence, "m", Facts()), remedy)


PROVEN = item("proven", Confidence.PROVEN)
LIKELY = item("likely", Confidence.LIKELY)
POSSIBLE = item("possible", Confidence.POSSIBLE)
BY_HAND = item("by_hand", Confidence.PROVEN, manual="no room")
PLAN = Plan(NO_DATABASE, items=(PROVEN, LIKELY, POSSIBLE, BY_HAND))


@pytest.mark.parametrize(
    ("approvals", "approved"),
    [
        (["all"], (PROVEN, LIKELY)),
        (["ALL"], (PROVEN, LIKELY)),
        (["PK001"], (PROVEN, LIKELY)),
        (["pk001"], (PROVEN, LIKELY)),
        (["PK001:public.possible.id"], (POSSIBLE,)),
        (["PK001:public.possible.id", "all"], (PROVEN, LIKELY, POSSIBLE)),
        (["PK001:public.likely.id", "PK001:public.likely.id"], (LIKELY,)),
    ],
)
def test_approved(approvals: list[str], approved: tuple[Item, ...]) -> None:
    assert approval.approved(PLAN, approvals, "Ann") == approval.as_approved(approved)


def test_what_has_no_remedy_cannot_be_approved() -> None:
    with pytest.raises(Refused, match=r"PK001:public.by_hand.id cannot be generated: no room"):
        approval.approved(PLAN, ["PK001:public.by_hand.id"], "Ann")


def test_all_of_what_is_merely_possible_is_nothing() -> None:
    with pytest.raises(Refused, match="nothing that is proven or likely"):
        approval.approved(Plan(NO_DATABASE, items=(POSSIBLE,)), ["all"], "Ann")


def test_nothing_found_needs_no_approval() -> None:
    assert approval.approved(Plan(NO_DATABASE), [], "") == ()


def test_what_provably_fails_now_comes_first() -> None:
    assert approval.split([LIKELY, PROVEN], [], one=False) == ((PROVEN,), (LIKELY,))
    assert approval.split([LIKELY, PROVEN], [], one=True) == ((LIKELY, PROVEN),)
    assert approval.split([PROVEN], [], one=False) == ((PROVEN,),)


def test_named_tables_come_first() -> None:
    assert approval.split([LIKELY, PROVEN], ["lik*"], one=False) == ((LIKELY,), (PROVEN,))
    assert approval.split([LIKELY, PROVEN], ["public.*"], one=False) == ((LIKELY, PROVEN),)
    with pytest.raises(UsageProblem, match="--first nope"):
        approval.check_first([LIKELY], ["lik*", "nope"])


def test_a_revision_locks_so_many_tables_and_no_more() -> None:
    items = [item(f"t{n}", Confidence.PROVEN) for n in range(450)]
    parts = approval.split(items, [], one=False)
    assert [len(part) for part in parts] == [200, 200, 50]
    assert [i for part in parts for i in part] == items
