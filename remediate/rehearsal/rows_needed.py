"""Revisions that fail for want of rows which the live database has: a rehearsal copies none."""

import re
from collections.abc import Iterator

from remediate.rehearsal.live_rows import holds
from remediate.rehearsal.result import Run, Statement

_READ = re.compile(
    r"\b(?:FROM|JOIN)\s+((?:\w+|\"[^\"]+\")(?:\.(?:\w+|\"[^\"]+\"))?)", re.IGNORECASE
)
_OF_THE_SYSTEM = re.compile(r"^\"?(?:pg_|information_schema)", re.IGNORECASE)
# A value that is NULL, or means no row, as what was read nowhere becomes.
_WITHOUT = {"23502", "23503"}


def reason(run: Run, live: dict[str, str]) -> str:
    """Why a run that failed shows nothing; "" where it does."""
    for statement in _reading(run):
        tables = [t for t in _READ.findall(statement.sql) if not _OF_THE_SYSTEM.match(t)]
        if found := [table for table in tables if holds(f"FROM {table}", live)]:
            return (
                f"statement {statement.number}, on line {statement.line}, reads rows of "
                f"{found[0]}, which the database has and a rehearsal does not copy"
            )
    return ""


def _reading(run: Run) -> Iterator[Statement]:
    """What found no row before Python failed, or before a statement lacked a value."""
    sent = [s for s in run.statements if s.number]
    if run.timed_out or not sent:
        return
    last = sent[-1]
    if not run.failed_sql and not last.failed:
        yield from (s for s in (last,) if s.rows == 0)
    elif last.sqlstate in _WITHOUT:
        yield from (s for s in sent[:-1] if s.rows == 0 and s.is_select)
        yield last
