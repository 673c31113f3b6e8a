"""How far a command is, on standard error: a live line on a terminal, else a line a stage.

A single line that is written anew needs no library: to import rich takes 0.1 s.
"""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, RLock, Thread
from typing import IO, Any, cast

from remediate.system import stages
from remediate.system.printable import printable
from remediate.system.stages import Stage

LIVE_AFTER = 1.0  # seconds of a command: what is done sooner needs no line
LINES_AFTER = 5.0  # the same in a log
TICK = 0.25
OFTEN = 0.1  # seconds between two drawings
VARIABLE = "REMEDIATE_PROGRESS"
_ERASE = "\r\033[2K"


@contextmanager
def watched(*, quiet: bool = False, ticking: bool = True) -> Iterator[None]:
    """Show how far the block is; at its end, also by Ctrl-C, the live line is gone.

    Nothing is shown of a `quiet` command, nor where REMEDIATE_PROGRESS is "never".

    Not `ticking`, a line is only drawn when something is told: no thread runs beside a fork().
    """
    if quiet or os.environ.get(VARIABLE) == "never":
        yield
        return
    before = sys.stderr
    live = before.isatty() and os.environ.get("TERM") != "dumb"
    shown = Line(before) if live else Log(before)
    sys.stderr = cast("IO[str]", shown)
    try:
        with stages.heard(shown.hear), _ticking(shown, wanted=ticking):
            yield
    finally:
        shown.clear()
        sys.stderr = before


class Log:
    """A stream of a log: each stage of a long command is a line of it."""

    after = LINES_AFTER

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._lock = RLock()
        self._stage = Stage("")
        self._began = time.monotonic()
        self._told = ""
        self._whole = True  # whether what others wrote ends with a line

    def hear(self, stage: Stage) -> None:
        """Keep the stage, and draw it if the command has run long enough."""
        with self._lock:
            self._stage = stage
        self.draw()

    def draw(self) -> None:
        """Draw the stage that is reached."""
        with self._lock:
            late = time.monotonic() - self._began >= self.after
            if late and self._whole and self._stage.what:
                self._drawn()

    def _drawn(self) -> None:
        text = told(replace(self._stage, items="", done=0, total=0))
        if text != self._told:
            self._told = text
            self._stream.write(f"remediate: {text}\n")
            self._stream.flush()

    def clear(self) -> None:
        """Leave nothing behind but whole lines."""

    def write(self, text: str) -> int:
        with self._lock:
            self.clear()
            self._whole = text.endswith("\n") if text else self._whole
            return self._stream.write(text)

    def writelines(self, lines: list[str]) -> None:
        self.write("".join(lines))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Line(Log):
    """A terminal: its last line is the stage, until somebody writes or the command ends."""

    after = LIVE_AFTER
    _drawn_at = 0.0

    def _drawn(self) -> None:
        now = time.monotonic()
        if now - self._drawn_at < OFTEN:
            return
        self._drawn_at = now
        text = f"{told(self._stage)}  {clock(now - self._began)}"
        room = shutil.get_terminal_size().columns - 1
        self._stream.write(f"{_ERASE}{text[:room]}")
        self._stream.flush()
        self._told = text

    def clear(self) -> None:
        with self._lock:
            if self._told:
                self._stream.write(_ERASE)
                self._stream.flush()
            self._told, self._drawn_at = "", 0.0


def told(stage: Stage) -> str:
    """The stage in words: "2/5 INSERT as 3 roles  148/273". Names in it obey no terminal."""
    step = f"{stage.step}/{stage.steps} " if stage.steps else ""
    count = f"  {stage.done:,}" if stage.done or stage.total else ""
    of = f"/{stage.total:,}" if stage.total else ""
    return f"{step}{printable(stage.items or stage.what)}{count}{of}"


def clock(seconds: float) -> str:
    """Minutes and seconds: 00:07."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:02}:{rest:02}"


@contextmanager
def _ticking(shown: Log, *, wanted: bool) -> Iterator[None]:
    """Draw the stage anew all the time, as a statement may take long."""
    if not wanted:
        yield
        return
    over = Event()

    def tick() -> None:
        while not over.wait(TICK):
            shown.draw()

    thread = Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
