"""The list of `remediate review` on a whole screen, by the curses of Python's own library.

Arrows move the choice. What is typed counts with Enter only, and as in the dialogue: a line is one
key or one whole word, so that nothing mistyped decides. Names, reasons and numbers are asked on the
plain terminal.
"""

import os
import sys
import textwrap
import time
from typing import Any

from remediate.cli.terminal import show
from remediate.commands.review import Dialogue
from remediate.commands.review_keys import Screen

LEAST = (60, 16)  # columns and lines: on less, the review goes item by item
WAITING = 500  # milliseconds for a key, again and again
_RUBS_OUT = (8, 127, 263)  # Backspace, as terminals send it, and curses.KEY_BACKSPACE
_ENTER, _ESCAPE = (10, 13), 27
_BACK = "\n-- Enter: back to the list "


def dialogue() -> Dialogue:
    """With a person at this terminal: a list where it can show one, else item by item."""
    if not _capable():
        return Dialogue(input, show)
    browser = _Browser()
    return Dialogue(browser.ask, browser.show, browser.choose)


def _capable() -> bool:
    """Whether the terminal can show a list on a whole screen."""
    out = sys.__stdout__
    if out is None or os.environ.get("TERM", "dumb") == "dumb":
        return False
    try:
        import curses  # noqa: PLC0415  (Windows has none)
    except ImportError:
        return False
    try:
        curses.setupterm(fd=out.fileno())
        size = os.get_terminal_size(out.fileno())
    except (curses.error, OSError):  # a terminal that terminfo does not know, or none
        return False
    return bool(curses.tigetstr("cup")) and size.columns >= LEAST[0] and size.lines >= LEAST[1]


def moved(at: int, key: int, count: int, page: int) -> int:
    """The row that is chosen after a key that moves; the same one after any other."""
    import curses  # noqa: PLC0415

    steps = {
        curses.KEY_DOWN: 1, curses.KEY_UP: -1, curses.KEY_NPAGE: page, curses.KEY_PPAGE: -page,
        curses.KEY_HOME: -count, curses.KEY_END: count,
    }  # fmt: skip
    return min(max(at + steps.get(key, 0), 0), count - 1)


def typed_with(typed: str, key: int) -> str:
    """The line after a key: longer, shorter, or as it is."""
    if key in _RUBS_OUT:
        return typed[:-1]
    return typed + chr(key) if 32 <= key < 127 else typed


class _Browser:
    """Between two lists it prints on the plain terminal, and waits until that is read."""

    def __init__(self) -> None:
        self._unread = False

    def show(self, text: str) -> None:
        show(text)
        self._unread = True

    def ask(self, question: str) -> str:
        self._unread = False
        return input(question)

    def choose(self, screen: Screen) -> tuple[int, str]:
        """Raises EOFError where the terminal goes away."""
        import curses  # noqa: PLC0415

        if self._unread:
            self.ask(_BACK)
        try:
            return curses.wrapper(_run, screen)
        except curses.error as error:
            raise EOFError from error


def _run(window: Any, screen: Screen) -> tuple[int, str]:
    import curses  # noqa: PLC0415

    curses.curs_set(0)
    window.clear()
    at, typed = screen.at, ""
    while True:
        listed = max(min(len(screen.rows), window.getmaxyx()[0] // 2 - 2), 1)
        _draw(window, lines(screen, at, window.getmaxyx(), listed), typed)
        key = _key(window)
        if key == _ESCAPE:  # with what a key that curses does not know sends after it
            curses.flushinp()
            typed = ""
        elif key in _ENTER and typed.strip():
            return at, typed
        at = moved(at, key, len(screen.rows), listed)
        typed = typed_with(typed, key)


def _key(window: Any) -> int:
    """The next key. A Ctrl-C that comes just before the waiting begins is seen when it ends.

    Raises EOFError where the terminal is gone: then there is no waiting.
    """
    window.timeout(WAITING)
    while True:
        began = time.monotonic()
        key: int = window.getch()
        if key != -1:
            return key
        if (time.monotonic() - began) * 1000 < WAITING / 2:
            raise EOFError


def lines(screen: Screen, at: int, size: tuple[int, int], listed: int) -> list[str]:
    """The screen in words: what is decided, a part of the list, the card, and the keys."""
    height, width = size
    first = min(max(at - listed // 2, 0), max(len(screen.rows) - listed, 0))
    marks = {"a": "approved", "s": "skipped"}
    rows = [
        f"{'>' if number == at else ' '} {marks.get(row.mark, ''):8}  {row.tier:8}  "
        f"{row.rule:6}  {row.place}"
        for number, row in enumerate(screen.rows[first : first + listed], first)
    ]
    head = f"{screen.status}   {at + 1:,} of {len(screen.rows):,}, the most urgent first"
    keys = screen.keys.splitlines()
    room = height - len(rows) - len(keys) - 5
    card = [
        part
        for line in screen.detail(at).splitlines()
        for part in textwrap.wrap(line, width - 1, drop_whitespace=False) or [""]
    ]
    if len(card) > room:
        card = [*card[: room - 1], "  ..."]
    blank = [""] * (room - len(card))
    shown = [head, "", *rows, "", *card, *blank, "", *keys]
    return [line[: width - 1] for line in shown[:height]]


def _draw(window: Any, shown: list[str], typed: str) -> None:
    import curses  # noqa: PLC0415

    window.erase()
    height, width = window.getmaxyx()
    for number, line in enumerate(shown[: height - 1]):
        chosen = line.startswith("> ")
        window.addstr(number, 0, line, curses.A_REVERSE if chosen else curses.A_NORMAL)
    window.addstr(height - 1, 0, f"Type a key or word, then Enter: {typed}"[: width - 1])
    window.refresh()
