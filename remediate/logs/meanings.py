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
        "The INSERT left the column out, and nothing fills it. Where it is the primary key that "
        "the database should fill, its default (serial, identity) is missing, most often lost in a "
        "restore or a copy: then every INSERT without an id fails until the key is repaired. A "
        "change of the model repairs nothing: remediate explain autoincrement",
        "the application gave no value for a column that it has to fill itself",
    ),
    ErrorKind.DUPLICATE: Meaning(
        "duplicate key value",
        "The table already has this value. Where the column is a key that a sequence fills, the "
        "sequence is behind the data, or generates the same value twice: each INSERT fails "
        "until the sequence is past the highest id.",
        "the application sent the same value twice, and refusing that is the purpose of the "
        "constraint",
    ),
    ErrorKind.SEQUENCE_DENIED: Meaning(
        "permission denied for a sequence",
        "The role may INSERT into the table, but may not use the sequence that fills its key. A "
        "GRANT on tables does not reach their sequences.",
        "every role that may INSERT may use the sequence now: it was granted since, or another "
        "role calls it",
    ),
    ErrorKind.TABLE_DENIED: Meaning(
        "permission denied for a table",
        "The role lacks a privilege on the table itself. That is no defect of a key: GRANT what "
        "the role needs.",
        "the role lacks a privilege on the table itself: grant it, if the role should have it",
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
        "The default of a key, or the application itself, names a sequence that PostgreSQL does "
        "not find: it was dropped or renamed, or is outside of the search_path.",
        "no default and no model refers to it now",
    ),
    ErrorKind.TABLE_MISSING: Meaning(
        "a table that does not exist",
        "A statement names a table that does not exist, or is not in the search_path: its model "
        "has no table, or the revision that creates it has not run.",
        "no model has such a table",
    ),
    ErrorKind.NO_PARENT: Meaning(
        "a reference to a row that does not exist",
        "The value is in no row of the referenced table. Most often the parent was never stored, "
        "or its INSERT failed just before; where the types of the two differ, the value may be "
        "meant for another key.",
        "the referenced row did not exist; if its own INSERT failed, that is the cause",
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
        "models and database agree: the application received a value of the wrong form",
    ),
    ErrorKind.NOT_COMPARABLE: Meaning(
        "columns of different types are compared",
        "A join or a filter compares a reference with a key of another type: a varchar or uuid "
        "column holds the values of an integer key, or a model declares it so.",
        "no reference between these tables is known whose types differ",
    ),
    ErrorKind.NOT_CAST: Meaning(
        "a type change without a way for the values",
        "A revision changes the type of a column, and PostgreSQL does not convert its values by "
        "itself: ALTER COLUMN ... TYPE needs USING, and every value must fit. Where the "
        "column holds the values of another table's key, the repair converts it, and keeps "
        "what does not convert back.",
        "the column refers to no known key: its type change needs USING",
    ),
    ErrorKind.NOT_REFERENCEABLE: Meaning(
        "a foreign key between columns of different types",
        "A revision declares a foreign key on a column whose type is not that of the key: no "
        "constraint is possible until the column is converted.",
        "no reference of this table is known whose type differs; it was converted since",
    ),
    ErrorKind.NULLS_THERE: Meaning(
        "NULL in a column that is to become NOT NULL",
        "A revision makes a column NOT NULL, or the primary key, but the table has rows without "
        "a value. Where it is a key that nothing generates, give it a sequence and number "
        "the rows first; a new column needs its default in the same statement.",
        "no key of the table was found to lack its values: fill the rows, then SET NOT NULL",
    ),
    ErrorKind.DUPLICATES_THERE: Meaning(
        "duplicate values stop a unique index",
        "A statement builds a unique index or a primary key over values that occur twice. The "
        "key was missing for a while, most often since a restore that failed at this very "
        "statement: decide about the duplicate rows, build the index, then set the "
        "sequence past the data.",
        "decide about the rows that occur twice; then the index can be built",
    ),
    ErrorKind.NOTHING_UNIQUE: Meaning(
        "a foreign key to columns that are not unique",
        "A foreign key needs a primary key or a unique constraint on exactly the columns that it "
        "references. The referenced table has none: it lost its primary key, or the reference is "
        "meant for other columns.",
        "no missing primary key and no undeclared reference is known there",
    ),
    ErrorKind.NO_ARBITER: Meaning(
        "ON CONFLICT without a unique constraint",
        "An upsert names columns that no primary key and no unique index covers: the models or the "
        "application expect a key that the table does not have.",
        "no primary key of the table is known to be missing: the statement names other columns",
    ),
    ErrorKind.GENERATED_ALWAYS: Meaning(
        "a value for a column that is GENERATED ALWAYS",
        "The column is an identity that only the database fills, and the INSERT passes a value. "
        "Leave the column out; a load that has to keep its ids uses OVERRIDING SYSTEM "
        "VALUE. Such a load leaves the sequence behind the data: then the next INSERT "
        "collides.",
        "its sequence is past the data: leave the column out, or use OVERRIDING SYSTEM VALUE",
    ),
    ErrorKind.DEPENDED_ON: Meaning(
        "something else depends on what is to be dropped",
        "A default still draws from a sequence that goes with its table, or a foreign key still "
        "needs a key. CASCADE would drop that default or constraint without an error: give "
        "the other table a sequence of its own first.",
        "no default there uses the sequence of another table now; it was repaired since",
    ),
    ErrorKind.OTHER_OWNER: Meaning(
        "a sequence of another owner or schema than its table",
        "OWNED BY needs the same owner and the same schema for both, even for a superuser. Give "
        "the sequence to the table's owner first: ALTER SEQUENCE ... OWNER TO ...",
        "every key that was read has its sequence; the owners were made the same since",
    ),
    ErrorKind.PARAMETER_REFUSED: Meaning(
        "a value that the driver does not send",
        "The driver compares each value with the type of its parameter, which comes from the model "
        "or the column: the server never saw the statement. An id beyond the type of the model, a "
        "reference narrower than its key, or a text for a number.",
        "models and database agree about the columns: the application passed a value of the wrong "
        "form",
    ),
    ErrorKind.NULL_IDENTITY: Meaning(
        "a key that stayed NULL",
        "The INSERT passed no key, and the database made none. The key has no default, or the "
        "table has no primary key at all, so that a row without an id was stored.",
        "no key without a default is known there; it was repaired since",
    ),
    ErrorKind.NOT_DRAWN: Meaning(
        "the id of a row that drew from no sequence",
        "The application asks for the id of its last INSERT (lastval, currval, lastInsertId of "
        "PDO), and nothing drew from a sequence in this session. Most often the key has lost its "
        "default, so that the row was stored without an id, or with one that the application gave.",
        "every key that was read draws from its sequence: the application asked before an "
        "INSERT, or on another connection",
    ),
    ErrorKind.NOT_OWNER: Meaning(
        "the role does not own the sequence",
        "Only its owner, a member of that role or a superuser may ALTER or DROP a sequence, or "
        "make it OWNED BY a column; no GRANT gives that. Run the revision as the owner, or give "
        "the sequence to the table's owner first: ALTER SEQUENCE ... OWNER TO ...",
        "the role that runs revisions must own the sequence, or be a member of its owner",
    ),
    ErrorKind.IDENTITY_REFUSED: Meaning(
        "an identity that PostgreSQL does not make",
        "Only columns of smallint, integer or bigint can be an identity, and only once they are "
        "NOT NULL. Number the rows that hold NULL, then SET NOT NULL; a key of another type needs "
        "a sequence default, or its type is to be changed first.",
        "the column is no integer, or may be NULL",
    ),
}


@cache
def rules_behind(kind: ErrorKind) -> tuple[str, ...]:
    """The codes of the rules whose findings lead to such an error, the likeliest first."""
    causes = [rule for rule in RULES if kind in rule.errors]
    return tuple(rule.code for rule in sorted(causes, key=lambda rule: rule.errors[kind]))
