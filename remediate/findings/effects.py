"""What a kind of defect does, and what its repair leaves: the words in which a rule says so."""

from dataclasses import dataclass, replace
from enum import StrEnum


class Family(StrEnum):
    """What a rule is about, and the folder of its file."""

    KEYS = "keys"
    SEQUENCES = "sequences"
    REFERENCES = "references"
    INDEXES = "indexes"
    MODELS = "models"
    REVISIONS = "revisions"
    SECRETS = "secrets"


class Aim(StrEnum):
    """What holds in a schema that is repaired, as a sentence; a finding speaks against one."""

    KEYS_GENERATE = "every key that is to be generated is"
    KEYS_LAST = "no key is about to fail"
    REFERENCES_TYPED = "every reference has the type of its key"
    REFERENCES_DECLARED = "every reference is declared and valid"
    MODELS_AGREE = "models and database agree on the types of keys and references"
    TABLES_EXIST = "every model has its table, or a decision"
    METADATA_TRACKED = "Alembic sees every MetaData, and each table in one"
    AT_HEAD = "the database is at Alembic's head, and its tables exist"
    COMPARISON_CLEAN = "autogenerate finds nothing about tables, columns and constraints"
    WAITING_SAFE = "no revision that waits is seen to break a key or a reference"
    ALL_KNOWN = "nothing is found that the baseline does not accept"
    OTHER = "nothing else is found"


OF_FAMILY = {
    Family.KEYS: Aim.KEYS_GENERATE,
    Family.SEQUENCES: Aim.KEYS_LAST,
    Family.REFERENCES: Aim.REFERENCES_DECLARED,
    Family.MODELS: Aim.MODELS_AGREE,
    Family.REVISIONS: Aim.AT_HEAD,
    Family.SECRETS: Aim.OTHER,
    Family.INDEXES: Aim.OTHER,
}


class Inserts(StrEnum):
    """Which INSERTs a defect stops; the value is the sentence for 'now'."""

    NONE = ""
    PLAIN = "a plain INSERT fails"
    OF_MODELS = "an INSERT by the models fails"


class RepairBy(StrEnum):
    """Who repairs what a rule finds; the value is that of JSON."""

    REVISION = "revision"  # that is generated, unless a finding itself forbids it
    CHOICE = "choice"  # the same, where a person approves it by its name
    HAND = "hand"


class Leaves(StrEnum):
    """What a repair leaves at its place, which can be tried there."""

    NOTHING = "nothing to try"
    KEY = "a key that generates"
    TYPE = "a key of another type, whatever supplies its ids"
    DEFAULT = "a key that generates, by a default that the repair set"
    PRIMARY_KEY = "a primary key"
    TABLE = "a table"
    REFERENCE = "a foreign key"
    CHECKED_REFERENCE = "a foreign key that was checked for every row"

    @property
    def is_key(self) -> bool:
        return self in (Leaves.KEY, Leaves.TYPE, Leaves.DEFAULT)

    @property
    def is_reference(self) -> bool:
        return self in (Leaves.REFERENCE, Leaves.CHECKED_REFERENCE)


class When(StrEnum):
    """How soon something fails."""

    NOW = "now"
    SOON = "soon"
    SOME_DAY = "some day"


@dataclass(frozen=True, slots=True)
class Outlook:
    """How soon a finding stops INSERTs, and how: in sentences."""

    when: When
    broken: str | None = None  # now; None: the rule's `stops`
    to_come: str = ""
    taken: bool = False  # INSERTs go through, and store what they should not


class ErrorKind(StrEnum):
    """A kind of server error; several may share one SQLSTATE."""

    NOT_NULL = "not-null"
    DUPLICATE = "duplicate-key"
    SEQUENCE_DENIED = "sequence-denied"
    TABLE_DENIED = "table-denied"
    OUT_OF_RANGE = "out-of-range"
    SEQUENCE_ENDED = "sequence-ended"
    RELATION_MISSING = "relation-missing"  # a sequence
    TABLE_MISSING = "table-missing"
    NO_PARENT = "no-parent"
    WRONG_TYPE = "wrong-type"
    NOT_READABLE = "not-readable"
    NOT_COMPARABLE = "not-comparable"
    NOT_CAST = "not-cast"
    NOT_REFERENCEABLE = "not-referenceable"
    NULLS_THERE = "nulls-there"
    DUPLICATES_THERE = "duplicates-there"
    NOTHING_UNIQUE = "nothing-unique"
    NO_ARBITER = "no-arbiter"
    GENERATED_ALWAYS = "generated-always"
    DEPENDED_ON = "depended-on"
    OTHER_OWNER = "other-owner"
    PARAMETER_REFUSED = "parameter-refused"
    NULL_IDENTITY = "null-identity"
    NOT_DRAWN = "not-drawn"
    NOT_OWNER = "not-owner"
    IDENTITY_REFUSED = "identity-refused"

    @property
    def sqlstate(self) -> str:
        """The code of the error, "" for what an ORM says itself."""
        return _SQLSTATES[self]

    @property
    def sqlstates(self) -> tuple[str, ...]:
        """With those under which the server says the same in other words."""
        return (self.sqlstate, *_OTHER_SQLSTATES.get(self, ()))


_SQLSTATES = {
    ErrorKind.NOT_NULL: "23502",
    ErrorKind.DUPLICATE: "23505",
    ErrorKind.SEQUENCE_DENIED: "42501",
    ErrorKind.TABLE_DENIED: "42501",
    ErrorKind.OUT_OF_RANGE: "22003",
    ErrorKind.SEQUENCE_ENDED: "2200H",
    ErrorKind.RELATION_MISSING: "42P01",
    ErrorKind.TABLE_MISSING: "42P01",
    ErrorKind.NO_PARENT: "23503",
    ErrorKind.WRONG_TYPE: "42804",
    ErrorKind.NOT_READABLE: "22P02",
    ErrorKind.NOT_COMPARABLE: "42883",
    ErrorKind.NOT_CAST: "42804",
    ErrorKind.NOT_REFERENCEABLE: "42804",
    ErrorKind.NULLS_THERE: "23502",
    ErrorKind.DUPLICATES_THERE: "23505",
    ErrorKind.NOTHING_UNIQUE: "42830",
    ErrorKind.NO_ARBITER: "42P10",
    ErrorKind.GENERATED_ALWAYS: "428C9",
    ErrorKind.DEPENDED_ON: "2BP01",
    ErrorKind.OTHER_OWNER: "55000",
    ErrorKind.PARAMETER_REFUSED: "22000",
    ErrorKind.NULL_IDENTITY: "",
    ErrorKind.NOT_DRAWN: "55000",
    ErrorKind.NOT_OWNER: "42501",
    ErrorKind.IDENTITY_REFUSED: "22023",
}
_OTHER_SQLSTATES = {
    ErrorKind.NOT_COMPARABLE: ("42804",),
    ErrorKind.NOTHING_UNIQUE: ("42704",),
    ErrorKind.IDENTITY_REFUSED: ("55000",),
}


@dataclass(frozen=True, slots=True)
class Symptom:
    """An error as it stands in a log; `{table}` and `{column}` are where the defect is."""

    kind: ErrorKind
    message: str

    @property
    def sqlstate(self) -> str:
        return self.kind.sqlstate

    def at(self, table: str, column: str) -> "Symptom":
        """The same at this place."""
        message = self.message.replace("{table}", table).replace("{column}", column)
        return replace(self, message=message)


NULL_KEY = Symptom(
    ErrorKind.NOT_NULL,
    'null value in column "{column}" of relation "{table}" violates not-null constraint',
)
NULL_IDENTITY = Symptom(ErrorKind.NULL_IDENTITY, "Instance <...> has a NULL identity key")
DUPLICATE_KEY = Symptom(ErrorKind.DUPLICATE, 'duplicate key value violates unique constraint "..."')
SEQUENCE_END = Symptom(ErrorKind.SEQUENCE_ENDED, 'nextval: reached maximum value of sequence "..."')
UNLIKE_MODEL = Symptom(
    ErrorKind.WRONG_TYPE, 'column "{column}" is of type ... but expression is of type ...'
)
UNLIKE_TYPES = Symptom(
    ErrorKind.NOT_COMPARABLE, "operator does not exist: integer = character varying"
)
