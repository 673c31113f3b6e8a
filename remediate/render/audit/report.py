"""The whole report, in one of its formats."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, assert_never

from remediate.analysis.audit.audit import Audit
from remediate.postgres.filters import cell
from remediate.postgres.sql import commented
from remediate.render.audit import autogenerate, ddl, deletes, names, references, tables
from remediate.render.audit.entries import Chapter, Entry
from remediate.render.lines import sides, wrapped
from remediate.snapshots.tables import Location, Name
from remediate.system import invocation
from remediate.system.formats import ReportFormat
from remediate.system.paths import shown

FORMAT = "remediate.audit/1"
WIDTH = 80


def render(made: Audit, format_: ReportFormat, *, whole: bool = False) -> str:
    """Everything where it is asked for; else what is alike is counted. JSON always has all."""
    match format_:
        case ReportFormat.TEXT:
            return "\n".join(_text(made, whole=whole))
        case ReportFormat.MARKDOWN:
            return "\n".join(_markdown(made, whole=whole))
        case ReportFormat.JSON:
            return json.dumps(as_json(made), indent=2, ensure_ascii=False)
        case _:
            assert_never(format_)


def _chapters(made: Audit, *, whole: bool) -> Iterator[Chapter]:
    found = made.sections
    if found.tables:
        yield tables.chapter(found.tables, whole=whole)
    if found.names:
        yield names.chapter(found.names, whole=whole)
    if found.references:
        yield references.chapter(found.references, whole=whole)
    if found.deletes:
        yield deletes.chapter(found.deletes, whole=whole)
    if found.autogenerate:
        yield autogenerate.chapter(found.autogenerate, whole=whole)
    if found.ddl:
        yield ddl.chapter(found.ddl, whole=whole)


def _context(made: Audit) -> Iterator[tuple[str, str]]:
    database = made.database
    yield (
        "Database",
        f"{database.host}/{database.name}   PostgreSQL {database.version_text}   (read only)",
    )
    if made.heads is not None:
        at = ", ".join(made.heads) or "no revision yet"
        yield "Project", f"{shown(made.script_directory)}   at {at}"
    if made.left_out:
        by = " and ".join(made.left_out_by)
        yield "Left out", f"{made.left_out:,} tables, by {by} of this project's env.py"


def _text(made: Audit, *, whole: bool) -> Iterator[str]:
    for label, value in _context(made):
        yield f"{label:10}{commented(value)}"
    for chapter in _chapters(made, whole=whole):
        yield from ("", chapter.title)
        for entry in chapter.entries:
            yield from _lines(entry, "  ")
    yield from ("", f"Next:  {invocation.remediate('plan')}")


def _lines(entry: Entry, margin: str) -> Iterator[str]:
    first = margin + commented(entry.text)
    if len(first) <= WIDTH:
        yield from sides(first, commented(entry.right))
    else:
        yield from wrapped(entry.text, margin, len(margin) + 2)
        yield from [f"{commented(entry.right):>{WIDTH}}"] if entry.right else []
    for one in entry.below:
        yield from _lines(one, margin + "  ")


def _markdown(made: Audit, *, whole: bool) -> Iterator[str]:
    yield f"# Audit of {cell(made.database.name)}"
    yield ""
    for label, value in _context(made):
        yield f"- {label}: {cell(value)}"
    for chapter in _chapters(made, whole=whole):
        yield from ("", f"## {chapter.title}", "")
        for entry in chapter.entries:
            yield from _bullets(entry, "")


def _bullets(entry: Entry, margin: str) -> Iterator[str]:
    right = f" **{cell(entry.right)}**" if entry.right else ""
    yield f"{margin}- {cell(entry.text)}{right}"
    for one in entry.below:
        yield from _bullets(one, margin + "  ")


def as_json(made: Audit) -> dict[str, Any]:
    """The report with its version; a section that was not asked for is not there."""
    return {
        "format": FORMAT,
        "database": _value(made.database),
        "heads": _value(made.heads),
        "left_out": made.left_out,
        "sections": {
            name: _value(getattr(made.sections, name)) for name in made.sections.asked_for
        },
    }


def _value(value: Any) -> Any:
    if isinstance(value, Name):
        return {"schema": value.schema, "table": value.name}
    if isinstance(value, Location):
        return {"file": value.file, "line": value.line}
    if is_dataclass(value):
        return {one.name: _value(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _value(one) for key, one in value.items()}
    return [*map(_value, value)] if isinstance(value, tuple | list) else value
