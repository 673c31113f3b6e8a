"""What would be done about a finding: steps with their inverses, or the reason why none fit."""

from dataclasses import dataclass, field
from enum import StrEnum

from remediate.findings.states import Value
from remediate.snapshots.digest import Alteration
from remediate.snapshots.members import Dependant
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name, Sequence, Table


class Lock(StrEnum):
    """PostgreSQL's table-level lock modes that steps take, weakest first."""

    NONE = ""
    ACCESS_SHARE = "ACCESS SHARE"
    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"

    @property
    def strength(self) -> int:
        return list(Lock).index(self)


class Hazard(StrEnum):
    """What a person must know before a step runs."""

    EXPLICIT_IDS = "EXPLICIT_IDS"
    MODEL_IDENTITY = "MODEL_IDENTITY"
    ACCESS_EXCLUSIVE_REWRITE = "ACCESS_EXCLUSIVE_REWRITE"
    PREPARED_STATEMENTS = "PREPARED_STATEMENTS"
    NARROW_DOWNGRADE = "NARROW_DOWNGRADE"
    MODEL_TYPE = "MODEL_TYPE"
    MODEL_REFERENCE = "MODEL_REFERENCE"
    MODEL_INDEX = "MODEL_INDEX"
    MVCC_REWRITE = "MVCC_REWRITE"
    BACKUP_TABLE = "BACKUP_TABLE"
    DATA_DECISION = "DATA_DECISION"
    ORPHANS_KEPT = "ORPHANS_KEPT"
    USER_TRIGGERS = "USER_TRIGGERS"
    PUBLISHED_TABLE = "PUBLISHED_TABLE"
    REBUILT_OBJECTS = "REBUILT_OBJECTS"
    TEXT_EXPRESSIONS = "TEXT_EXPRESSIONS"
    CONCURRENT_INDEX = "CONCURRENT_INDEX"
    COLUMN_ORDER = "COLUMN_ORDER"
    REFERENCE_DEFAULT = "REFERENCE_DEFAULT"
    REFRESHED_CONTENT = "REFRESHED_CONTENT"
    DATABASE_CODE = "DATABASE_CODE"
    NEW_REFERENCE = "NEW_REFERENCE"
    NEW_KEY = "NEW_KEY"
    NEW_TABLE = "NEW_TABLE"
    UNTRACKED_TABLE = "UNTRACKED_TABLE"
    MODEL_CONTRADICTED = "MODEL_CONTRADICTED"


# Those that a person must accept by name (--allow): they change or lose what somebody may rely on.
ACCEPTED_BY_NAME = frozenset(
    {
        Hazard.DATA_DECISION,
        Hazard.ORPHANS_KEPT,
        Hazard.USER_TRIGGERS,
        Hazard.PUBLISHED_TABLE,
        Hazard.REFERENCE_DEFAULT,
        Hazard.REFRESHED_CONTENT,
        Hazard.DATABASE_CODE,
    }
)

# Those that ask for a change of the models in the same deploy.
OF_MODELS = frozenset(
    {
        Hazard.MODEL_TYPE,
        Hazard.MODEL_REFERENCE,
        Hazard.MODEL_INDEX,
        Hazard.MODEL_IDENTITY,
        Hazard.MODEL_CONTRADICTED,
    }
)

HAZARD_TEXT = {
    Hazard.EXPLICIT_IDS: "before you upgrade, stop code that inserts its own ids, or reserve a "
    "gap with --headroom N: otherwise they collide with generated ids",
    Hazard.MODEL_IDENTITY: "deploy the model change to Identity() together with this revision, or "
    "`alembic check` will always report the identity",
    Hazard.ACCESS_EXCLUSIVE_REWRITE: "PostgreSQL rewrites the tables and blocks all reads and "
    "writes meanwhile: about 2.4 s for 1,000,000 rows",
    Hazard.PREPARED_STATEMENTS: "recycle pooled connections afterwards: statements that they "
    "prepared before fail (0A000, cached plan must not change result type)",
    Hazard.MODEL_TYPE: "deploy the model change together with this revision, or `alembic check` "
    "will report a type difference, and PostgreSQL will refuse what asyncpg and psycopg send by "
    "the old "
    "type: text for an integer or a uuid (42804)",
    Hazard.MODEL_REFERENCE: "deploy the model change to ForeignKey(...) together with this "
    "revision, or `alembic check` will want to drop the foreign key",
    Hazard.MODEL_INDEX: "deploy the model change to index=True (or Index(), for another name or "
    "several columns) together with this revision, or `alembic check` will want to drop the index",
    Hazard.MVCC_REWRITE: "a REPEATABLE READ transaction that began earlier (pg_dump) sees an empty "
    "table afterwards: the upgrade waits for those that it can see",
    Hazard.BACKUP_TABLE: "the upgrade keeps former values in a table of their own, which the "
    "downgrade reads. No model declares that table, so `alembic check` and --autogenerate want to "
    "drop it "
    "(remove_table): exclude it with include_name in env.py, and drop it once you no longer need "
    "the downgrade",
    Hazard.DATA_DECISION: "the upgrade changes values as you decided; the downgrade restores them",
    Hazard.ORPHANS_KEPT: "rows without a parent stay, and the constraint stays NOT VALID: it holds "
    "for new rows only",
    Hazard.USER_TRIGGERS: "the table's own triggers fire for the rows that are changed",
    Hazard.PUBLISHED_TABLE: "the table is published: change the type at each subscriber too, or "
    "its apply worker stops at values that do not fit",
    Hazard.REBUILT_OBJECTS: "the upgrade drops views, triggers, policies and other objects on the "
    "column and recreates them as they were, in the same transaction. The downgrade, and the "
    "upgrade of many schemas, try this first and roll it back, so they build each index twice "
    "under the lock: about 0.6 s each for 1,000,000 rows",
    Hazard.TEXT_EXPRESSIONS: "indexes and CHECKs that compare the column as text still do so: "
    "they do not help queries that compare numbers",
    Hazard.CONCURRENT_INDEX: "PostgreSQL builds the index while reads and writes go on: it waits "
    "for every open transaction, and reads the table twice",
    Hazard.COLUMN_ORDER: "the column moves to the end of the table: INSERT without a column list "
    "puts values elsewhere",
    Hazard.REFERENCE_DEFAULT: "the column's default is an expression, and remediate cannot check "
    "whether each of its values has a row in the referenced table: an INSERT of one without a row "
    "fails",
    Hazard.REFRESHED_CONTENT: "PostgreSQL recomputes materialized views on the column while the "
    "tables are locked, for as long as their queries take; the rows of their last REFRESH are "
    "lost, and "
    "the downgrade recomputes them too",
    Hazard.DATABASE_CODE: "functions or triggers of the database use the column: if they rely on "
    "its former type, statements that call them fail, such as an INSERT (42883, 42804); check them "
    "first, and write (column || '') where they need text",
    Hazard.NEW_REFERENCE: "from then on PostgreSQL refuses to delete a row that others reference "
    "(23503, unless ON DELETE allows it), to TRUNCATE its table alone, and to insert a row before "
    "its parent: check that no code does so",
    Hazard.NEW_KEY: "from then on PostgreSQL refuses NULL in the columns of the key (23502), and "
    "duplicates (23505): check that no code loads rows twice, or sets the key later",
    Hazard.NEW_TABLE: "the role that runs the revision owns the new table, and only that role has "
    "rights on it: GRANT what the application's role needs, unless default privileges do so. The "
    "downgrade drops the table, and refuses while it has rows",
    Hazard.UNTRACKED_TABLE: "Alembic does not see the MetaData of this model: `alembic check` and "
    "--autogenerate want to drop the new table (remove_table) until env.py passes it that MetaData "
    "too (MD006)",
    Hazard.MODEL_CONTRADICTED: "a column gets the type of the key that it references, but its "
    "model has another: correct the model before code uses it (MD002, MD003)",
    Hazard.NARROW_DOWNGRADE: "once an id is too large for the old type, the downgrade refuses",
}


class Act(StrEnum):
    """What a step does, as far as anybody asks."""

    ADVANCE = "advance"  # moves a sequence beyond the ids
    VALIDATE = "validate"  # looks at the rows of a foreign key that was NOT VALID
    BUILD_INDEX = "build index"
    GIVE = "give"  # gives what is new to the owner of its table
    GRANT = "grant"  # lets roles use a sequence: a script does so for all at once
    SHARE = "share"  # makes what several new tables use: only the first of them makes it
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Step:
    """One statement, its inverse, and the lock it takes.

    An empty `down` means that the inverse of an earlier step undoes this one too, or that there
    is nothing to undo. What is not `transactional` runs in autocommit, in a revision of its own,
    and may run again after it was cut off; its inverse is transactional.
    """

    up: str
    down: str
    lock: Lock
    relation: Name
    transactional: bool = True
    hazards: tuple[Hazard, ...] = ()
    act: Act = Act.OTHER
    alters: tuple[Alteration, ...] = ()  # what `up` changes of what exists, but for rows


@dataclass(frozen=True, slots=True)
class State:
    """A state before the upgrade, and before the downgrade; None where that is not looked at."""

    before: Value
    after: Value | None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be so of a column, or (column "") of a sequence, for a script to start."""

    relation: Name
    column: str
    states: tuple[State, ...]


class Kind(StrEnum):
    """What is locked: LOCK TABLE takes tables only, and of views more than they are."""

    TABLE = "TABLE"
    SEQUENCE = "SEQUENCE"
    VIEW = "VIEW"
    MATERIALIZED_VIEW = "MATERIALIZED VIEW"


@dataclass(frozen=True, slots=True)
class Hold:
    """A lock that a script takes before anything else."""

    relation: Name
    lock: Lock = Lock.ACCESS_EXCLUSIVE
    kind: Kind = Kind.TABLE
    back: Lock = Lock.NONE  # the downgrade's, where that takes a stronger one
    level: int = 0  # of a view: 1 reads a table, 2 reads such a view


@dataclass(frozen=True, slots=True)
class Condition:
    """What a revision in autocommit finds and leaves of a constraint or an index."""

    relation: Name  # the table
    kind: str  # "constraint" or "index"
    name: str
    starts: tuple[str, ...]  # states from which it can start, or go on after it was cut off
    ends: str


@dataclass(frozen=True, slots=True)
class Grant:
    """USAGE of a sequence for all that may INSERT into these tables, whatever they are called."""

    sequence: Name
    tables: tuple[Name, ...]
    roles: tuple[str, ...]  # that lack it in the plan: they get it as far as they are there
    new: bool = False  # the sequence is created with it, and dropped
    anywhere: bool = False  # in any schema, where only who may INSERT there tells the roles


@dataclass(frozen=True, slots=True)
class NewTable:
    """A table that a remedy creates, as it is then."""

    table: Table
    types: tuple[tuple[str, str], ...]  # of each column
    sequences: tuple[Sequence, ...] = ()  # that its defaults name


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a person approves: the ordered steps for a finding, and how they are undone."""

    title: str
    undo: str
    steps: tuple[Step, ...]
    finish: tuple[Step, ...] = field(default=(), kw_only=True)  # afterwards, in autocommit
    rows: int = field(default=0, kw_only=True)  # rewritten under a lock, by the statistics

    @property
    def all_steps(self) -> tuple[Step, ...]:
        return self.steps + self.finish

    @property
    def hazards(self) -> frozenset[Hazard]:
        return frozenset(h for step in self.all_steps for h in step.hazards)


@dataclass(frozen=True, slots=True)
class Remedy(Proposal):
    """A proposal with what a script of it needs: all to lock and to check before the first step.

    A plan file holds the proposal only: `generate` reads the database again.
    """

    holds: tuple[Hold, ...]
    expectations: tuple[Expectation, ...]
    dependants: tuple[Dependant, ...] = ()  # taken down before the steps, rebuilt after them
    conditions: tuple[Condition, ...] = ()  # of `finish`
    size: int = 0  # bytes of the tables whose rows are rewritten
    makes: tuple[Sequence | ForeignKey, ...] = ()  # as they stand after it: new, moved, bound
    creates: NewTable | None = None
    grants: tuple[Grant, ...] = ()
    needs: tuple[Name, ...] = ()  # tables that other repairs create, in the same order

    @property
    def new_indexes(self) -> tuple[Name, ...]:
        """The indexes that it builds."""
        named = (c for c in self.conditions if c.kind == "index")
        return tuple(Name(c.relation.schema, c.name) for c in named)

    @property
    def proposal(self) -> Proposal:
        """The part that a person approves."""
        return Proposal(self.title, self.undo, self.steps, finish=self.finish, rows=self.rows)


@dataclass(frozen=True, slots=True)
class Manual:
    """No steps: a person has to decide, for this reason."""

    reason: str
