"""Statements on which the server works while values are made: in order, and never left behind."""

import time
from collections.abc import Callable, Iterator

import pytest

from remediate.catalog.ahead import ahead
from remediate.postgres.connections import address
from remediate.postgres.direct import Connection, StatementFailed, opened
from remediate.rehearsal.scratch import Server


@pytest.fixture
def connection(newest: Server) -> Iterator[Connection]:
    with (
        newest.database() as url,
        opened(address(url.render_as_string(hide_password=False))) as ours,
    ):
        yield ours


def asking(statement: str) -> Callable[[Connection], object]:
    return lambda connection: connection.exec_driver_sql(statement).scalar_one()


def test_answers_come_in_the_order_of_the_questions(connection: Connection) -> None:
    connection.exec_driver_sql("CREATE TEMP SEQUENCE s")
    with ahead(connection) as server:
        answers = [server.begin(asking("SELECT nextval('s')")) for _ in range(5)]
        assert [answer() for answer in reversed(answers)] == [5, 4, 3, 2, 1]


def test_what_fails_is_told_to_whoever_asked(connection: Connection) -> None:
    def wait() -> None:
        with ahead(connection) as server:
            wrong = server.begin(asking("SELECT 1 / 0"))
            server.begin(asking("SELECT pg_sleep(60)"))
            wrong()

    with pytest.raises(StatementFailed, match="division by zero"):
        wait()


def test_an_interrupt_ends_what_runs_and_begins_no_more(connection: Connection) -> None:
    def interrupted() -> None:
        with ahead(connection) as server:
            server.begin(asking("SELECT pg_sleep(60)"))
            server.begin(asking("SELECT pg_sleep(60)"))
            time.sleep(0.2)
            raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert time.monotonic() - started < 10
