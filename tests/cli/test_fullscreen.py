"""The list of `remediate review` on a whole screen: a line that is typed decides, or nothing does."""

import curses
import json
import os
import sys
import time

import pexpect
import pytest

from remediate.cli.fullscreen import lines, moved, typed_with
from remediate.commands.review_keys import Row, Screen
from tests.support.project import Project

SCREEN = Screen(
    tuple(Row("a" if n == 1 else " ", "high", "PK001", f"public.t{n}.id") for n in range(30)),
    0,
    lambda number: f"card of {number}\n" + "a long line " * 20,
    "  a approve\n  q stop",
    "1 approved, 0 skipped, 29 to decide.",
)


def test_the_list_follows_what_is_chosen() -> None:
    shown = lines(SCREEN, 20, (24, 80), 10)
    assert len(shown) == 23
    assert max(map(len, shown)) < 80
    assert shown[0] == "1 approved, 0 skipped, 29 to decide.   21 of 30, the most urgent first"
    assert shown[2].endswith("public.t15.id")
    assert [line for line in shown if line.startswith("> ")] == [
        ">           high      PK001   public.t20.id"
    ]
    assert "card of 20" in shown
    assert shown[-2:] == ["  a approve", "  q stop"]
    assert lines(SCREEN, 1, (24, 80), 10)[3] == "> approved  high      PK001   public.t1.id"


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
        cwd=project.folder, env={**os.environ, "TERM": "xterm"}, encoding="utf-8", timeout=60,
        dimensions=(30, 90),
    )  # fmt: skip

    def approved() -> list[str]:
        found = json.loads((project.folder / "plan.json").read_text())["findings"]
        return [one["id"] for one in found if one.get("decisions")]

    for word in ("reject", "abort", "A1", "ra"):
        made.expect("then Enter")
        made.send(f"{word}\r")
        made.expect("Not understood, nothing is decided")
        made.expect("back to the list")
        made.send("\r")
        assert approved() == []
    made.expect("then Enter")
    made.send("r\r")
    made.expect("by typing their number: ")
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
