"""Another program, run to its end or ended with all that it started: when its time is over, or by
Ctrl-C."""

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_LONGEST = 2**16  # bytes of its output, the last ones
_GRACE = 3.0  # seconds from SIGTERM to SIGKILL


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended, and the end of what it printed, in the order in which it did."""

    code: int | None
    """Its exit code, negative for a signal; None where its time was over."""
    output: str


def run(words: Sequence[str], folder: Path, variables: Mapping[str, str], seconds: float) -> Ended:
    """Run it in a folder, with these environment variables and no input; no shell reads its words.

    Raises OSError where it cannot be started.
    """
    with tempfile.TemporaryFile() as output:  # a pipe would be open as long as a child of it is
        with _started(words, folder, variables, output) as process:
            try:
                code = process.wait(seconds)
            except subprocess.TimeoutExpired:
                code = None
        output.seek(max(0, output.seek(0, os.SEEK_END) - _LONGEST))
        return Ended(code, output.read().decode(errors="replace"))


@contextmanager
def _started(
    words: Sequence[str], folder: Path, variables: Mapping[str, str], output: IO[bytes]
) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        words,
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End its whole group: gently first."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
