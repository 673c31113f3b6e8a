"""The section about what a DELETE does."""

from collections.abc import Iterator

from remediate.analysis.audit.deletes import Deletes, Rule, Taken
from remediate.analysis.audit.orm import OrmClash
from remediate.postgres.sql import quote
from remediate.render.audit.entries import Chapter, Entry, group, joined, listed
from remediate.snapshots.structure import NO_ACTION
from remediate.system.words import counted

_LEAST = 0.1  # rows that are told as a number


def chapter(found: Deletes, *, whole: bool) -> Chapter:
    rules = ", ".join(f"{number:,} {rule}" for rule, number in found.counted().items())
    return Chapter(
        "Deletes: what one DELETE takes along",
        (
            Entry(f"ON DELETE of {counted(len(found.rules), 'foreign key')}: {rules or 'none'}"),
            *group(
                "The rule cannot work",
                (Entry(_place(r), below=(Entry(r.fault),)) for r in found.rules if r.fault),
            ),
            *group("Models and database differ", map(_differing, _differ(found))),
            *group("ORM and database do not go together", map(_clash, found.orm)),
            *group("When one row is deleted from", _taken(found, whole=whole)),
            *_harmless(found, whole=whole),
            *group("Every rule", map(_rule, found.rules) if whole else ()),
            *group("Keys that change are followed", map(_update, _updates(found))),
        ),
    )


def _differ(found: Deletes) -> Iterator[Rule]:
    return (rule for rule in found.rules if rule.differs)


def _updates(found: Deletes) -> Iterator[Rule]:
    return (rule for rule in found.rules if rule.on_update != NO_ACTION)


def _clash(one: OrmClash) -> Entry:
    what = (Entry(f"{_place(one)}, ON DELETE {one.on_delete}"), Entry(one.clash))
    return Entry(one.attribute, str(one.model or ""), what)


def _place(rule: Rule | OrmClash) -> str:
    columns = ", ".join(map(quote, rule.columns))
    return f"{rule.table} ({columns}) -> {rule.target}"


def _rule(rule: Rule) -> Entry:
    return Entry(_place(rule), rule.on_delete)


def _update(rule: Rule) -> Entry:
    return Entry(_place(rule), f"ON UPDATE {rule.on_update}")


def _differing(rule: Rule) -> Entry:
    sides = f"model: {rule.model_on_delete}; database: {rule.on_delete}"
    return Entry(_place(rule), str(rule.model or ""), (Entry(sides),))


def _taken(found: Deletes, *, whole: bool) -> tuple[Entry, ...]:
    entries = (
        Entry(
            str(one.table),
            _rows(one) if found.estimated else "",
            tuple(_effects(one, whole=whole)),
        )
        for one in found.taken
        if one.direct or one.changed
    )
    return listed(entries, "table", whole=whole)


def _rows(one: Taken) -> str:
    if not one.direct:
        return ""
    if one.rows is None:
        return "rows not known: no row, or no statistics"
    if one.rows:
        about = f"about {one.rows:,.1f}" if one.rows >= _LEAST else f"fewer than {_LEAST}"
    elif one.table in one.direct:
        return "with it rows of the same table; the statistics do not show how many"
    else:
        about = "no"
    return f"with it {about} rows, by the statistics"


def _effects(one: Taken, *, whole: bool) -> Iterator[Entry]:
    effects = (
        ("deletes its rows in", one.direct),
        ("and so rows in", one.through),
        ("clears the reference of rows in", one.changed),
        ("is refused while a row that stays refers to one of these, in", one.stopping),
    )
    for what, tables in effects:
        if tables:
            names = joined(tables, "table", whole=whole)
            yield Entry(f"{what} {counted(len(tables), 'table')}: {names}")


def _harmless(found: Deletes, *, whole: bool) -> Iterator[Entry]:
    """What deletes nothing else: referenced rows stay."""
    safe = [one.table for one in found.taken if not one.direct and not one.changed]
    if safe:
        names = joined(safe, "table", whole=whole)
        yield Entry(f"PostgreSQL refuses the DELETE of a referenced row (23503) in: {names}")
