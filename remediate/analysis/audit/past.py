"""What the revisions made, as their text tells it: tables, types, references."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from remediate.analysis.revisions import full_name
from remediate.lint import NOTHING, Known, facts, read
from remediate.lint.scope import HOLE
from remediate.snapshots.history import History, Revision
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Location, Name

if TYPE_CHECKING:
    from remediate.lint.steps import Read


@dataclass(frozen=True, slots=True)
class Step:
    """A line of a revision."""

    revision: str
    source: Location


@dataclass(frozen=True, slots=True)
class Past:
    """What the revisions that the database has run leave behind."""

    revisions: int = 0  # that were read
    tables: Mapping[Name, Step] = field(default_factory=dict)  # that there are, and who made them
    types: Mapping[tuple[Name, str], str] = field(default_factory=dict)
    targets: Mapping[tuple[Name, str], tuple[Name, str]] = field(default_factory=dict)
    unclear: tuple[Step, ...] = ()  # each does something that its text does not tell


def of(history: History, live: Live, engine: str = "") -> Past:
    """The past of the revisions that ran; of all of them where nobody knows which did."""
    ran = history.applied if history.heads is not None else history.by_id.keys()
    revisions = [r for r in history.in_order if r.id in ran]
    ways = {"upgrade", f"upgrade_{engine}"}
    now, made, unclear = NOTHING, dict[Name, Step](), list[Step]()
    for revision in revisions:
        try:
            found = read(_without_locks(revision.text), now)
        except SyntaxError as error:
            place = Location(revision.source.file, error.lineno or 1)
            unclear.append(Step(revision.id, place))
            continue
        _follow(made, revision, found, ways, live)
        unclear += _unclear(revision, found, ways)
        now = found.after
    return Past(
        len(revisions), made, dict(_types(now, live)), dict(_targets(now, live)), tuple(unclear)
    )


def _follow(
    made: dict[Name, Step], revision: Revision, found: "Read", ways: Iterable[str], live: Live
) -> None:
    """Add the tables that an upgrade makes, take out those that it drops."""
    for change in found.changes:
        if change.function not in ways:
            continue
        step = Step(revision.id, Location(revision.source.file, change.line))
        match change.fact:
            case facts.TableCreated(table=table) if HOLE not in table:
                made[full_name(table, live)] = step
            case facts.TableDropped(table=table) if HOLE not in table:
                made.pop(full_name(table, live), None)
            case facts.TableRenamed(table=table, new=new) if HOLE not in table + new:
                made.pop(full_name(table, live), None)
                made[full_name(new, live)] = step


# A loop that only takes locks, which nobody could tell from its text: templates/lock.sql.j2.
_LOCKS = re.compile(
    r"DO \$remediate\$(?:(?!\$remediate\$).)*?remediate\.locked_by(?:(?!\$remediate\$).)*"
    r"\$remediate\$",
    re.DOTALL,
)
_MAY_MAKE = re.compile(r"\bcreate\b", re.IGNORECASE)
_MAKES = re.compile(r"\bcreate\s+(?:unlogged\s+)?table\b", re.IGNORECASE)
_QUOTE = re.compile(r"[\"']")


def _without_locks(text: str) -> str:
    """The text without these loops, and every line where it was."""
    return _LOCKS.sub(lambda loop: "SELECT 1" + "\n" * loop[0].count("\n"), text)


def _unclear(revision: Revision, found: "Read", ways: Iterable[str]) -> Iterator[Step]:
    """The first line that may make a table which its text does not tell."""
    lines = revision.text.splitlines()
    for change in found.changes:
        first, last = change.step
        written = "\n".join(lines[first - 1 : last])
        # Where the statement is in a variable, it stands anywhere in the text.
        said = written if _QUOTE.search(written) else revision.text
        if change.function in ways and _is_untold(change.fact, said):
            yield Step(revision.id, Location(revision.source.file, change.line))
            return


def _is_untold(fact: facts.Fact, written: str) -> bool:
    match fact:
        case facts.Opaque(text=text) if text:
            return _MAY_MAKE.search(text) is not None
        case facts.Opaque() | facts.NotRead():
            return True
        case facts.TableCreated(table=table) | facts.TableRenamed(new=table):
            return HOLE in table
        case facts.OtherDDL():  # also a statement of which a part is computed
            return _MAKES.search(written) is not None
    return False


def _types(known: Known, live: Live) -> Iterator[tuple[tuple[Name, str], str]]:
    for (table, column), type_ in known.columns.items():
        if HOLE not in table + column:
            yield (full_name(table, live), column), type_


def _targets(known: Known, live: Live) -> Iterator[tuple[tuple[Name, str], tuple[Name, str]]]:
    """What each column references; of a key that is not spelled out, the one of its table."""
    for link in known.links:
        table, target = full_name(link.table, live), full_name(link.target, live)
        there = live.table_of.get(target)
        keys = link.target_columns or (there.key if there else ())
        for column, key in zip(link.columns, keys, strict=False):
            yield (table, column), (target, key)
