"""What the errors mean for keys and references, and which rules find their causes."""

from dataclasses import dataclass
from functools import cache

from remediate.findings.effects import ErrorKind
from remediate.rules import RULES


@dataclass(frozen=True, slots=True)
class Meaning:
    """In words."""

    title: str
    text: str
    otherwise: str  # what it is where no rule finds a cause


MEANINGS = {
    ErrorKind.NOT_NULL: Meaning(
        "null value in a NOT NULL column",
        "The INSERT left the column out, and nothing fills it. Where it is the primary key, its "
        "default (serial, identity) was lost, most often in a restore or a copy: then every "
        "INSERT without an id fails until the key is repaired.",
        "the application gave no value for a column that it has to fill itself",
    ),
    ErrorKind.DUPLICATE: Meaning(
        "duplicate key value",
        "The value is there already. Where the column is a key that a sequence fills, the sequence "
        "stands behind the data, or hands out the same value twice: each INSERT fails until it is "
        "past the highest id.",
        "the same value came twice from the application, which the constraint is there to refuse",
    ),
    ErrorKind.SEQUENCE_DENIED: Meaning(
        "permission denied for a sequence",
        "The role may INSERT into the table, and may not use the sequence that fills its key. A "
        "GRANT on tables does not reach their sequences.",
        "no role that may INSERT now lacks the sequence; it was granted since, or another calls it",
    ),
    ErrorKind.TABLE_DENIED: Meaning(
        "permission denied for a table",
        "The role lacks a privilege on the table itself. That is no defect of a key: GRANT what "
        "the role needs.",
        "a privilege on the table itself, which is to be granted or not",
    ),
    ErrorKind.OUT_OF_RANGE: Meaning(
        "a number that its column cannot hold",
        "A key has outgrown its type, or a column that references it is narrower than the key. "
        "Widen the key and everything that references it together.",
        "no key of the table is near its end: the application gave a number that is too large",
    ),
    ErrorKind.SEQUENCE_ENDED: Meaning(
        "the sequence has reached its end",
        "The sequence of a key has no more values: every INSERT fails until it, and most often "
        "the type of the key too, is made larger.",
        "the sequence has room now; it was widened since",
    ),
    ErrorKind.RELATION_MISSING: Meaning(
        "a sequence that does not exist",
        "The default of a key, or the application itself, calls a sequence by a name that is not "
        "found: it was dropped or renamed, or lies outside the search_path.",
        "no default and no model refers to it now",
    ),
    ErrorKind.NO_PARENT: Meaning(
        "a reference to a row that does not exist",
        "The value is in no row of the referenced table. Most often the parent was never stored, "
        "or its INSERT failed just before; where the types of the two differ, the value may be "
        "meant for another key.",
        "the row that is referenced was not there; if its own INSERT failed, that is the cause",
    ),
    ErrorKind.WRONG_TYPE: Meaning(
        "a value of another type than the column",
        "The application sends another type than the column has: one of the model and the "
        "database is wrong about the key that the column refers to.",
        "models and database agree about the column: the statement itself mixes the types",
    ),
    ErrorKind.NOT_READABLE: Meaning(
        "a text where a number or a uuid belongs",
        "The application compares or stores a text in a column of numbers or uuids: often a "
        "reference whose type in the model is not that in the database.",
        "models and database agree: the application was given a value of the wrong form",
    ),
    ErrorKind.NOT_COMPARABLE: Meaning(
        "columns of different types are compared",
        "A join or a filter compares a reference with a key of another type: a varchar or uuid "
        "column that stands for an integer key, or a model that says so.",
        "no reference between these tables is known whose types differ",
    ),
    ErrorKind.NOT_CAST: Meaning(
        "a type change without a way for the values",
        "A revision changes the type of a column, and PostgreSQL does not convert its values by "
        "itself: ALTER COLUMN ... TYPE needs USING, and every value must fit. Where the column "
        "stands for another table's key, the repair converts it and keeps what does not come back.",
        "the column means no key that is known: its type change needs USING",
    ),
    ErrorKind.NOT_REFERENCEABLE: Meaning(
        "a foreign key between columns of different types",
        "A revision declares a foreign key on a column whose type is not that of the key: no "
        "constraint is possible until the column is converted.",
        "no reference of this table is known whose type differs; it was converted since",
    ),
}


@cache
def rules_behind(kind: ErrorKind) -> tuple[str, ...]:
    """The codes of the rules whose findings lead to such an error, the likeliest first."""
    causes = [rule for rule in RULES if kind in rule.errors]
    return tuple(rule.code for rule in sorted(causes, key=lambda rule: rule.errors[kind]))
