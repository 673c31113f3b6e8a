"""Where tables stand in the picture of the references."""

from remediate.render.page.layers import Spot, connected, layout


def test_parents_stand_left_of_their_children() -> None:
    edges = [("users", "orders"), ("orders", "lines"), ("users", "lines")]
    made = layout(["lines", "orders", "users"], edges)
    assert made.spots == {"users": Spot(0, 0.0), "orders": Spot(1, 0.0), "lines": Spot(2, 0.0)}
    assert (made.layers, made.rows) == (3, 1)


def test_a_short_layer_stands_in_the_middle() -> None:
    made = layout(["p", "a", "b", "c"], [("p", "a"), ("p", "b"), ("p", "c")])
    assert made.spots["p"] == Spot(0, 1.0)
    assert [made.spots[one].row for one in "abc"] == [0.0, 1.0, 2.0]


def test_tables_that_need_each_other_share_a_layer() -> None:
    edges = [("a", "b"), ("b", "a"), ("b", "c"), ("a", "a")]
    made = layout(["a", "b", "c"], edges)
    assert [made.spots[one].layer for one in "abc"] == [0, 0, 1]


def test_no_line_crosses_where_none_has_to() -> None:
    edges = [("p", "z"), ("q", "y"), ("r", "x")]
    made = layout(["p", "q", "r", "x", "y", "z"], edges)
    for parent, child in edges:
        assert made.spots[parent].row == made.spots[child].row


def test_of_nothing_there_is_no_layer() -> None:
    made = layout([], [])
    assert (made.spots, made.layers, made.rows) == ({}, 0, 0)


def test_a_chain_of_thousands_needs_no_recursion() -> None:
    chain = [(i, i + 1) for i in range(1500)]
    assert layout(range(1501), chain).spots[1500] == Spot(1500, 0.0)
    assert len(connected(range(1501), chain)) == 1


def test_what_nothing_connects_stands_apart() -> None:
    assert connected("abcde", [("d", "a"), ("b", "e")]) == (("a", "d"), ("b", "e"), ("c",))
