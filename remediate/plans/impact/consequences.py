"""What a finding means for those who use the table: what fails, what works by accident, and when.

It is said from the facts that the rule recorded, and from the statistics.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from remediate.findings.finding import Finding, Severity
from remediate.plans.impact.risk import When
from remediate.snapshots.live import Live
from remediate.snapshots.tables import INTEGER_MAX

YEAR = 365.0
SOON = 1000  # inserts
# These work as they are, or hurt something else than INSERT.
_HARMLESS = {"PK003", "SEQ004", "SEQ005"}
_ALSO_STOPS = {"FK001", "MD001", "MD002", "MD005"}
_UNFILLED = {"PK001", "PK006", "PK008"}
_UNFILLED_WHERE_ERROR = {"PK002", "PK004"}
_BY_SEVERITY = {
    Severity.ERROR: When.NOW,
    Severity.WARNING: When.SOON,
    Severity.INFO: When.SOME_DAY,
}


@dataclass(frozen=True, slots=True)
class Consequences:
    """Sentences; "" where there is nothing to say."""

    when: When
    stops: bool  # INSERT fails, or will: what references the table gets no parent rows
    broken: str = ""  # now
    by_accident: str = ""  # rows that exist though nothing generates the key
    to_come: str = ""


def consequences(finding: Finding, live: Live) -> Consequences:
    """What the finding means, as far as facts and statistics say."""
    when = _when(finding, live)
    return Consequences(
        when=when,
        stops=stops_inserts(finding.rule),
        broken=_broken(finding, when),
        by_accident=_by_accident(finding, live),
        to_come=_to_come(finding, live),
    )


def stops_inserts(rule: str) -> bool:
    """Whether a defect of this kind keeps rows out of its table, now or later."""
    return (rule.startswith(("PK", "SEQ")) and rule not in _HARMLESS) or rule in _ALSO_STOPS


def inserts_a_day(inserts: int | None, live: Live) -> float | None:
    """At the rate since the statistics were reset; None where that is not known.

    What was counted for less than a day is no rate yet: it counts as a day's.
    """
    days = live.database.statistics_days
    return None if inserts is None or days is None else inserts / max(days, 1.0)


def _when(finding: Finding, live: Live) -> When:
    facts = finding.facts
    if finding.rule == "SEQ001":
        inserts = _number(facts, "inserts_until_collision") or 0
        soon = inserts <= SOON or finding.severity is Severity.ERROR
        return _how_soon(inserts - 1, _days(inserts, facts, live), soon=soon)
    if finding.rule == "SEQ002":
        days = facts.get("days_left")
        left = float(days) if isinstance(days, int | float) else None
        soon = finding.severity is Severity.ERROR or (left is not None and left < YEAR)
        return _how_soon(_number(facts, "remaining") or 0, left, soon=soon)
    if finding.rule in ("FK001", "SEQ006"):
        return When.SOON if finding.severity is Severity.ERROR else When.SOME_DAY
    return _BY_SEVERITY[finding.severity]


def _how_soon(left: int, days: float | None, *, soon: bool) -> When:
    """What fails within a day fails now."""
    if left <= 0 or (days is not None and days < 1):
        return When.NOW
    return When.SOON if soon else When.SOME_DAY


def _broken(finding: Finding, when: When) -> str:
    facts = finding.facts
    if when is not When.NOW or not stops_inserts(finding.rule):
        return ""
    if finding.rule == "SEQ001":
        return "the next INSERT fails" if facts.get("inserts_until_collision") == 1 else ""
    if finding.rule == "SEQ002":
        return "" if facts.get("remaining") else "no id is left: every INSERT fails"
    if finding.rule == "PK005":
        return f"INSERT fails for {_words(facts.get('roles'))}"
    return "an INSERT by the models fails" if finding.rule[:2] == "MD" else "a plain INSERT fails"


def _by_accident(finding: Finding, live: Live) -> str:
    """Who fills a key that nothing generates, with the evidence."""
    error = finding.severity is Severity.ERROR
    if finding.rule not in _UNFILLED and not (finding.rule in _UNFILLED_WHERE_ERROR and error):
        return ""
    facts, place = finding.facts, (finding.place.table, finding.place.column)
    rows, highest = _number(facts, "rows") or 0, facts.get("highest_id")
    if not rows and highest is None:
        unread = any((u.table, u.column) == place for u in live.unread)
        return "whether rows with ids of their own exist could not be read" if unread else ""
    number = f"{rows:,} row{'s' * (rows != 1)}" if rows else "rows"
    up_to = f", ids up to {highest}" if highest is not None else ", highest id not read"
    whom = "a trigger gives the ids, or whoever inserts" if facts.get("triggers") else (
        "whoever inserts gives the ids"
    )  # fmt: skip
    writers = _words(facts.get("writers"))
    who = f"; may INSERT: {writers}" * bool(writers)
    return f"{number}{up_to}, and nothing generates them: {whom} ({_counted(facts, live)}{who})"


def _counted(facts: Mapping[str, object], live: Live) -> str:
    inserts, days = _number(facts, "inserts"), live.database.statistics_days
    if inserts is None:
        return "inserts are not counted"
    since = "" if days is None else f" in {days:.1f} days"
    return f"{inserts:,} insert{'s' * (inserts != 1)} counted{since}"


def _to_come(finding: Finding, live: Live) -> str:
    facts = finding.facts
    if finding.rule == "SEQ001":
        inserts = _number(facts, "inserts_until_collision") or 1
        days = _days(inserts, facts, live)
        return f"meets an existing id in {inserts:,} inserts{_in(days)}" if inserts > 1 else ""
    if finding.rule == "SEQ002":
        left, days_left = _number(facts, "remaining"), facts.get("days_left")
        known = float(days_left) if isinstance(days_left, int | float) else None
        return f"no id is left after {left:,} more{_in(known)}" if left else ""
    if finding.rule == "FK001":
        types = facts.get("types")
        limits = [INTEGER_MAX[t] for t in types if t in INTEGER_MAX] if types else []  # type: ignore[attr-defined]
        return f"fails once an id passes {min(limits):,}" if limits else ""
    return ""


def _in(days: float | None) -> str:
    return "" if days is None else f", in about {days:,.0f} days at the present rate"


def _days(inserts: int, facts: Mapping[str, object], live: Live) -> float | None:
    rate = inserts_a_day(_number(facts, "inserts"), live)
    return inserts / rate if rate else None


def _number(facts: Mapping[str, object], key: str) -> int | None:
    value = facts.get(key)
    return value if isinstance(value, int) else None


def _words(values: object) -> str:
    return ", ".join(map(str, values)) if isinstance(values, list) else ""


_NULL = 'null value in column "{column}" of relation "{table}" violates not-null constraint'
_TWICE = 'duplicate key value violates unique constraint "{table}_pkey"'
_TYPES = "operator does not exist: integer = character varying"
_OF_RULE = {
    "PK001": ("23502", _NULL),
    "PK002": ("42P01", 'relation "..." does not exist (a sequence)'),
    "PK003": ("23505", _TWICE),
    "PK004": ("23505", _TWICE),
    "PK005": ("42501", "permission denied for sequence ..."),
    "PK006": ("23502", _NULL),
    "PK007": ("23505", _TWICE),
    "PK008": ("23502", _NULL),
    "SEQ001": ("23505", _TWICE),
    "SEQ002": ("2200H", 'nextval: reached maximum value of sequence "..."'),
    "SEQ003": ("2200H", 'nextval: reached maximum value of sequence "..."'),
    "SEQ006": ("23505", _TWICE),
    "SEQ007": ("23505", _TWICE),
    "FK001": ("22003", "integer out of range"),
    "FK003": ("42883", _TYPES),
    "MD001": ("42883", _TYPES),
    "MD002": ("42883", _TYPES),
}


@dataclass(frozen=True, slots=True)
class Symptom:
    """An error as it stands in a log."""

    sqlstate: str
    message: str


def symptom_of(finding: Finding) -> Symptom | None:
    """The error that the finding leads to; None where it leads to none of its own."""
    if finding.rule not in _OF_RULE or finding.place.table is None:
        return None
    sqlstate, message = _OF_RULE[finding.rule]
    table, column = finding.place.table.name, finding.place.column or "..."
    return Symptom(sqlstate, message.replace("{table}", table).replace("{column}", column))
