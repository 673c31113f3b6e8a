"""What the errors mean for keys and references, and which rules find their causes."""

from dataclasses import dataclass

from remediate.logs.errors import Kind


@dataclass(frozen=True, slots=True)
class Meaning:
    """In words, with the rules whose findings lead to such an error, the likeliest first."""

    title: str
    text: str
    rules: tuple[str, ...]
    otherwise: str  # what it is where none of them finds anything


_TYPES = ("FK003", "MD002", "MD001", "FK002", "FK008")
MEANINGS = {
    Kind.NOT_NULL: Meaning(
        "null value in a NOT NULL column",
        "The INSERT left the column out, and nothing fills it. Where it is the primary key, its "
        "default (serial, identity) was lost, most often in a restore or a copy: then every "
        "INSERT without an id fails until the key is repaired.",
        ("PK001", "PK002", "PK006", "PK007", "PK008", "PK003", "MD001"),
        "the application gave no value for a column that it has to fill itself",
    ),
    Kind.DUPLICATE: Meaning(
        "duplicate key value",
        "The value is there already. Where the column is a key that a sequence fills, the sequence "
        "stands behind the data, or hands out the same value twice: each INSERT fails until it is "
        "past the highest id.",
        ("SEQ001", "PK003", "PK004", "SEQ006", "SEQ007", "PK007", "SEQ005", "PK001"),
        "the same value came twice from the application, which the constraint is there to refuse",
    ),
    Kind.SEQUENCE_DENIED: Meaning(
        "permission denied for a sequence",
        "The role may INSERT into the table, and may not use the sequence that fills its key. A "
        "GRANT on tables does not reach their sequences.",
        ("PK005",),
        "no role that may INSERT now lacks the sequence; it was granted since, or another calls it",
    ),
    Kind.TABLE_DENIED: Meaning(
        "permission denied for a table",
        "The role lacks a privilege on the table itself. That is no defect of a key: GRANT what "
        "the role needs.",
        (),
        "a privilege on the table itself, which is to be granted or not",
    ),
    Kind.OUT_OF_RANGE: Meaning(
        "a number that its column cannot hold",
        "A key has outgrown its type, or a column that references it is narrower than the key. "
        "Widen the key and everything that references it together.",
        ("SEQ002", "FK001", "SEQ003", "FK003", "MD001", "MD002"),
        "no key of the table is near its end: the application gave a number that is too large",
    ),
    Kind.SEQUENCE_ENDED: Meaning(
        "the sequence has reached its end",
        "The sequence of a key has no more values: every INSERT fails until it, and most often "
        "the type of the key too, is made larger.",
        ("SEQ002", "SEQ003", "FK001"),
        "the sequence has room now; it was widened since",
    ),
    Kind.RELATION_MISSING: Meaning(
        "a sequence that does not exist",
        "The default of a key, or the application itself, calls a sequence by a name that is not "
        "found: it was dropped or renamed, or lies outside the search_path.",
        ("PK002", "PK001", "AL003"),
        "no default and no model refers to it now",
    ),
    Kind.NO_PARENT: Meaning(
        "a reference to a row that does not exist",
        "The value is in no row of the referenced table. Most often the parent was never stored, "
        "or its INSERT failed just before; where the types of the two differ, the value may be "
        "meant for another key.",
        ("FK001", "FK002", "FK005", "MD002"),
        "the row that is referenced was not there; if its own INSERT failed, that is the cause",
    ),
    Kind.WRONG_TYPE: Meaning(
        "a value of another type than the column",
        "The application sends another type than the column has: one of the model and the "
        "database is wrong about the key that the column refers to.",
        _TYPES,
        "models and database agree about the column: the statement itself mixes the types",
    ),
    Kind.NOT_READABLE: Meaning(
        "a text where a number or a uuid belongs",
        "The application compares or stores a text in a column of numbers or uuids: often a "
        "reference whose type in the model is not that in the database.",
        _TYPES,
        "models and database agree: the application was given a value of the wrong form",
    ),
    Kind.NOT_COMPARABLE: Meaning(
        "columns of different types are compared",
        "A join or a filter compares a reference with a key of another type: a varchar or uuid "
        "column that stands for an integer key, or a model that says so.",
        _TYPES,
        "no reference between these tables is known whose types differ",
    ),
}
