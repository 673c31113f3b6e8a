"""Which foreign keys there are, as steps declare and drop them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from remediate.lint import facts
from remediate.lint.facts import Event
from remediate.lint.scope import HOLE
from remediate.lint.values import Held, plain

Links = tuple[Held, ...]


def followed(links: Links, event: Event) -> Links:
    """Those that are surely there after the event; what may drop any of them leaves none."""
    fact = event.fact
    unread = event.sql is not None and HOLE in event.sql.value
    if unread or isinstance(fact, facts.Opaque | facts.NotRead | facts.DropCascaded):
        return ()
    if event.branch:
        return _without(links, fact)
    return (*_without(links, fact), *_made(fact))


def _made(fact: facts.Fact) -> Iterator[Held]:
    table = plain(getattr(fact, "table", ""))
    links: Iterable[facts.Link | None] = ()
    name = ""
    match fact:
        case facts.TableCreated():
            links = (*(column.link for column in fact.columns), *fact.links)
        case facts.ColumnAdded():
            links = (fact.column.link,)
        case facts.ReferenceAdded():
            links = (facts.Link(fact.columns, fact.target, fact.target_columns),)
            name = fact.name
    for link in links:
        if link and link.columns and HOLE not in "".join((table, link.target, *link.columns)):
            yield Held(table, link.columns, plain(link.target), link.target_columns, name)


def _without(links: Links, fact: facts.Fact) -> Links:
    match fact:
        case facts.TableDropped(table=table) | facts.TableCreated(table=table):
            return tuple(one for one in links if table not in (one.table, one.target))
        case facts.TableRenamed(table=table, new=new):
            return tuple(
                replace(
                    one,
                    table=new if one.table == table else one.table,
                    target=new if one.target == table else one.target,
                )
                for one in links
            )
        case facts.ConstraintDropped():
            return tuple(one for one in links if not _may_drop(fact, one))
        case (
            facts.ColumnDropped(table=table, column=name)
            | facts.ColumnRenamed(table=table, column=name)
        ):
            return tuple(one for one in links if not _has(one, table, name))
    return links


def _may_drop(fact: facts.ConstraintDropped, link: Held) -> bool:
    """Whether it is this one, as far as its name tells; or the key to which it leads."""
    if HOLE in fact.table:
        return True
    if link.target == fact.table and fact.kind != "foreignkey":
        return True
    known = link.name and fact.name and HOLE not in link.name + fact.name
    return link.table == fact.table and (not known or link.name == fact.name)


def _has(link: Held, table: str, name: str) -> bool:
    own = link.table == table and name in link.columns
    return own or (
        link.target == table and (name in link.target_columns or not link.target_columns)
    )
