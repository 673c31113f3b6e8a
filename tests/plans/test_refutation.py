"""The findings whose repairs a rehearsal refutes are found among many, with few rehearsals."""

from collections.abc import Sequence

import pytest

from remediate.plans.refutation import Refutation, refuted

IDS = tuple(f"PK001:public.t{n}.id" for n in range(16))


@pytest.mark.parametrize(("wrong", "found", "most"), [
    ([{3}], [(3,)], 9),
    ([{0}, {15}], [(0,), (15,)], 15),
    ([{4, 7}], [(4, 7)], 16),  # each of them stands alone, and so does either half of the rest
    ([{2, 13}], [(2, 13)], 13),  # in no half
    ([{1}, {2, 13}], [(1,), (2, 13)], 20),
    ([{2, 13}, {2, 14}, {5, 9, 12}], [(5, 9, 12), (2, 13), (2, 14)], 45),
    ([{n} for n in range(16)], [(n,) for n in range(16)], 30),
])  # fmt: skip
def test_the_refuted_are_found(
    wrong: list[set[int]], found: list[tuple[int, ...]], most: int
) -> None:
    rehearsed = []

    def reason_of(some: Sequence[str]) -> str:
        rehearsed.append(some)
        here = {*map(IDS.index, some)}
        return ", ".join(str(sorted(culprits)) for culprits in wrong if culprits <= here)

    known = refuted(IDS, "all", reason_of)
    assert [(*map(IDS.index, one.beside), IDS.index(one.id)) for one in known] == found
    assert len(rehearsed) <= most
    assert known == tuple(
        Refutation(IDS[last], str([*beside, last]), tuple(IDS[n] for n in beside))
        for *beside, last in found
    )
    out = {one.id for one in known}
    assert reason_of([id_ for id_ in IDS if id_ not in out]) == ""


def test_a_single_one_is_not_rehearsed_again() -> None:
    assert refuted(IDS[:1], "it fails", lambda _: "never asked") == (
        Refutation(IDS[0], "it fails"),
    )
