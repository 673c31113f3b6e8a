"""Run a program that ends when its parent does, however that ends: also by SIGKILL.

Started as a program of its own, with the standard library only:

    python -I -S mortal.py PARENT PROGRAM ARGUMENT...      (PARENT: the parent's process id)

The kernel of Linux sends SIGTERM to PROGRAM then, at which pg_dump cancels its statement and leaves
its locks. Elsewhere PROGRAM is only run.
"""

import contextlib
import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # prctl(2); it holds over execve(2)


def main(parent: int, words: list[str]) -> None:
    """Become this program."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it has ended before that
        sys.exit(1)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # which Python ignores
    os.execv(words[0], words)  # noqa: S606  (no shell reads the words)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
