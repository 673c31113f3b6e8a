"""What is seen at a repaired key or reference, in words."""

from collections.abc import Iterator
from typing import get_args

import pytest

from remediate.render.observations import sentence
from remediate.snapshots.tables import Name
from remediate.verification.observations import (
    Closed,
    Collides,
    Draws,
    End,
    HasDefault,
    KeyTypes,
    LacksDefault,
    LacksKey,
    LacksReference,
    NextValue,
    NoParent,
    NoRemainder,
    NotEnforced,
    NotGranted,
    NotRead,
    Observation,
    Owned,
    PrimaryKey,
    Refers,
    Refused,
    Seen,
    TurnedAway,
    UnknownId,
    Untried,
    Usable,
)

T = Name("public", "T")
WORDS: list[tuple[Observation, str]] = [
    (Draws(T), 'draws from public."T"'),
    (HasDefault("gen_random_uuid()"), "default gen_random_uuid()"),
    (Owned(T, shared=True), 'shares that of public."T"'),
    (Owned(T, shared=False), 'its sequence belongs to public."T"'),
    (Usable(("a", "z, a"), granted=True), 'usable by a, "z, a"'),
    (Usable(("z, a",), granted=False), '"z, a" may INSERT but may not use the sequence'),
    (NextValue(7), "next value 7"),
    (NextValue(7, End.HIGHEST), "next value 7, no rows"),
    (NextValue(7, End.HIGHEST, 6), "next value 7, highest id 6"),
    (NextValue(1, End.HIGHEST, 0), "next value 1, highest id 0"),
    (NextValue(-7, End.LOWEST, -6), "next value -7, lowest id -6"),
    (Collides(7, 9), "next value 7, but id 9 already exists"),
    (Refers(("bigint", "text"), T, ("id", "K")), 'bigint, text that references public."T" (id, "K")'),
    (PrimaryKey(("id", "K")), 'primary key (id, "K")'),
    (LacksReference(("t id",), T, ("K",)),
     'the foreign key ("t id") to public."T" ("K") that its repair declared is gone'),
    (LacksReference(("a",), T, ()), 'the foreign key (a) to public."T" that its repair declared is gone'),
    (LacksKey(("id", "K")), 'the primary key (id, "K") that its repair made is gone'),
    (LacksDefault("K"), "nothing generates \"K\", although its repair gave it a default"),
    (NotGranted(("a", "z, a"), "public"),
     'a, "z, a" may INSERT into other tables of public, but not into this one'),
    (KeyTypes(("bigint", "text")), "its key is bigint, text"),
    (NotRead("no SELECT", "SELECT max(id)"), "not verified: no SELECT (SELECT max(id))"),
    (UnknownId("f k", refused=True), 'INSERT of an unknown id is refused by "f k" (taken back)'),
    (UnknownId("f", refused=False), "INSERT of an unknown id is accepted (taken back)"),
    (Untried("no", "P0001"), "INSERT of an unknown id shows nothing: no (P0001)"),
    (Untried("no row"), "INSERT of an unknown id shows nothing: no row"),
    (Refused(had_id=True, message="no", sqlstate="23503"), "INSERT got an id, and then met: no (23503)"),
    (Refused(had_id=False, message="no", sqlstate="23502"), "INSERT fails: no (23502)"),
    (Refused(had_id=None, message="no", sqlstate="42501"), "INSERT shows nothing: no (42501)"),
    (NoParent(T, read=True), 'INSERT was not tried: public."T" shows this role no row to refer to, and none '
     "could be made up"),
    (NoParent(T, read=False), 'INSERT was not tried: this role cannot read public."T" to refer to, and '
     "none could be made up"),
    (UnknownId("f", refused=False, why="its triggers are disabled"),
     "INSERT of an unknown id is accepted (taken back): f does not check it, because its triggers are disabled"),
    (NotEnforced("f k"), '"f k" is NOT ENFORCED: it accepts unknown ids'),
    (TurnedAway(("rule r", "trigger t"), elsewhere=False),
     "INSERT is accepted, and its row is stored nowhere: see rule r, trigger t"),
    (TurnedAway(("rule r",), elsewhere=True), "INSERT is accepted, and its row is not in this table: see rule r"),
    (Closed("c k", children=False), "every INSERT fails: CHECK \"c k\" is false for every row"),
    (Closed("c", children=True),
     "every INSERT fails: CHECK c is false for every row: its rows are in its child tables"),
    (NoRemainder(T), 'INSERT of some rows fails: public."T" has no partition for some hash remainders'),
    (Seen.STILL_FOUND, "the rule still finds it"),
    (Seen.NO_SUCH_COLUMN, "it does not exist here"),
    (Seen.NOTHING_TO_DO, "its revision had nothing to do here: there is no such table"),
]  # fmt: skip


@pytest.mark.parametrize(("seen", "words"), WORDS, ids=[words for _, words in WORDS])
def test_an_observation(seen: Observation, words: str) -> None:
    assert sentence(seen) == words


def test_each_kind_has_words_of_its_own() -> None:
    def kinds() -> Iterator[type]:
        yield from get_args(Observation)

    assert {type(seen) for seen, _ in WORDS} == {*kinds()}
    assert len({sentence(seen) for seen in Seen}) == len(Seen)
