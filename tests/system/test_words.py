"""Words: singular and plural, and one spelling for the ways of writing a name."""

import pytest

from remediate.system.words import counted, forms, plural, singular, sized, snake


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ("table", "tables"), ("foreign key", "foreign keys"), ("index", "indexes"),
        ("query", "queries"), ("day", "days"), ("address", "addresses"), ("branch", "branches"),
    ],
)  # fmt: skip
def test_a_noun_there_and_back(one: str, several: str) -> None:
    assert (plural(one), singular(several)) == (several, one)


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (6950, "6,950 rows")]
)
def test_counted(number: int, words: str) -> None:
    assert counted(number, "row") == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 KiB"), (8192, "8.0 KiB"), (655_360, "640 KiB"), (1_023_999, "1000 KiB"), (1_024_000, "1.0 MiB"),
     (3_650_722_202, "3.4 GiB"), (2**50 * 20, "20480 TiB")],
)  # fmt: skip
def test_bytes_in_their_unit(number: int, words: str) -> None:
    assert sized(number) == words


@pytest.mark.parametrize("name", ["orderItems", "OrderItems", "order_items"])
def test_one_name_in_three_spellings(name: str) -> None:
    assert (snake(name), forms(name)) == ("order_items", ("order_items", "order_item"))
