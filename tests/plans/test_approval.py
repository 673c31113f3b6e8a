"""Who approved what, and in how many revisions it goes."""

from dataclasses import replace

import pytest

from remediate.errors import Refused, UsageProblem
from remediate.findings.finding import Confidence, Facts, Finding, Place, Severity
from remediate.findings.remedy import Expectation, Manual, NewTable, Remedy, State
from remediate.findings.states import Type
from remediate.plans import approval, left_out
from remediate.plans.plan import Item, Plan
from remediate.plans.rounds import side_by_side
from remediate.plans.shapes import schema_of
from remediate.snapshots.live import NO_DATABASE
from remediate.snapshots.tables import Name, Table


def item(table: str, confidence: Confidence, *, manual: str = "", schema: str = "public") -> Item:
    place = Place(Name(schema, table), "id")
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
        (["PK001:public.likely.id,PK001:public.possible.id"], (LIKELY, POSSIBLE)),
        (["PK001, PK001:public.possible.id"], (PROVEN, LIKELY, POSSIBLE)),
    ],
)
def test_approved(approvals: list[str], approved: tuple[Item, ...]) -> None:
    assert approval.approved(PLAN, approvals, "Ann") == approval.as_approved(approved)


def new(name: str, *needs: str, expects: tuple[Expectation, ...] = ()) -> Item:
    """A table that is created, after those that it needs."""
    table = Table(Name("public", name), (), ())
    remedy = Remedy("", "", (), (), expects, creates=NewTable(table, ()))
    remedy = replace(remedy, needs=tuple(Name("public", one) for one in needs))
    place, weight = Place(table.name), (Severity.WARNING, Confidence.PROVEN)
    return Item.of(Finding("MD005", "n", place, *weight, "m", Facts()), remedy)


def test_a_new_table_waits_with_its_parent() -> None:
    """Which waits for the type of what it references."""
    integer, bigint, users = Type("integer"), Type("bigint"), Name("public", "users")
    widened, seen = (Expectation(users, "id", (State(integer, t),)) for t in (bigint, integer))
    widen = replace(PROVEN, remedy=Remedy("", "", (), (), (widened,)))
    items = (widen, new("parent", expects=(seen,)), new("child", "parent"), new("other"))
    batch = side_by_side(approval.as_approved(items))
    assert batch == approval.as_approved([items[0], items[3]])


def test_a_new_table_without_its_parent_holds_up_no_other() -> None:
    """A rule leaves it out, and what needs it; by its id it is refused."""
    fine, child, below = new("fine"), new("child", "ignored"), new("below", "child", "fine")
    plan = Plan(NO_DATABASE, items=(below, fine, child))
    assert approval.approved(plan, ["MD005"], "Ann") == approval.as_approved([fine])
    assert left_out.sentences(plan, ["MD005"], {fine.id}) == (
        "Left out, because nothing creates public.child, which it needs: MD005:public.below",
        "Left out, because nothing creates public.ignored, which it needs: MD005:public.child",
    )
    with pytest.raises(Refused, match=r"MD005:public.child cannot be created without public.ign"):
        approval.approved(plan, ["MD005:public.child"], "Ann")


def test_no_name_approves_nothing() -> None:
    for words in ([], [""], [" , "]):
        with pytest.raises(Refused, match="nothing is approved"):
            approval.approved(PLAN, words, "Ann")


def test_what_has_no_remedy_cannot_be_approved() -> None:
    with pytest.raises(Refused, match=r"PK001:public.by_hand.id cannot be generated: no room"):
        approval.approved(PLAN, ["PK001:public.by_hand.id"], "Ann")


def test_all_of_what_is_merely_possible_is_nothing() -> None:
    with pytest.raises(Refused) as refused:
        approval.approved(Plan(NO_DATABASE, items=(POSSIBLE, BY_HAND)), ["all"], "Ann")
    assert refused.value.message.splitlines() == [
        "nothing that is approved can be written",
        "Left out, because it is only possible: PK001:public.possible.id",
        "  Approve each by its id: --approve PK001:public.possible.id",
        "Left out, because a person has to do it by hand:",
        "  PK001:public.by_hand.id: no room",
    ]


def test_what_an_approval_leaves_out() -> None:
    def left(*approvals: str) -> list[str]:
        covered = {one.finding.id for one in approval.approved(PLAN, approvals, "Ann")}
        return [
            line.partition(" PK001:")[2] for line in left_out.sentences(PLAN, approvals, covered)
        ]

    everything = ["public.possible.id", "public.possible.id", "", "public.by_hand.id: no room"]
    assert left("all") == everything
    assert left("PK001") == everything
    assert left("PK001:public.proven.id") == []
    assert left("all,PK001:public.possible.id") == everything[2:]


def test_of_many_that_are_left_out_some_are_named() -> None:
    possible = [item(f"p{n}", Confidence.POSSIBLE) for n in range(30)]
    by_hand = [item(f"h{n}", Confidence.PROVEN, manual="no") for n in range(30)]
    lines = left_out.sentences(Plan(NO_DATABASE, items=(*possible, *by_hand)), ["all"], ())
    assert lines[0].endswith("PK001:public.p7.id and 22 more")
    assert len(lines) == 12
    assert lines[-1] == "  and 22 more: remediate plan"


def test_nothing_found_needs_no_approval() -> None:
    assert approval.approved(Plan(NO_DATABASE), [], "") == ()


def test_what_provably_fails_now_comes_first() -> None:
    assert approval.split([LIKELY, PROVEN], [], one=False) == ((PROVEN,), (LIKELY,))
    assert approval.split([LIKELY, PROVEN], [], one=True) == ((LIKELY, PROVEN),)
    assert approval.split([PROVEN], [], one=False) == ((PROVEN,),)


def test_a_key_that_refuses_inserts_comes_first_though_it_is_a_warning() -> None:
    first = Finding(
        "PK006", "n", Place(Name("public", "kid"), "id"), Severity.WARNING, Confidence.PROVEN, "m",
        Facts(),
    )  # fmt: skip
    kid = Item.of(first, Remedy("", "", (), (), ()))
    assert approval.pressing(approval.as_approved([LIKELY, kid]), ()) == [
        *approval.as_approved([kid])
    ]


def test_named_tables_come_first() -> None:
    assert approval.split([LIKELY, PROVEN], ["lik*"], one=False) == ((LIKELY,), (PROVEN,))
    assert approval.split([LIKELY, PROVEN], ["public.*"], one=False) == ((LIKELY, PROVEN),)
    with pytest.raises(UsageProblem, match="--first nope"):
        approval.check_first([LIKELY], ["lik*", "nope"])


@pytest.mark.parametrize(("word", "sentence"), [
    ("SEQ001", "nothing of it is left to repair here"),
    ("SEQ001:public.t", "nothing of it is left to repair here"),
    ("PK01", "this plan has no such rule or finding"),
])  # fmt: skip
def test_what_a_plan_lacks_is_not_another_word_for_what_it_has(word: str, sentence: str) -> None:
    with pytest.raises(UsageProblem, match=f"--approve {word}: {sentence}") as raised:
        approval.approved(Plan("", (LIKELY,)), [word], "Ann Example")
    assert ("Did you mean PK001" in raised.value.hint) == (word == "PK01")


def test_a_revision_locks_so_many_tables_and_no_more() -> None:
    items = [item(f"t{n}", Confidence.PROVEN) for n in range(450)]
    parts = approval.split(items, [], one=False)
    assert [len(part) for part in parts] == [200, 200, 50]
    assert [i for part in parts for i in part] == items


def test_a_schema_is_in_one_revision_where_that_takes_it() -> None:
    tenants = [(f"t{m}", f"s{n}") for m in range(60) for n in range(7)]
    items = [item(table, Confidence.PROVEN, schema=schema) for table, schema in tenants]
    parts = approval.split(items, [], one=False)
    assert [len(part) for part in parts] == [180, 180, 60]
    assert [len({schema_of(one) for one in part}) for part in parts] == [3, 3, 1]


def test_schemas_are_cut_alike_also_where_one_is_empty() -> None:
    """There no key refuses an INSERT yet, and nothing is rewritten."""

    def of(schema: str, rows: int) -> list[Item]:
        weight = Confidence.PROVEN if rows else Confidence.LIKELY
        keys = [item(table, weight, schema=schema) for table in ("a", "b", "c", "d")]
        return [
            *(replace(one, remedy=Remedy("", "", (), (), (), rows=rows)) for one in keys[:3]),
            keys[3],
        ]

    items = [*of("empty", 0), *of("large", approval.ROWS_A_REVISION // 2), *of("small", 1)]
    parts = approval.split(approval.as_approved(items), [], one=False)
    assert [
        [f"{schema_of(i)[0]}{i.finding.place.table.name}" for i in part if i.finding.place.table]
        for part in parts
    ] == [["ed", "ld", "sd"], ["ea", "eb", "la", "lb"], ["sa", "sb"], ["ec", "lc", "sc"]]
