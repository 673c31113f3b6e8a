"""What a rehearsal of any revision showed, in words."""

import json
from dataclasses import replace

import pytest

from remediate.plans.proof import Gap, Limit
from remediate.rehearsal.result import (
    Check,
    Downgraded,
    Inserted,
    Judged,
    NotTried,
    Rehearsal,
    Rehearsed,
    Return,
    Start,
    Subject,
    TakenApart,
    Upgraded,
    UpgradedAgain,
)
from remediate.render import rehearsed

CHECKS = [
    (Upgraded(1), "upgrade: 1 statement"),
    (Upgraded(2, passed=False), "upgrade: ends with an error; 2 statements sent"),
    (Upgraded(0), "upgrade: 0 statements"),
    (TakenApart(2, 7), "each statement by itself: 2 of 7 fail"),
    (Inserted(0, 0, 0, 0), "INSERT without id: the revision touches no table with a key"),
    (Inserted(3, 2, 0, 1), "INSERT without id: 2 of 3 work, in 1 table"),
    (Inserted(3, 3, 1, 2), "INSERT without id: 3 of 3 work, in 2 tables; 1 failed before"),
    (Judged(1, 0), "rules: 1 finding gone, 0 new"),
    (Judged(2, 3), "rules: 2 findings gone, 3 new"),
    (Downgraded(Return.SAME), "downgrade: pg_dump prints the same bytes as before"),
    (Downgraded(Return.ORDER), "downgrade: pg_dump prints the same, except for the column order"),
    (Downgraded(Return.DIFFERENT), "downgrade: the schema is not restored"),
    (Downgraded(Return.NONE), "downgrade: there is none"),
    (Downgraded(Return.FAILED), "downgrade: ends with an error"),
    (UpgradedAgain(passed=True), "upgrade again: ran"),
    (UpgradedAgain(passed=False), "upgrade again: ends with an error"),
    (NotTried(Subject.RULES), "rules: not tried, because the upgrade fails"),
]


@pytest.mark.parametrize(("check", "words"), CHECKS, ids=[words for _, words in CHECKS])
def test_a_check(check: Check, words: str) -> None:
    one = Rehearsed("a", "a.py", "title", (check,))
    made = Rehearsal("h/db", "PostgreSQL 18", Start(("x",)), (one,))
    bad = "not restored" in words or "ends with an error" in words
    assert (
        f"  {'FAILED' if bad else '-' if 'not tried' in words else '+'} {words}\n"
        in rehearsed.text(made)
    )
    what, _, result = words.partition(": ")
    (revision,) = json.loads(rehearsed.render(made, "json"))["revisions"]
    assert revision["checks"] == [{"what": what, "result": result}]


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (Start(("x", "y")), "the schema of h/db at x, y"),
        (Start(), "the schema of h/db at no revision"),
        (Start(earlier=0), "an empty database, and 0 earlier revisions run on it"),
        (Start(("x",), earlier=1), "an empty database, and 1 earlier revision run on it"),
    ],
)
def test_where_it_starts(start: Start, words: str) -> None:
    limits = (Limit(Gap.NOT_LAID, "CREATE EXTENSION x", "it is not available"),)
    skipped = Rehearsed("b", "b.py", "title", after="a", applies=False)
    made = Rehearsal("h/db", "PostgreSQL 18", start, (skipped,), limits=limits)
    document = rehearsed.document(made)
    assert document["start"] == words
    assert f"Starting from {words}\n" in rehearsed.text(made)
    assert document["limits"] == ["CREATE EXTENSION x: it is not available"]
    assert not made.proven
    assert document["revisions"][0]["skipped"] == "not rehearsed: it follows a, which fails"
    assert rehearsed.document(Rehearsal("h/db", "", start, ()))["start"] == ""


def test_the_next_command_runs_every_branch() -> None:
    one = Rehearsed("a", "a.py", "title")
    made = Rehearsal("h/db", "PostgreSQL 18", Start(("x",)), (one,))
    assert rehearsed.text(made).endswith("\nNext:  alembic upgrade head")
    assert rehearsed.text(replace(made, heads=2)).endswith("\nNext:  alembic upgrade heads")


@pytest.mark.parametrize(
    ("start", "one", "command"),
    [
        (Start(), {"after": "a", "reason": "a.py:1: no"}, "remediate rehearse a"),
        (Start(), {"after": "a"}, "repair it, then: remediate rehearse b.py"),
        (Start(), {"reason": "rows"}, "alembic upgrade b   (on a copy of the database)"),
        (Start(earlier=2), {"reason": "x"}, "remediate rehearse   (what the database has not run)"),
    ],
)
def test_the_next_command_after_what_was_not_judged(
    start: Start, one: dict[str, str], command: str
) -> None:
    made = Rehearsal("h/db", "PostgreSQL 18", start, (Rehearsed("b", "b.py", "title", **one),))
    assert rehearsed.text(made).endswith(f"\nNext:  {command}")
    assert not made.proven
