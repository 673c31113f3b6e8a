"""Runs revisions one way on a scratch database, in processes of their own, without their env.py.

python -P -m remediate.write.hand_run   reads the name of a JSON file, a line each, and forks for
it: importing Alembic takes longer than most revisions. The child writes what happens to the report
that the file names, one JSON value a line: whatever a revision does to its process, what came
before is told. The answer is a line: "ended", or "killed" where the time was over.
"""

import contextlib
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import sqlalchemy as sa
import sqlalchemy.dialects.postgresql.psycopg

from remediate.write.hand_migration import TakenBack, apart, migrate_with
from remediate.write.lock_watch import Watch

_OFTEN = 0.01  # seconds


def main() -> None:
    # Not for line in sys.stdin: that reads ahead, and a child would share what was read.
    while path := sys.stdin.readline().strip():
        request = json.loads(Path(path).read_text(encoding="utf-8"))
        child = os.fork()
        if not child:
            _child(request)
        ended = _waited(child, 2 * request["timeout"])
        sys.stdout.write("ended\n" if ended else "killed\n")
        sys.stdout.flush()


def _waited(child: int, seconds: float) -> bool:
    """Whether it came to its end in this time; all that it has started ends with it."""
    end = time.monotonic() + seconds
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return False
        time.sleep(_OFTEN)
    return True


def _child(request: dict[str, Any]) -> NoReturn:
    os.setsid()
    for number, (name, mode) in enumerate(
        ((os.devnull, os.O_RDONLY), (request["printed"], os.O_WRONLY | os.O_CREAT))
    ):
        os.dup2(os.open(name, mode, 0o600), number)
    os.dup2(1, 2)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  (a descriptor)
    try:
        _play(request)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)  # what the parent has yet to write is not written twice


def _play(request: dict[str, Any]) -> None:
    with Path(request["report"]).open("a", encoding="utf-8", buffering=1) as report:

        def tell(kind: str, **facts: object) -> None:
            report.write(json.dumps({"kind": kind, **facts}) + "\n")

        with psycopg.connect(request["watch"], autocommit=True) as watcher:
            for step in request["steps"]:
                if not _run(
                    request, step, Watch(tell, watcher, step["file"], apart=request["apart"])
                ):
                    return
        tell("end")


def _run(request: dict[str, Any], step: dict[str, Any], watch: Watch) -> bool:
    """One revision: whether it ran; where it did not, the reason is told."""
    tell = watch.tell
    tell("step", revision=step["revision"])
    try:
        with apart() if request["apart"] else contextlib.nullcontext():
            migrate_with(request, step, watch)
    except TakenBack:
        return True
    except BaseException as error:
        tell(
            "failure",
            type=type(error).__name__,
            message=_message(error),
            line=_line(error, step["file"]),
            sql=isinstance(error, sa.exc.DBAPIError),
        )
        return False
    return True


def _message(error: BaseException) -> str:
    original = getattr(error, "orig", None) or error
    return str(original).strip() or type(error).__name__


def _line(error: BaseException, file: str) -> int:
    """The last line of the revision's file on the way to the error."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f.lineno or 0 for f in frames if f.filename == file]
    if isinstance(error, SyntaxError) and error.filename == file:
        lines = [error.lineno or 0]
    return lines[-1] if lines else 0


if __name__ == "__main__":
    main()
