"""What waits for other programs, done beside what this one does."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")


@contextmanager
def meanwhile(work: Callable[[], T]) -> Iterator[Future[T]]:
    """Do it on a thread while the block runs; it has come to its end when the block is left."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        yield thread.submit(work)
