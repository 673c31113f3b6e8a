"""What a finding means for those who use the table: what fails, what works by accident, and when.

It is said from the facts that the rule recorded, and from the statistics.
"""

from dataclasses import dataclass

from remediate.analysis.facts import KeyFacts, TriggerFacts
from remediate.findings.effects import NULL_IDENTITY, ErrorKind, Inserts, Symptom, When
from remediate.findings.facts import part_of
from remediate.findings.finding import Finding
from remediate.postgres.sql import role_name
from remediate.rules import rule_of
from remediate.snapshots.live import Live
from remediate.system.words import counted


@dataclass(frozen=True, slots=True)
class Consequences:
    """Sentences; "" where there is nothing to say."""

    when: When
    stops: bool  # INSERT fails, or will: what references the table gets no parent rows
    spoils: bool = False  # INSERT goes through, and stores what no row should have
    broken: str = ""  # now
    by_accident: str = ""  # rows that exist though nothing generates the key
    to_come: str = ""


def consequences(finding: Finding, live: Live) -> Consequences:
    """What the finding means, as far as facts and statistics say."""
    rule = rule_of(finding.rule)
    outlook = rule.outlook(finding, live)
    broken = rule.stops.value if outlook.broken is None else outlook.broken
    return Consequences(
        when=outlook.when,
        stops=rule.stops is not Inserts.NONE and not outlook.taken,
        spoils=rule.stops is not Inserts.NONE and outlook.taken,
        broken=broken if outlook.when is When.NOW else "",
        by_accident=_by_accident(finding, live) if finding.severity in rule.unfilled_at else "",
        to_come=outlook.to_come,
    )


def symptom_of(finding: Finding, *, spoils: bool = False) -> Symptom | None:
    """The error that the finding leads to; None where it leads to none of its own.

    `spoils`: PostgreSQL refuses no row, so that only an ORM may say something.
    """
    rule, place = rule_of(finding.rule), finding.place
    symptom = rule.symptom
    if spoils:
        symptom = NULL_IDENTITY if ErrorKind.NULL_IDENTITY in rule.errors else None
    if symptom is None or place.table is None:
        return None
    return symptom.at(place.table.name, place.column or "...")


def _by_accident(finding: Finding, live: Live) -> str:
    """Who fills a key that nothing generates, with the evidence."""
    key, place = part_of(finding.facts, KeyFacts), finding.place
    if key is None:
        return ""
    if not key.rows and key.highest_id is None:
        unread = any((u.table, u.column) == (place.table, place.column) for u in live.unread)
        return "remediate could not read whether rows with ids exist" if unread else ""
    number = counted(key.rows, "row") if key.rows else "rows"
    up_to = f", ids up to {key.highest_id:,}" if key.highest_id is not None else _NOT_READ
    fillers = part_of(finding.facts, TriggerFacts)
    whom = _TRIGGERS if fillers and fillers.triggers else "so far the application supplied the ids"
    whom = "replication supplies the ids" if fillers and fillers.replicated_by else whom
    who = f"; may INSERT: {', '.join(map(role_name, key.writers))}" if key.writers else ""
    return f"{number}{up_to}: {whom} ({_counted(key, live)}{who})"


_NOT_READ = ", highest id not read"
_TRIGGERS = "so far a trigger or the application supplied the ids"


def _counted(key: KeyFacts, live: Live) -> str:
    days = live.database.statistics_days
    if key.inserts is None:
        return "PostgreSQL does not count the inserts"
    since = "" if days is None else f" in {days:,.1f} days"
    return f"{counted(key.inserts, 'insert')} counted{since}"
