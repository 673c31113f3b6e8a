"""The section about a file of DDL."""

from collections.abc import Iterator
from itertools import groupby

from remediate.analysis.audit.ddl import Ddl, Difference, Skipped
from remediate.analysis.audit.ddl_columns import Lack
from remediate.postgres.sql import quote
from remediate.render.audit.entries import Chapter, Entry, group, listed
from remediate.system.words import counted


def chapter(found: Ddl, *, whole: bool) -> Chapter:
    by_table = groupby(found.differences, key=lambda one: one.table)
    entries = (_table([*those]) for _, those in by_table)
    return Chapter(
        f"DDL: compared with {', '.join(found.files)}",
        (
            Entry(_counts(found)),
            *listed(entries, "table", whole=whole),
            *group("Statements that are not compared", _skipped(found.skipped)),
        ),
    )


def _counts(found: Ddl) -> str:
    if not found.tables and not found.indexes:
        return (
            "Nothing was compared: no CREATE TABLE and no CREATE INDEX was found there. Of "
            "Markdown (.md), remediate reads what is in fences"
        )
    declared = f"{counted(found.tables, 'table')} and {counted(found.indexes, 'index')}"
    alike = "what was compared" if found.skipped else "all of it"
    nothing = "" if found.differences else f": the database has {alike} alike"
    return f"{declared}, {counted(len(found.differences), 'difference')}{nothing}"


def _table(differences: list[Difference]) -> Entry:
    first = differences[0]
    if first.kind is Lack.TABLE:
        return Entry(f"{first.table}   does not exist", str(first.source))
    return Entry(str(first.table), str(first.source), tuple(map(_difference, differences)))


def _difference(one: Difference) -> Entry:
    return Entry(f"{_place(one)}   {_sides(one)}")


def _place(one: Difference) -> str:
    if one.kind in (Lack.KEY, Lack.UNIQUE, Lack.REFERENCE, Lack.ON_DELETE):
        return f"{one.kind} ({one.what})"
    if one.kind is Lack.INDEX:
        return f"index {quote(one.what) if one.what else 'without name'}"
    return quote(one.what)


def _sides(one: Difference) -> str:
    match one.kind:
        case Lack.MORE:
            return f"is not in the file; database: {one.database}"
        case Lack.COLUMN:
            return f"does not exist; file: {one.file}"
        case Lack.TYPE | Lack.NULL | Lack.DEFAULT | Lack.ON_DELETE:
            return f"file: {one.file}; database: {one.database}"
    other = f"; database: {one.database}" if one.database else ""
    return f"{one.file} is missing{other}".strip()


def _skipped(skipped: tuple[Skipped, ...]) -> Iterator[Entry]:
    """Each kind of statement with its lines."""
    kinds: dict[str, list[Skipped]] = {}
    for one in skipped:
        kinds.setdefault(one.words, []).append(one)
    for words, those in kinds.items():
        lines = listed((Entry(str(one.source)) for one in those), "line", whole=False)
        yield Entry(f"{words}: {', '.join(line.text for line in lines)}")
