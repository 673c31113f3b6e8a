"""Which primary and foreign keys the revisions leave: told from the text of what has run."""

from collections.abc import Iterable, Iterator, Mapping

from remediate.analysis.ran import Ran, since_untold
from remediate.analysis.revisions import full_name
from remediate.lint import facts
from remediate.lint.facts import Change
from remediate.lint.scope import HOLE
from remediate.postgres.sql import fitted, key_name
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name

KEY = ""  # in place of the name: a table has one primary key, whatever that is called
_Place = tuple[Name, str]  # table and constraint
_Left = dict[_Place, tuple[str, ...]]  # the columns of each


def left(ran: Iterable[Ran], live: Live) -> frozenset[_Place]:
    """The foreign keys by their names, and KEY of each table with a primary key.

    Only what is there for certain: what is made in a branch is left out, and so is what a step may
    have dropped.
    """
    now: _Left = {}
    for _, changes in since_untold(ran):
        for change in changes:
            now = _after(now, change, live)
    return frozenset(now)


def _after(now: _Left, change: Change, live: Live) -> _Left:
    fact, written = change.fact, getattr(change.fact, "table", HOLE)
    if isinstance(fact, facts.DropCascaded):
        return {}
    if HOLE in written:
        return now
    table = full_name(written, live)
    left_ = dict(_kept(now, fact, table, live))
    made = dict(_made(fact, table)) if change.certain else {}
    return left_ | {place: columns for place, columns in made.items() if HOLE not in place[1]}


def _kept(
    now: Mapping[_Place, tuple[str, ...]], fact: facts.Fact, table: Name, live: Live
) -> Iterator[tuple[_Place, tuple[str, ...]]]:
    """Those that are there after a step on this table, with what it renames."""
    for (own, name), columns in now.items():
        if own != table:
            yield (own, name), columns
            continue
        match fact:
            case facts.TableDropped() | facts.TableCreated():
                continue
            case facts.TableRenamed(new=new):
                yield (full_name(new, live), name), columns
            case facts.ColumnRenamed(column=old, new=new):
                yield (own, name), tuple(new if c == old else c for c in columns)
            case facts.ColumnDropped(column=column) if column in columns:
                continue
            case facts.ConstraintDropped() if _may_drop(fact, name, table, now):
                continue
            case _:
                yield (own, name), columns


def _may_drop(
    fact: facts.ConstraintDropped, name: str, table: Name, now: Mapping[_Place, object]
) -> bool:
    """Whether it is this one; a name that is none of those may be that of the primary key."""
    if name == KEY:
        other = (table, fact.name) in now or fact.kind not in ("", "primary")
        return not other or fact.name == key_name(table.name)
    return HOLE in fact.name or fact.name == name


def _made(fact: facts.Fact, table: Name) -> Iterator[tuple[_Place, tuple[str, ...]]]:
    if key := _key(fact):
        yield (table, KEY), key
    for link in filter(None, _links(fact)):
        default = fitted(table.name, "_".join(link.columns), "fkey")
        yield (table, link.name or default), link.columns


def _key(fact: facts.Fact) -> tuple[str, ...]:
    """The columns of the primary key that the step makes."""
    match fact:
        case facts.TableCreated(columns=columns, key=key):
            return key or tuple(c.name for c in columns if c.key and not c.undeclared)
        case facts.ColumnAdded(column=column) if column.key and not column.undeclared:
            return (column.name,)
        case facts.KeyAdded(columns=columns):
            return columns
    return ()


def _links(fact: facts.Fact) -> tuple[facts.Link | None, ...]:
    match fact:
        case facts.TableCreated(columns=columns, links=links):
            return (*(column.link for column in columns), *links)
        case facts.ColumnAdded(column=column):
            return (column.link,)
        case facts.ReferenceAdded(columns=columns, target=target, name=name):
            return (facts.Link(columns, target, name=name),)
    return ()
