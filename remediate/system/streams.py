"""Reserve standard output for the data that a command prints, and keep passwords out of both."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import IO, Any, cast

from remediate.system.secrets import scrub


class Filtered:
    """A stream of text that changes what is written to it."""

    def __init__(self, stream: IO[str], change: Callable[[str], str]) -> None:
        self._stream, self._change = stream, change

    def write(self, text: str) -> int:
        self._stream.write(self._change(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        self.write("".join(lines))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def filtered(stream: IO[str], change: Callable[[str], str]) -> IO[str]:
    """The stream, on which everything is changed on its way out."""
    return cast("IO[str]", Filtered(stream, change))


@contextlib.contextmanager
def stdout_to_stderr() -> Iterator[None]:
    """Redirect what env.py, Alembic and post-write hooks print to standard error, scrubbed.

    Hooks are processes of their own, so the file descriptor is redirected too.
    """
    sys.stdout.flush()
    saved = os.dup(1)
    try:
        os.dup2(2, 1)
        theirs = filtered(sys.stderr, scrub)
        with contextlib.redirect_stdout(theirs), contextlib.redirect_stderr(theirs):
            yield
    finally:
        os.dup2(saved, 1)
        os.close(saved)
