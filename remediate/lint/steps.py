"""What a revision does, fact by fact, with the lines that do it."""

from dataclasses import dataclass

from remediate.lint import events, linter, settled, statements
from remediate.lint.columns import keywords
from remediate.lint.facts import Change, Event, Fact
from remediate.lint.operations import operation_name
from remediate.lint.scope import HOLE, Text
from remediate.lint.values import NOTHING, Known, Unsafe

_OF_UNKNOWN = {"seeded-ids", "key-dropped"}
_NOT_READ = {"nullable", "comment"}  # of op.alter_column


@dataclass(frozen=True, slots=True)
class Read:
    """A revision as it is read once."""

    unsafe: tuple[Unsafe, ...]
    remarks: tuple[Unsafe, ...]  # what to change as long as it can be changed
    changes: tuple[Change, ...]  # in the order in which they run
    after: Known  # what the next revision may know

    def settles(self, unsafe: Unsafe) -> bool:
        """Whether its upgrade does what an earlier revision had to do afterwards."""
        if not unsafe.settled_by or not unsafe.function.startswith("upgrade"):
            return False
        words = settled.by(self.changes)
        # Any sequence, or any table, may be the one.
        unknown = unsafe.kind in _OF_UNKNOWN and any(HOLE in word for word in words)
        return unknown or not unsafe.settled_by.isdisjoint(words)


def read(source: str, known: Known = NOTHING) -> Read:
    """A revision upon what is known; raises SyntaxError where it is no Python."""
    made = linter.read(source, known)
    changes = tuple(_change(event, run.function) for run in made.runs for event in _once(run))
    return Read(made.unsafe, made.remarks, changes, made.after)


def _once(run: events.Run) -> tuple[Event, ...]:
    """Each event: several effects may be of one."""
    return tuple({id(effect.event): effect.event for effect in run.effects}.values())


def _change(event: Event, function: str) -> Change:
    call, context = event.step.call, event.step.context
    place = (call.lineno, call.end_lineno or call.lineno)
    certain = not context.branch and not context.suppressed_at
    return Change(event.fact, function, event.line, place, certain, _is_read_whole(event))


def _is_read_whole(event: Event) -> bool:
    if operation_name(event.step) != "alter_column":
        return True
    return not _NOT_READ & keywords(event.step.call).keys()


def facts_of(sql: str) -> tuple[Fact, ...]:
    """What a text of SQL does."""
    return tuple(one.fact for one in statements.read(Text.at(sql, 1)))
