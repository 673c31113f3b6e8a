"""How far a command is: what it does now, told to a listener if the program has one.

The rooms tell where they are; only a door listens, and without one nothing happens. A thread and a
process of a fleet begin without a listener: they stay silent.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a command, and how many of its items are done."""

    what: str  # such as "0007: upgrade"
    step: int = 0  # which one of the steps of a series; 0 outside of a series
    steps: int = 0
    items: str = ""  # what is counted, where that is told: "INSERT as 3 roles"
    done: int = 0  # of the items
    total: int = 0  # 0 where the items are not counted


Listener = Callable[[Stage], None]

_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)
_BEGUN: ContextVar[Stage] = ContextVar("begun", default=Stage(""))  # noqa: B039  (it is frozen)


@contextmanager
def heard(listener: Listener | None) -> Iterator[None]:
    """Tell this listener of each stage while the block runs; None: nobody."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def begin(what: str, step: int = 0, steps: int = 0) -> None:
    """Tell that a stage begins."""
    if listener := _LISTENER.get():
        stage = Stage(what, step, steps)
        _BEGUN.set(stage)
        listener(stage)


def count(done: int, total: int = 0, items: str = "") -> None:
    """Tell how many items of the stage are done."""
    if listener := _LISTENER.get():
        listener(replace(_BEGUN.get(), items=items, done=done, total=total))


def each(items: Collection[T], called: str = "") -> Iterator[T]:
    """The items one after the other, each of them counted before its turn."""
    for number, item in enumerate(items):
        count(number, len(items), called)
        yield item
