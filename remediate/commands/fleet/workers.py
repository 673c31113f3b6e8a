"""Processes that look at one database after the other, each with one connection at a time.

Processes, as judging takes processor time, and as one that hangs in a library can be ended.
"""

import contextlib
import gc
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from remediate.commands.fleet.queue import Queue, Task
from remediate.errors import RemediateError
from remediate.plans.fleet import Unread
from remediate.system import stages
from remediate.system.secrets import scrub

Known = frozenset[str]  # digests of needs whose whole result is there already
Work = Callable[[Task, Known], Any]

GRACE = 10.0  # seconds in which a worker cancels its statement and leaves, before it is killed
LINGERS = 60.0  # seconds: how long a statement may outlive a killed client (sql/session.sql)
TICK = 0.5


class _OvertimeError(KeyboardInterrupt):
    """The time is up; psycopg cancels the statement as for a Ctrl-C."""


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: Task | None = None
    ends: float = 0.0  # when it is killed


@dataclass(slots=True)
class Crew:
    """The workers, started when they are needed; each result comes out as it is there."""

    work: Work
    queue: Queue
    known: set[str] = field(default_factory=set)  # what no worker has to tell again
    workers: list[_Worker] = field(default_factory=list)
    lingering: list[tuple[float, str]] = field(default_factory=list)  # until then, that server

    def results(self) -> Iterator[tuple[Task, Any]]:
        """Each task with what `work` makes of it, or Unread with the reason.

        Tasks may be added to the queue meanwhile. Every worker has ended when this has.
        """
        gc.freeze()  # what is shared with the workers stays shared
        try:
            while self._start() or self.queue.waiting:
                yield from self._finished()
        finally:
            self._end()

    def _start(self) -> bool:
        """Give work to whoever is free; whether anybody works."""
        self._let_go()
        while (task := self.queue.take()) is not None:
            worker = next((w for w in self.workers if w.task is None), None) or self._hired()
            worker.task = task
            worker.ends = time.monotonic() + self.queue.limits.seconds + GRACE
            with contextlib.suppress(OSError):  # it has died: its pipe tells
                worker.pipe.send((task, frozenset(self.known)))
        return any(worker.task for worker in self.workers)

    def _hired(self) -> _Worker:
        ours, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("fork")
        inherited = [*(worker.pipe for worker in self.workers), ours]
        process = context.Process(
            target=_serve, args=(theirs, inherited, self.work, self.queue.limits.seconds)
        )
        process.start()
        theirs.close()
        self.workers.append(_Worker(process, ours))
        return self.workers[-1]

    def _finished(self) -> Iterator[tuple[Task, Any]]:
        busy = {worker.pipe: worker for worker in self.workers if worker.task is not None}
        if not busy:  # every server has connections that linger
            time.sleep(TICK)
        for pipe in wait([*busy], timeout=TICK) if busy else ():
            worker = busy.pop(pipe)  # type: ignore[call-overload]
            try:
                result = worker.pipe.recv()
            except (EOFError, OSError):
                yield self._lost(worker, "the system ended the process that read it")
            else:
                yield self._free(worker), result
        for worker in busy.values():
            if time.monotonic() > worker.ends:
                yield self._lost(worker, _overtime(self.queue.limits.seconds))

    def _free(self, worker: _Worker) -> Task:
        task, worker.task = worker.task, None
        if task is None:
            raise AssertionError("a worker without a task has a result")
        self.queue.done(task.server)
        return task

    def _lost(self, worker: _Worker, why: str) -> tuple[Task, Unread]:
        """Its connection may still be there, and counts on its server as long as that can be."""
        task = self._free(worker)
        self.queue.lingering[task.server] += 1
        self.lingering.append((time.monotonic() + LINGERS, task.server))
        self.workers.remove(worker)
        worker.process.kill()
        worker.process.join()
        worker.pipe.close()
        return task, Unread(task.name, why, _LATER)

    def _let_go(self) -> None:
        over = [one for one in self.lingering if one[0] <= time.monotonic()]
        for one in over:
            self.lingering.remove(one)
            self.queue.lingering[one[1]] -= 1

    def _end(self) -> None:
        for worker in self.workers:
            worker.pipe.close()
            if worker.task is not None:
                worker.process.terminate()
        for worker in self.workers:
            worker.process.join(GRACE)
            worker.process.kill()
            worker.process.join()
        self.workers.clear()


def _overtime(seconds: int) -> str:
    return f"remediate did not read it within {seconds} s"


_LATER = "Try again, or allow more time: seconds in [limits]."


def _serve(pipe: Connection, inherited: list[Connection], work: Work, seconds: int) -> None:
    """One task after the other, until the pipe is closed."""
    for one in inherited:  # else the end of this program would not close them
        one.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C in the terminal is for the parent
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGALRM, _time_is_up)
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt), stages.heard(None):
        while True:
            task, known = pipe.recv()
            pipe.send(_worked(task, known, work, seconds))
            gc.collect()


def _worked(task: Task, known: Known, work: Work, seconds: int) -> Any:
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        result = work(task, known)
        signal.setitimer(signal.ITIMER_REAL, 0)
        return result
    except _OvertimeError:
        return Unread(task.name, _overtime(seconds), _LATER)
    except RemediateError as error:
        return Unread(task.name, error.message, error.hint)
    except Exception as error:
        why = f"{type(error).__name__}: {scrub(str(error))}"
        return Unread(
            task.name, f"a bug in remediate: {why}", "Run it on this database alone, with a URL."
        )
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _time_is_up(*_: object) -> None:
    raise _OvertimeError
