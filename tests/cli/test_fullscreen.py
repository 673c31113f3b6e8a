"""The list of `remediate review` on a whole screen: a line that is typed decides, or nothing does."""

import curses
import json
import os
import sys
import time

import pexpect
import pytest

from remediate.cli.fullscreen import _Browser, _List, lines, moved, typed_with
from remediate.cli.reading import Reading, pages
from remediate.commands.review_keys import Row, Screen
from remediate.render.card import Card
from tests.support.project import Project

NOTE = "  note  EXPLICIT_IDS: stop code that inserts its own ids, or reserve a gap below"
CARD = Card(
    (
        "card",
        *(f"  does  {n}" for n in range(9)),
        NOTE,
        "        them",
        "  note  MODEL_INDEX",
        "end",
    ),
    (range(10, 12), range(12, 13)),
)
SCREEN = Screen(
    tuple(Row("a" if n == 1 else " ", "high", "PK001", f"public.t{n}.id") for n in range(30)),
    0,
    lambda number, width: CARD,
    "  a approve\n  q stop",
    "1 approved, 0 skipped, 29 to decide.",
)


def test_the_list_follows_what_is_chosen() -> None:
    shown = lines(SCREEN, 20, (24, 80), 10, Reading())
    assert len(shown) == 23
    assert max(map(len, shown)) < 80
    assert shown[0] == "1 approved, 0 skipped, 29 to decide.   21 of 30, the most urgent first"
    assert shown[2].endswith("public.t15.id")
    assert [line for line in shown if line.startswith("> ")] == [
        ">           high      PK001   public.t20.id"
    ]
    assert "card" in shown
    assert shown[-2:] == ["  a approve", "  q stop"]
    assert (
        lines(SCREEN, 1, (24, 80), 10, Reading())[3] == "> approved  high      PK001   public.t1.id"
    )


def test_a_card_is_read_in_parts_until_each_note_was_shown() -> None:
    reading = Reading()
    ends, unread = [], []
    for _ in range(4):
        part = reading.view(3, CARD, 79, 6)
        ends.append(part[-1].strip())
        unread.append(reading.unread(3, CARD, 79))
        reading.turn(CARD, 79, 6)
    assert ends == [
        "... 10 more lines with 2 notes: m shows them",
        "... 5 more lines with 2 notes: m shows them",
        "... the end: m shows the beginning",
        "... 10 more lines with 2 notes: m shows them",
    ]
    assert unread == [2, 2, 0, 0]
    assert reading.unread(4, CARD, 79) == 2
    assert reading.view(4, CARD, 79, 1) == []
    assert reading.unread(4, CARD, 79) == 2


@pytest.mark.parametrize("word", ["a", "approve", "r", "alike"])
def test_an_approval_counts_when_each_note_was_shown(word: str) -> None:
    size = (17, 80)
    listed = _List(SCREEN, Reading(), word)
    lines(SCREEN, 0, size, 2, listed.reading)
    assert not listed._is_answer(size, 2)
    assert listed.notice == "Nothing is approved. Read 2 notes first: m, Enter."
    assert not listed.is_read
    listed.typed = "m"
    assert not listed._is_answer(size, 2)
    shown = lines(SCREEN, 0, size, 2, listed.reading)
    assert "  note  MODEL_INDEX" in shown
    listed.typed = word
    assert listed._is_answer(size, 2)
    assert listed.is_read
    listed.at = 1
    assert not listed._is_answer(size, 2)


def test_a_line_typed_below_a_text_decides_about_what_was_read_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = _Browser()
    monkeypatch.setattr(
        "curses.wrapper", lambda run: (run.__self__.at, f"list {run.__self__.typed}")
    )
    for line, said in (("x", "x"), ("a", "list a"), ("s no", "list s no"), ("m", "list m")):
        browser.ask = lambda _, line=line: line  # type: ignore[method-assign, misc]
        browser._unread = True
        assert browser.choose(SCREEN) == (0, said)
        browser._unread = False
    browser._left, browser._said = 0, "a"
    assert browser.choose(SCREEN) == (0, "a")
    browser._said = "q"  # it ends the text only
    assert browser.choose(SCREEN) == (0, "list ")


def test_lines_are_broken_between_words_and_indented() -> None:
    shown = list(pages(f"one\n{NOTE}\n" + "x" * 80, 60, 4))
    assert [page.splitlines() for page in shown] == [
        ["one", "  note  EXPLICIT_IDS: stop code that inserts its own ids, or",
         "    reserve a gap below", "x" * 60],
        ["  " + "x" * 20],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "at"),
    [(curses.KEY_DOWN, 6), (curses.KEY_UP, 4), (curses.KEY_NPAGE, 15), (curses.KEY_PPAGE, 0),
     (curses.KEY_HOME, 0), (curses.KEY_END, 29), (ord("a"), 5), (10, 5)],
)  # fmt: skip
def test_arrows_move(key: int, at: int) -> None:
    assert moved(5, key, 30, 10) == at


@pytest.mark.parametrize(
    ("key", "line"), [(ord("p"), "ap"), (127, ""), (curses.KEY_BACKSPACE, ""), (27, "a"), (10, "a")]
)
def test_a_line_is_typed(key: int, line: str) -> None:
    assert typed_with("a", key) == line


@pytest.mark.project(
    "CREATE TABLE t (id integer PRIMARY KEY); CREATE TABLE u (id integer PRIMARY KEY);"
    "CREATE SEQUENCE t_id_seq OWNED BY t.id; CREATE SEQUENCE u_id_seq OWNED BY u.id"
)
def test_nothing_that_is_mistyped_approves(project: Project) -> None:
    """Neither words that begin like a key, nor a wrong number."""
    project.run("remediate", "plan", "--save", "plan.json")
    made = pexpect.spawn(
        sys.executable, ["-m", "remediate", "review", "plan.json", "--reviewer", "Ann"],
        cwd=project.folder, env={**os.environ, "TERM": "xterm"}, encoding="utf-8", timeout=20,
        dimensions=(30, 90),
    )  # fmt: skip

    def approved() -> list[str]:
        found = json.loads((project.folder / "plan.json").read_text())["findings"]
        return [one["id"] for one in found if one.get("decisions")]

    made.expect("then Enter")
    made.send("reject\r")
    for word in ("abort", "A1", "ra"):
        made.expect("Not understood, nothing is decided")
        made.expect("back to the list")
        made.send(f"{word}\r")
    made.expect("back to the list")
    made.send("x\r")  # counts, though it is typed below another text
    made.expect("SET DEFAULT nextval")
    made.expect("back to the list; or")
    made.send("\r")
    assert approved() == []
    made.expect("then Enter")
    made.send("r\r")
    made.expect("EXPLICIT_IDS")
    made.expect("Type 2 to approve all 2, or Enter to approve none: ")
    made.send("3\r")
    made.expect("Not approved")
    made.send("\r")
    made.expect("then Enter")
    assert approved() == []
    made.send("\033OBapprove\r")
    ends = time.monotonic() + 30
    while not approved() and time.monotonic() < ends:
        time.sleep(0.1)
    assert approved() == ["PK001:public.u.id"]
    made.send("\003")
    made.expect(pexpect.EOF)
    made.close()
    assert made.exitstatus == 130
    assert approved() == ["PK001:public.u.id"]
