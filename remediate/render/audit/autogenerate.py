"""The section about what Alembic's own comparison would write."""

from collections.abc import Iterator

from remediate.analysis.audit.autogenerate import Autogenerate, Kind, Proposed
from remediate.postgres.sql import quote
from remediate.render.audit.entries import Chapter, Entry, group, listed
from remediate.system.words import counted

_TITLE = "Autogenerate: what Alembic's own comparison would write"
_BLIND = "It does not see a key that lost its default: remediate plan does"


def chapter(found: Autogenerate, *, whole: bool) -> Chapter:
    if found.failure:
        return Chapter(_TITLE, (Entry(f"Not verified: {found.failure}"),))
    kinds = ", ".join(f"{kind} {number:,}" for kind, number in found.counted().items())
    nothing = "" if found.proposed else "No operation"
    some = f"{counted(len(found.proposed), 'operation')}: {kinds}"
    return Chapter(
        _TITLE,
        (
            Entry(nothing or some),
            *_unseen(found),
            *(
                entry
                for kind in found.counted()
                for entry in group(kind.capitalize(), _of_kind(found, kind, whole=whole))
            ),
        ),
    )


def _unseen(found: Autogenerate) -> Iterator[Entry]:
    yield Entry(_BLIND)
    if found.unseen:
        names = (f"{name} ({counted(tables, 'table')})" for name, tables in found.unseen)
        yield Entry(f"Nor these models, which env.py does not pass to Alembic: {', '.join(names)}")
    if not found.include_schemas:
        yield Entry("Nor other schemas than the default one: include_schemas is not set")


def _of_kind(found: Autogenerate, kind: Kind, *, whole: bool) -> tuple[Entry, ...]:
    # A table that is dropped is never folded.
    entries = map(_entry, (one for one in found.proposed if one.kind is kind))
    return listed(entries, "operation", whole=whole or kind is Kind.DROP_TABLE)


def _entry(one: Proposed) -> Entry:
    place = str(one.table or "")
    if one.name:
        place = f"{place}.{quote(one.name)}" if place else quote(one.name)
    rows = "" if one.holds_rows is None else "holds rows" if one.holds_rows else "empty"
    return Entry(f"{place}   {one.detail}".strip(), rows)
