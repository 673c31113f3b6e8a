"""Columns that stay as they are: refused with line and reason, or right already."""

import pytest

from remediate.codemod import Change, Refusal, patched
from tests.codemod.cases import Case, cases

REFUSED, RIGHT = cases("refused"), cases("right")


def test_there_are_many() -> None:
    assert len(REFUSED) + len(RIGHT) >= 60


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.title)
def test_what_is_not_safe_is_refused(case: Case) -> None:
    result = patched(case.before, case.changes)
    assert result.source == case.before
    assert result.done == ()
    assert [f"{r.line}: {r.reason}" for r in result.refused] == case.after.splitlines()
    assert tuple(refusal.change for refusal in result.refused) == case.changes


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: case.title)
def test_what_is_right_is_done(case: Case) -> None:
    result = patched(case.before, case.changes)
    assert result.source == case.before == case.after
    assert result.done == case.changes
    assert result.refused == ()


def test_a_refused_column_stays_while_others_change() -> None:
    before = (
        "from sqlalchemy import Column, Integer, Uuid\n"
        "class A(Base):\n"
        "    a = Column(Uuid, default=make)\n"
        "    b = Column(Uuid)\n"
    )
    a, b = Change("A", "", "a", type="Integer", index=True), Change("A", "", "b", type="Integer")
    result = patched(before, [a, b])
    assert result.source == before.replace("b = Column(Uuid)", "b = Column(Integer)")
    assert result.done == (b,)
    reason = "its default `make` makes no integer: change it by hand"
    assert result.refused == (Refusal(a, 3, reason),)


def test_a_change_that_is_refused_later_keeps_its_line() -> None:
    before = "from sqlalchemy import Column, Uuid\n\n\nclass A(Base):\n    a = Column(Uuid)\n"
    first, second = Change("A", "", "a", type="Integer"), Change("A", "", "a", type="Geometry")
    result = patched("import uuid\n" + before + "uuid\n", [first, second])
    assert result.done == (first,)
    assert [refusal.line for refusal in result.refused] == [6]


@pytest.mark.parametrize("source", ["a = 1\rb = 2\r", "a = 1\r\nb = 2\r"])
def test_line_ends_that_would_not_survive(source: str) -> None:
    change = Change("A", "", "a", type="Integer")
    (refusal,) = patched(source, [change]).refused
    assert refusal.line == 1
    assert "line ends" in refusal.reason
    assert patched(source, [change]).source == source


def test_mixed_line_ends_survive() -> None:
    before = (
        "from sqlalchemy import Column, Uuid, Integer\r\nclass A(Base):\n\ta = Column(Uuid)\r\n"
    )
    after = "from sqlalchemy import Column, Integer\r\nclass A(Base):\n\ta = Column(Integer)\r\n"
    assert patched(before, [Change("A", "", "a", type="Integer")]).source == after


@pytest.mark.parametrize("source", ["", "\n", "\ufeff", "# only a comment", '"""Docs."""'])
def test_a_module_without_models(source: str) -> None:
    result = patched(source, [Change("A", "", "a", type="Integer")])
    assert result.source == source
    assert [refusal.line for refusal in result.refused] == [1]


def test_no_changes() -> None:
    assert patched("anything (", []).source == "anything ("
