"""Runs revisions one way on a scratch database, in processes of their own, without their env.py.

python -P -m remediate.rehearsal.child   reads requests in JSON, a line each, and forks for each:
importing Alembic takes longer than most revisions. The child reports what happens, one JSON value a
line: whatever a revision does to its process, what came before is told. The answer is a line of
JSON as well: the report, what was printed, and whether the time was over.

What this holds is in files without a name: nothing of it stays on the disk, however it ends.
"""

import contextlib
import json
import os
import re
import select
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import IO, Any, NoReturn

import psycopg
import sqlalchemy as sa
import sqlalchemy.dialects.postgresql.psycopg
from alembic.ddl.impl import DefaultImpl
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, StampStep
from alembic.script import ScriptDirectory
from alembic.util import load_python_file

from remediate.rehearsal import stand_in
from remediate.rehearsal.locks import PID, Watch, reported

_OFTEN = 0.01  # seconds


def main() -> None:
    with contextlib.suppress(ConnectionError):  # the one that asks is gone
        _serve()
    os._exit(0)  # to take apart all that was imported takes longer than some revisions


def _serve() -> None:
    # Not for line in sys.stdin: that reads ahead, and a child would share what was read.
    while line := sys.stdin.readline():
        request = json.loads(line)
        if "environment" in request:
            os.environ.clear()
            os.environ.update(request["environment"])
            continue
        answer = _answer(request)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as report, tempfile.TemporaryFile() as printed:
        child = os.fork()
        if not child:
            _child(request, report, printed)
        ended = _waited(child, 2 * request["timeout"])
        return {"killed": not ended, "report": _text(report), "printed": _text(printed)}


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _waited(child: int, seconds: float) -> bool:
    """Whether it came to its end in this time; all that it has started ends with it.

    Ends this process, too, when the one that asked is gone.
    """
    end = time.monotonic() + seconds
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        # Before the answer nothing is asked: what can be read is the end.
        gone = bool(select.select([0], [], [], _OFTEN)[0])
        if gone or time.monotonic() > end:
            _kill_group(child)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            if gone:
                sys.exit()
            return False
    _kill_group(child)
    return True


def _kill_group(child: int) -> None:
    """The child, and the processes that it has started, also where it is gone itself."""
    with contextlib.suppress(ProcessLookupError):  # none is left, or it has yet to call setsid()
        os.killpg(child, signal.SIGKILL)


def _child(request: dict[str, Any], report: IO[bytes], printed: IO[bytes]) -> NoReturn:
    os.setsid()
    for number, descriptor in enumerate((os.open(os.devnull, os.O_RDONLY), printed.fileno())):
        os.dup2(descriptor, number)
    os.dup2(1, 2)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  (a descriptor)
    try:
        _play(request, report.fileno())
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)  # what the parent has yet to write is not written twice


def _play(request: dict[str, Any], descriptor: int) -> None:
    sys.path += [p for p in request["path"] if Path(p).is_absolute() and p not in sys.path]
    with open(descriptor, "w", encoding="utf-8", buffering=1) as report:

        def emit(kind: str, **facts: object) -> None:
            report.write(json.dumps({"kind": kind, **facts}) + "\n")

        steps = request["steps"]
        groups = [steps] if request["together"] else [[step] for step in steps]
        with psycopg.connect(request["watch"], autocommit=True) as watcher:
            for group in groups:
                if not _run(request, group, Watch(emit, watcher, group[0], apart=request["apart"])):
                    return
        emit("end")


def _run(request: dict[str, Any], steps: list[dict[str, Any]], watch: Watch) -> bool:
    """Run these on one connection; False, and a report of the reason, where one fails."""
    emit = watch.emit
    emit("step", revision=steps[0]["revision"])
    try:
        with apart() if request["apart"] else contextlib.nullcontext():
            migrate_with(request, steps, watch)
    except TakenBack:
        return True
    except BaseException as error:
        emit(
            "failure",
            type="" if isinstance(error, NoFunction) else type(error).__name__,
            message=reported(error).message or type(error).__name__,
            line=_line(error, watch.file),
            sql=isinstance(error, sa.exc.DBAPIError),
            meant=_is_meant(error, watch.file),
        )
        return False
    return True


def _line(error: BaseException, file: str) -> int:
    """The last line of the revision's file on the way to the error."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f.lineno or 0 for f in frames if f.filename == file]
    if isinstance(error, SyntaxError) and error.filename == file:
        lines = [error.lineno or 0]
    return lines[-1] if lines else 0


class NoFunction(Exception):
    """The revision lacks the function that is to run."""


_RAISES = re.compile(r"(?:^|[:;]\s*)(?:raise|assert)\b")


def _is_meant(error: BaseException, file: str) -> bool:
    """Whether code of the project raises it, as one does that cannot go back."""
    *_, last = traceback.extract_tb(error.__traceback__)
    path = Path(last.filename)
    ours = path.is_relative_to(Path.cwd()) and "site-packages" not in path.parts
    raises = _RAISES.search(last.line or "") is not None
    return isinstance(error, NoFunction) or (raises and (ours or last.filename == file))


class TakenBack(Exception):
    """The end of a run that must leave nothing."""


def migrate_with(request: dict[str, Any], steps: list[dict[str, Any]], watch: Watch) -> None:
    config = stand_in.config(request)
    environment = EnvironmentContext(
        config,
        ScriptDirectory.from_config(config),
        fn=lambda heads, _context: [_step(step, heads, watch, request) for step in steps],
    )

    def listen(engine: sa.Engine) -> None:
        sa.event.listen(engine, "connect", lambda made, record: _prepare(made, record, request))
        watch.listen(engine)

    def work(connection: sa.Connection) -> None:
        with environment, stand_in.configured(environment, connection, request):
            environment.run_migrations(**request["arguments"])

    stand_in.on_connection(request, listen, work)


def _step(
    step: dict[str, Any], heads: tuple[str, ...], watch: Watch, request: dict[str, Any]
) -> StampStep:
    """Alembic's own move in the version table, and with it the revision's function."""
    up = step["way"] == "upgrade"
    # A branch that goes back to where another one has gone back to only ends.
    goes_to = [one for one in step["to"] if up or one not in heads]
    made = StampStep(step["from"], goes_to, up, branch_move=not (step["from"] and goes_to))

    def migrate(**arguments: Any) -> None:
        if watch.file != step["file"]:
            watch.emit("step", revision=step["revision"])
            watch.turn_to(step)
        module = _module(Path(step["file"]), step["text"])
        watch.inside = True
        function = getattr(module, step["way"], None)
        if function is None:
            raise NoFunction(f"the revision has no {step['way']}()")
        function(**arguments)
        watch.finish()
        watch.inside = False
        watch.emit("returned")
        if request["apart"]:
            raise TakenBack

    made.migration_fn = migrate
    return made


def _module(file: Path, text: str) -> ModuleType:
    """The revision as Alembic loads it; with a text of its own, as if its file held that."""
    if not text:
        return load_python_file(str(file.parent), file.name)
    module = ModuleType(file.stem)
    module.__file__ = str(file)
    exec(compile(text, file, "exec"), module.__dict__)  # noqa: S102
    return module


def _prepare(connection: Any, record: Any, request: dict[str, Any]) -> None:
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.execute(f"SET statement_timeout = {int(request['timeout'] * 1000)}")
        cursor.execute(f"SET search_path = {request['search_path']}")
        if request["role"]:
            cursor.execute(f"SET ROLE {request['role']}")
        cursor.execute("SELECT pg_backend_pid()")
        record.info[PID] = cursor.fetchone()[0]
    connection.commit()


@contextlib.contextmanager
def _in_the_transaction(_: MigrationContext) -> Iterator[None]:
    yield


@contextlib.contextmanager
def apart() -> Iterator[None]:
    """op.* goes on after a statement that failed, and nothing is committed on the way."""
    execute = DefaultImpl._exec  # noqa: SLF001  (Alembic's one door for what op.* sends)

    def execute_anyway(self: Any, *given: Any, **named: Any) -> Any:
        with contextlib.suppress(sa.exc.DBAPIError):
            return execute(self, *given, **named)

    DefaultImpl._exec = execute_anyway  # type: ignore[method-assign]  # noqa: SLF001
    MigrationContext.autocommit_block = _in_the_transaction  # type: ignore[method-assign,assignment]
    yield


if __name__ == "__main__":
    main()
