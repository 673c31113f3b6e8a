"""The section about tables."""

from collections.abc import Iterable, Iterator

from remediate.analysis.audit.tables import Tables, Unclaimed, Waiting
from remediate.postgres.sql import quote
from remediate.render.audit.entries import Chapter, Entry, group, joined, listed, several
from remediate.system import invocation
from remediate.system.words import counted


def chapter(found: Tables, *, whole: bool) -> Chapter:
    entries = (
        Entry(_extent(found)),
        *_unclear(found),
        *_nobodys(found, whole=whole),
        *group(
            f"It exists, has a model, and {_nobody(found)}",
            listed(_unmade(found), "table", whole=whole),
        ),
        *_without_table(found),
        *group("Tables without a row", _empty(found, whole=whole)),
        *group(
            "No row can be inserted: a NOT NULL reference leads to a table without rows",
            _waiting(found, whole=whole),
        ),
        *group("Not verified whether they are empty", _unread(found, whole=whole)),
    )
    return Chapter("Tables: who made them, and which are empty", entries)


def _extent(found: Tables) -> str:
    read = f"{counted(found.revisions, 'revision')} read" if found.revisions else "no revision read"
    models = "no models read"
    if found.models is not None:
        models = several(found.models, "table", "has a model", "have a model")
    return f"{counted(found.total, 'table')}; {models}; {read}"


def _unclear(found: Tables) -> Iterator[Entry]:
    if found.unclear:
        first = found.unclear[0]
        does = several(len(found.unclear), "revision", "does", "do")
        yield Entry(
            f"{does} what their text does not show, and may have created any table. The first is "
            f"{first.revision}, {first.source}"
        )


def _nobodys(found: Tables, *, whole: bool) -> tuple[Entry, ...]:
    if found.models is None and not found.revisions:
        return (Entry("Who made them is not known: that takes the Alembic project"),)
    tables = listed(map(_unclaimed, found.unclaimed), "table", whole=whole)
    return group(f"No model declares it, and {_nobody(found)}", tables)


def _nobody(found: Tables) -> str:
    return "no revision is seen to create it" if found.unclear else "no revision creates it"


def _unclaimed(one: Unclaimed) -> Entry:
    rows = {False: "empty", None: "rows not verified"}.get(one.holds_rows, _rows(one))
    by = f", {counted(one.referenced_by, 'foreign key')} to it" if one.referenced_by else ""
    return Entry(str(one.table), rows + by)


def _rows(one: Unclaimed) -> str:
    return f"about {counted(one.rows, 'row')}" if one.rows and one.rows > 0 else "holds rows"


def _unmade(found: Tables) -> Iterator[Entry]:
    return (Entry(str(one.table), str(one.model or "")) for one in found.unmade if one.exists)


def _without_table(found: Tables) -> Iterator[Entry]:
    if found.without_table:
        have = several(found.without_table, "model", "has no table", "have no table")
        yield Entry(f"{have}: {invocation.remediate('plan --select MD005')}")


def _empty(found: Tables, *, whole: bool) -> Iterator[Entry]:
    """Those that never had one are perhaps not used at all."""
    days = found.statistics_days
    began = "since the statistics began"
    if days and days >= 1:
        began = f"in {counted(int(days), 'day')} of statistics"
    kinds = {
        f"no INSERT {began}": [e.table for e in found.empty if e.inserts == 0],
        "no row now; the statistics count INSERTs, perhaps rolled back": [
            e.table for e in found.empty if e.inserts
        ],
        "since when is not known": [e.table for e in found.empty if e.inserts is None],
    }
    for what, names in kinds.items():
        if names:
            yield Entry(f"{what}: {joined(names, 'table', whole=whole)}")


def _unread(found: Tables, *, whole: bool) -> Iterator[Entry]:
    reasons: dict[str, list[str]] = {}
    for name, why in found.unread:
        reasons.setdefault(why, []).append(str(name))
    for why, names in reasons.items():
        yield Entry(f"{why}: {joined(names, 'table', whole=whole)}")


def _waiting(found: Tables, *, whole: bool) -> tuple[Entry, ...]:
    if not found.waiting:
        return ()
    stuck = {name for cycle in found.stuck for name in cycle}
    order = joined((name for name in found.order if name not in stuck), "table", whole=whole)
    return (
        *listed(map(_waits, found.waiting), "reference", whole=whole),
        *([Entry(f"Insert first rows in this order: {order}")] if order else []),
        *(_stuck(cycle) for cycle in found.stuck),
    )


def _stuck(tables: Iterable[object]) -> Entry:
    names = ", ".join(map(str, tables))
    return Entry(
        f"None of these can get a first row, since each needs a row of another one: {names}; only "
        "a DEFERRABLE constraint allows it"
    )


def _waits(one: Waiting) -> Entry:
    columns = ", ".join(map(quote, one.columns))
    return Entry(f"{one.table} ({columns}) -> {one.target}")
