"""Have the server work on the next statements while values are made of what it has answered."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TypeVar

from remediate.postgres.direct import Connection, Direct, driver_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is begun on a connection, one after the other."""

    connection: Connection
    thread: ThreadPoolExecutor | None

    def begin(self, read: Callable[[Connection], T]) -> Callable[[], T]:
        """Begin it as soon as all before it is done; what is returned waits, and raises its errors.

        Where the connection belongs to one thread it is done at once, and its errors are raised.
        """
        if self.thread is not None:
            return self.thread.submit(read, self.connection).result
        found = read(self.connection)
        return lambda: found


@contextmanager
def ahead(connection: Connection) -> Iterator[Ahead]:
    """Nothing else may use the connection in the block; all that was begun ends with it."""
    if not isinstance(connection, Direct) and connection.dialect.is_async:
        yield Ahead(connection, None)  # its driver waits in the event loop of this thread
        return
    with ThreadPoolExecutor(max_workers=1) as thread:
        try:
            yield Ahead(connection, thread)
        except BaseException as error:
            thread.shutdown(wait=False, cancel_futures=True)
            if not isinstance(error, Exception):  # somebody waits for the end
                with suppress(AttributeError):  # pg8000 cannot cancel, and ends with its statement
                    driver_of(connection).cancel()
            raise
