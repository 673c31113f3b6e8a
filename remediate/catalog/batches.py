"""Run one SELECT for each of many relations, in batches that hold few locks and wait briefly.

One transaction over thousands of tables would exhaust the lock table of the whole server (53200).
Rolling back to a savepoint releases the locks that were taken after it, so each batch has one, on
env.py's own connection, with its role and settings.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from remediate.postgres.connections import reason, sqlstate
from remediate.postgres.direct import Connection, driver_errors, is_lost
from remediate.postgres.queries import query
from remediate.postgres.sql import literal
from remediate.system import stages

LOCKS = 100  # at a time: a table with its indexes, beside some 70 of the catalog; 200 in all
TABLES = 50  # in one statement: more make it no faster
PATIENCE = 2.0  # seconds, for all relations together that another session has locked


@dataclass(frozen=True, slots=True)
class Question:
    """A SELECT of one row, and how many locks it takes. `about` is the key of its answer."""

    about: Any
    select: str
    relation: int  # OID
    locks: int = 1
    plain: bool = False  # begins with SELECT, and has neither a set operation, ORDER BY nor LIMIT

    def numbered(self, number: int) -> str:
        """With a number before what it selects. Within a subquery it is planned for longer."""
        if self.plain:
            return f"SELECT {number} AS n, {self.select.removeprefix('SELECT ')}"
        return f"SELECT {number} AS n, a.* FROM ({self.select}) AS a"


Answers = dict[Any, tuple[Any, ...]]
Failures = dict[Any, str]


def ask(connection: Connection, questions: Sequence[Question]) -> tuple[Answers, Failures]:
    """The row that answers each question, and for the others the reason."""
    answers: Answers = {}
    failures: Failures = {}
    locked = _locked(connection) if questions else set()
    todo = [(batch, PATIENCE) for batch in _batches(questions, locked)]
    held_up = [q for q in questions if q.relation in locked]
    deadline = None
    while todo or held_up:
        stages.count(len(answers) + len(failures), len(questions), "asking the tables")
        if todo:
            batch, patience = todo.pop()
        else:
            deadline = deadline or time.monotonic() + PATIENCE
            batch, patience = [held_up.pop()], max(0.05, deadline - time.monotonic())
        try:
            answers |= _ask(connection, batch, patience)
        except driver_errors() as error:
            if is_lost(error):
                raise
            if len(batch) == 1:
                failures[batch[0].about] = _reason(error)
            elif sqlstate(error) == "55P03":
                # A view locks what it reads: one by one, all share a single PATIENCE.
                held_up += batch
            else:
                half = len(batch) // 2
                todo += [(batch[:half], patience), (batch[half:], patience)]
    return answers, failures


def _locked(connection: Connection) -> set[int]:
    return {row[0] for row in connection.exec_driver_sql(query(__package__, "locked"))}


def _batches(questions: Sequence[Question], locked: set[int]) -> Iterator[list[Question]]:
    batch: list[Question] = []
    held = 0
    for question in questions:
        if question.relation in locked:
            continue
        if batch and (held + question.locks > LOCKS or len(batch) == TABLES):
            yield batch
            batch, held = [], 0
        batch.append(question)
        held += question.locks
    if batch:
        yield batch


def _ask(connection: Connection, batch: list[Question], patience: float) -> Answers:
    selects = [question.numbered(n) for n, question in enumerate(batch)]
    savepoint = connection.begin_nested()
    try:
        if patience < PATIENCE:
            timeout = literal(f"{int(patience * 1000) or 1}ms")
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {timeout}")
        rows = connection.exec_driver_sql(" UNION ALL ".join(selects)).all()
    finally:
        savepoint.rollback()
    return {batch[row[0]].about: tuple(row[1:]) for row in rows}


def _reason(error: Exception) -> str:
    reasons = {
        "42501": "no privilege to read every row (SELECT, or row security)",
        "55P03": "another session holds a lock on it",
        "57014": "reading it took longer than 60 seconds",
        "42P01": "it was dropped meanwhile",
    }
    return reasons.get(sqlstate(error), reason(error))
