"""The list of `remediate review` on a whole screen, by the curses of Python's own library.

Arrows move the choice. What is typed counts with Enter only, and as in the dialogue: a line is one
key or one whole word, so that nothing mistyped decides. Names, reasons and numbers are asked on the
plain terminal.
"""

import os
import sys
import time
from collections.abc import Sequence
from typing import Any

from remediate.cli.reading import Reading, pages
from remediate.cli.terminal import columns, show
from remediate.commands.review import Dialogue
from remediate.commands.review_keys import APPROVES, DECIDES, Screen, understood
from remediate.system.words import counted

LEAST = (60, 16)  # columns and lines: on less, the review goes item by item
WAITING = 500  # milliseconds for a key, again and again
_RUBS_OUT = (8, 127, 263)  # Backspace, as terminals send it, and curses.KEY_BACKSPACE
_ENTER, _ESCAPE = (10, 13), 27
_BACK = "\n-- Enter: back to the list; or type a key or word: "
_MORE = "-- Enter: more; q: back to the list; or type a key or word: "


def dialogue() -> Dialogue:
    """With a person at this terminal: a list where it can show one, else item by item."""
    if not _capable():
        return Dialogue(input, show, width=columns(sys.stdout))
    browser = _Browser()
    return Dialogue(browser.ask, browser.show, browser.choose, columns(sys.stdout) - 1)


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
    """Between two lists it prints on the plain terminal, and waits until that is read.

    What is typed instead of Enter is the next line for the list.
    """

    def __init__(self) -> None:
        self._unread = False
        self._said = ""
        self._left = -1  # the row that the list showed last, all its notes read
        self._reading = Reading()

    def show(self, text: str) -> None:
        """Page by page, where it is longer than the screen."""
        size = os.get_terminal_size(sys.__stdout__.fileno()) if sys.__stdout__ else LEAST
        first, *others = pages(text, size[0] - 1, size[1] - 2)
        show(first)
        self._unread = True
        for page in others:
            self._said = input(_MORE).strip()
            if self._said:
                self._unread = False
                return
            show(page)

    def ask(self, question: str) -> str:
        self._unread, self._said = False, ""
        return input(question)

    def choose(self, screen: Screen) -> tuple[int, str]:
        """Raises EOFError where the terminal goes away."""
        import curses  # noqa: PLC0415

        line = self._next()
        key = understood(line)[0]
        is_on_screen = self._left == screen.at
        if key and key != "m" and (is_on_screen or key not in DECIDES):
            return screen.at, line
        listed = _List(screen, self._reading, line if key else "")
        if line and not key:
            listed.notice = "Not understood, nothing is decided."
        try:
            at, line = curses.wrapper(listed.run)
        except curses.error as error:
            raise EOFError from error
        self._left = at if listed.is_read else -1
        return at, line

    def _next(self) -> str:
        """What was typed after a text; "" for the list."""
        said, self._said = self._said, ""
        if said:
            return "" if understood(said)[0] == "q" else said
        while self._unread:
            self._unread = False
            said = self.ask(_BACK).strip()
            if said and not understood(said)[0]:
                self.show(f"  Not understood, nothing is decided: {said}")
        return said


class _List:
    """The list while it is on the screen, and the line that is typed below it."""

    def __init__(self, screen: Screen, reading: Reading, typed: str) -> None:
        self.screen, self.reading, self.typed = screen, reading, typed
        self.at, self.notice = screen.at, ""
        self.reading.top = 0

    def run(self, window: Any) -> tuple[int, str]:
        import curses  # noqa: PLC0415

        curses.curs_set(0)
        window.clear()
        while True:
            size = window.getmaxyx()
            listed = max(min(len(self.screen.rows), size[0] // 3 - 2), 1)
            shown = lines(self.screen, self.at, size, listed, self.reading, self.notice)
            _draw(window, shown, self.typed)
            key = _key(window)
            if key in _ENTER and self.typed.strip():
                if self._is_answer(size, listed):
                    return self.at, self.typed
                self.typed = ""
            elif key == _ESCAPE:  # with what a key that curses does not know sends after it
                curses.flushinp()
                self.typed = ""
            else:
                self._move(key, listed)

    @property
    def is_read(self) -> bool:
        """Whether all notes of the row that is chosen were shown, at some width."""
        widths = {width for at, width in self.reading.seen if at == self.at}
        return any(not self._unread(width) for width in widths)

    def _unread(self, width: int) -> int:
        return self.reading.unread(self.at, self.screen.detail(self.at, width), width)

    def _move(self, key: int, listed: int) -> None:
        at = moved(self.at, key, len(self.screen.rows), listed)
        if at != self.at:
            self.at, self.reading.top, self.notice = at, 0, ""
        self.typed = typed_with(self.typed, key)

    def _is_answer(self, size: tuple[int, int], listed: int) -> bool:
        """Whether the line is for the review: not where it turns a page, or a note is unread."""
        key, width = understood(self.typed)[0], size[1] - 1
        self.notice = ""
        if key == "m":
            card = self.screen.detail(self.at, width)
            self.reading.turn(card, width, room(self.screen, size, listed))
        elif key in APPROVES and (unread := self._unread(width)):
            self.notice = f"Nothing is approved. Read {counted(unread, 'note')} first: m, Enter."
        return key != "m" and not self.notice


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


def lines(
    screen: Screen, at: int, size: tuple[int, int], listed: int, reading: Reading, notice: str = ""
) -> list[str]:
    """The screen in words: what is decided, a part of the list, the card, and the keys."""
    height, width = size
    head = f"{screen.status}   {at + 1:,} of {len(screen.rows):,}, the most urgent first"
    space = room(screen, size, listed)
    card = reading.view(at, screen.detail(at, width - 1), width - 1, space)
    blank = [""] * (space - len(card))
    keys = screen.keys.splitlines()
    shown = [head, "", *_listed(screen, at, listed), "", *card, *blank, notice, *keys]
    return [line[: width - 1] for line in shown[:height]]


def room(screen: Screen, size: tuple[int, int], listed: int) -> int:
    """The lines that are left for the card."""
    return size[0] - min(listed, len(screen.rows)) - len(screen.keys.splitlines()) - 5


def _listed(screen: Screen, at: int, listed: int) -> Sequence[str]:
    """The rows around the one that is chosen."""
    first = min(max(at - listed // 2, 0), max(len(screen.rows) - listed, 0))
    marks = {"a": "approved", "s": "skipped"}
    return [
        f"{'>' if number == at else ' '} {marks.get(row.mark, ''):8}  {row.tier:8}  "
        f"{row.rule:6}  {row.place}"
        for number, row in enumerate(screen.rows[first : first + listed], first)
    ]


def _draw(window: Any, shown: list[str], typed: str) -> None:
    import curses  # noqa: PLC0415

    window.erase()
    height, width = window.getmaxyx()
    for number, line in enumerate(shown[: height - 1]):
        chosen = line.startswith("> ")
        window.addstr(number, 0, line, curses.A_REVERSE if chosen else curses.A_NORMAL)
    window.addstr(height - 1, 0, f"Type a key or word, then Enter: {typed}"[: width - 1])
    window.refresh()
