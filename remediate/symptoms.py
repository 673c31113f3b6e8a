"""What a finding looks like to those who hit it: PostgreSQL's message and SQLSTATE.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from dataclasses import dataclass

from remediate.finding import Finding

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
