"""What a revision that waits to be run has to do with a repair."""

import shlex
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stop:
    """A step that fails as long as the defect stands."""

    line: int
    sqlstate: str
    why: str  # a sentence


@dataclass(frozen=True, slots=True)
class Repeat:
    """Lines that do what the repair does, or take it back."""

    first: int
    last: int
    what: str  # the type of public.orders.user_id
    whole: bool  # the lines do nothing else
    empties: bool = False  # without them nothing is left of their block


@dataclass(frozen=True, slots=True)
class Waiting:
    """A revision that waits to be run, and a repair: the steps of the one that meet the other."""

    revision: str
    file: str  # as it is shown
    before: str  # the first that waits on its branch: before it a repair can be written
    stops: tuple[Stop, ...] = ()  # that cannot run before the repair
    repeats: tuple[Repeat, ...] = ()  # to be deleted where the repair comes before
    beside: tuple[str, ...] = ()  # that wait beside `before`, and have to follow the repair, too

    @property
    def options(self) -> str:
        """How `generate` is told to write a repair before it."""
        return " ".join(f"--before {shlex.quote(id_)}" for id_ in (self.before, *self.beside))
