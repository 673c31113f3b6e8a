"""A pattern of many words misses none of them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from remediate.logs.words import any_of

WORDS = st.lists(st.text("abcdeqz äя.(", min_size=1, max_size=30), min_size=1, max_size=8)


@given(words=WORDS, before=st.text(max_size=9), after=st.text(max_size=9))
def test_each_word_is_found(words: list[str], before: str, after: str) -> None:
    pattern = re.compile(any_of(words))
    assert all(pattern.search(before + word + after) for word in words)


def test_other_texts_are_passed_over() -> None:
    pattern = re.compile(any_of(["violates unique constraint", "out of range", "does not exist"]))
    assert pattern.search("integer out of range")
    assert pattern.search('relation "x" does not exist')
    assert not pattern.search("GET /items?range=7 is unique, and items exist")
