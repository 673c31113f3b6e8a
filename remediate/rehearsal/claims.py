"""Claims of runs on what belongs to a whole scratch server: roles, and the databases themselves.

Several runs may use one server and the same roles, and any of them may be killed. So a run holds
an advisory lock on each name that it uses for as long as its session lasts, and puts a mark on each
role that it makes. A database cannot be made and marked at once: a role of its name, made before
it, carries its mark. What is marked and locked by no session is nobody's: whoever comes next, or
leaves last, removes it. Without a mark nothing is removed.
"""

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa
from psycopg.errors import DependentObjectsStillExist, ObjectInUse

from remediate.errors import RemediateError
from remediate.postgres import client
from remediate.postgres.connections import database_problem
from remediate.postgres.queries import fetch
from remediate.postgres.sql import ident, literal

ROLE = "made by remediate for a rehearsal, and removed by the last that uses it"
DATABASE = "made by remediate for the rehearsal in the database of this name, and removed with it"
# The first keys of the advisory locks: of names in use, and of whoever makes or removes them.
_NAMES, _TURN = 1919249769, 1919249770


@contextmanager
def roles(url: sa.URL, names: Sequence[str], members: Sequence[tuple[str, str]]) -> Iterator[None]:
    """These roles, made without login where they are missing, until their last user leaves.

    `members` are pairs of a role and its member. What killed runs left is removed before and after.
    Raises DatabaseProblem if the server cannot be reached or refuses.
    """
    with _session(url) as session:
        with _turn(session):
            _remove_unclaimed(session)
            _claim(session, names)
            ours = _make(session, names, ROLE)
            for role, member in members:
                if member in ours and role in names:
                    session.execute(f"GRANT {ident(role)} TO {ident(member)}".encode())
        with _released(session):
            yield


@contextmanager
def database(url: sa.URL, name: str) -> Iterator[None]:
    """The name of a database that is yet to be made, and that whoever made it drops before the end.

    Where it does not come to that, the next run does. Raises DatabaseProblem as `roles` does.
    """
    with _session(url) as session:
        with _turn(session):
            _remove_unclaimed(session)
            _claim(session, [name])
            _make(session, [name], DATABASE)
        with _released(session):
            yield


@contextmanager
def _session(url: sa.URL) -> Iterator[client.Connection]:
    with client.connect(client.environment(url)) as session:
        # Its locks end with it, so no timeout of the server's may end it.
        fetch(session, __package__, "without_timeouts")
        yield session


@contextmanager
def _turn(session: client.Connection) -> Iterator[None]:
    """One run at a time."""
    try:
        session.execute("SELECT pg_advisory_lock(%s, 0)", [_TURN])
        yield
        session.execute("SELECT pg_advisory_unlock(%s, 0)", [_TURN])
    except psycopg.Error as error:
        raise database_problem(error, "the scratch PostgreSQL cannot be used") from error


@contextmanager
def _released(session: client.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        # The first error counts; if the session is gone, its locks are.
        with contextlib.suppress(RemediateError, psycopg.Error):
            _release(session)
        raise
    _release(session)


def _release(session: client.Connection) -> None:
    session.execute("SELECT pg_advisory_unlock_all()")
    with _turn(session):
        _remove_unclaimed(session)


def _claim(session: client.Connection, names: Sequence[str]) -> None:
    for name in names:
        session.execute("SELECT pg_advisory_lock_shared(%s, hashtext(%s))", [_NAMES, name])


def _make(session: client.Connection, names: Sequence[str], mark: str) -> set[str]:
    """Make the missing ones; which of them all have the mark, from this run or another."""
    marks = dict(fetch(session, __package__, "marks"))
    for name in names:
        if name not in marks:
            with session.transaction():
                session.execute(f"CREATE ROLE {ident(name)} NOLOGIN".encode())
                session.execute(f"COMMENT ON ROLE {ident(name)} IS {literal(mark)}".encode())
            marks[name] = mark
    return {name for name in names if marks[name] == mark}


def _remove_unclaimed(session: client.Connection) -> None:
    """What another database still refers to stays until that is gone."""
    marks = [ROLE, DATABASE]
    for name, has_database in fetch(session, __package__, "unclaimed", DATABASE, marks, _NAMES):
        with contextlib.suppress(DependentObjectsStillExist, ObjectInUse):
            if has_database:  # unless its run has just dropped it
                session.execute(f"DROP DATABASE IF EXISTS {ident(name)}".encode())
            session.execute(f"DROP ROLE {ident(name)}".encode())
