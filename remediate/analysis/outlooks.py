"""How soon something that is counted is at its end, and the words for it."""

from dataclasses import replace

from remediate.findings.effects import Outlook, When
from remediate.findings.finding import Finding, Severity, by_severity
from remediate.snapshots.live import Live


def inserts_a_day(inserts: int | None, live: Live) -> float | None:
    """At the rate since the statistics were reset; None where that is not known.

    What was counted for less than a day is no rate yet: it counts as a day's.
    """
    days = live.database.statistics_days
    return None if inserts is None or days is None else inserts / max(days, 1.0)


def how_soon(left: int, days: float | None, *, soon: bool) -> When:
    """When so many inserts are through; what fails within a day fails now."""
    if left <= 0 or (days is not None and days < 1):
        return When.NOW
    return When.SOON if soon else When.SOME_DAY


def in_days(days: float | None) -> str:
    """The end of a sentence; "" where the days are not known."""
    return "" if days is None else f", in about {days:,.0f} days at the present rate"


def soon_where_error(finding: Finding, _live: Live) -> Outlook:
    """Of what works until an end is reached, however near that is."""
    return Outlook(When.SOON if finding.severity is Severity.ERROR else When.SOME_DAY)


def some_day_unless_error(finding: Finding, live: Live) -> Outlook:
    """Of what works until something happens that may never happen: a crash, another path."""
    if finding.severity is Severity.ERROR:
        return by_severity(finding, live)
    return Outlook(When.SOME_DAY)


def at_once(_finding: Finding, _live: Live) -> Outlook:
    """Of what fails now, however much it weighs."""
    return Outlook(When.NOW)


def unless_null(finding: Finding, live: Live) -> Outlook:
    """That of the severity; a key that may be NULL, for want of a constraint, takes the rows."""
    name, column = finding.place.table, finding.place.column
    table = live.table_of.get(name) if name else None
    known = by_severity(finding, live)
    if table is None or not column or not table.has(column) or table.column(column).not_null:
        return known
    return replace(
        known, broken="a plain INSERT stores NULL, and no model can load that row", taken=True
    )
