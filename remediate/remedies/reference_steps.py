"""The statements about foreign keys and their indexes, each with its inverse and its lock."""

from collections.abc import Callable

from remediate.findings.remedy import Act, Condition, Hazard, Lock, Step
from remediate.postgres.sql import ident, index_name, literal, spelled
from remediate.remedies.alterations import of_index, of_part, of_reference
from remediate.snapshots.digest import Alteration
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name

NOT_VALID, VALID = "not valid", "valid"
MISSING, INVALID = "missing", "invalid"
PARTITIONED_INDEX = (
    "a partitioned table: CREATE INDEX ON ONLY it, CREATE INDEX CONCURRENTLY on each partition, "
    "then ALTER INDEX ... ATTACH PARTITION"
)


def add_reference(fk: ForeignKey, *hazards: Hazard) -> Step:
    """For new rows only: what is there already is looked at by `validate`, under a weaker lock."""
    alter = f"ALTER TABLE {fk.table.sql}"
    return Step(
        up=f"{alter}\n  ADD CONSTRAINT {ident(fk.name)} {written(fk)} NOT VALID",
        down=f"{alter} DROP CONSTRAINT {ident(fk.name)}",
        lock=Lock.SHARE_ROW_EXCLUSIVE,
        relation=fk.table,
        hazards=(Hazard.NEW_REFERENCE, *hazards),
        alters=of_reference(fk),
    )


def written(fk: ForeignKey, spell: Callable[..., str] = ident) -> str:
    """A constraint as CREATE TABLE would have it, without its name."""
    columns, targets = (", ".join(map(spell, names)) for names in (fk.columns, fk.target_columns))
    clauses = (
        f"MATCH {fk.terms.match}" if fk.terms.match else "",
        f"ON UPDATE {fk.terms.on_update}" if fk.terms.on_update else "",
        f"ON DELETE {fk.on_delete}" if fk.on_delete else "",
        fk.terms.deferrable,
    )
    references = f"FOREIGN KEY ({columns}) REFERENCES {spell(*fk.target)} ({targets})"
    return " ".join([references, *filter(None, clauses)])


def actions(fk: ForeignKey) -> str:
    """What it does to rows by itself when their parent changes or goes, each after a comma."""
    found = (("ON UPDATE", fk.terms.on_update), ("ON DELETE", fk.on_delete))
    return "".join(f", {when} {does}" for when, does in found if does)


def validate(fk: ForeignKey, definition: str) -> tuple[Step, ...]:
    """`definition`: as it was, NOT VALID; going back makes it anew, for nothing else does."""
    lock = Lock.SHARE_UPDATE_EXCLUSIVE
    up = f"ALTER TABLE {fk.table.sql} VALIDATE CONSTRAINT {ident(fk.name)}"
    down = _made_anew(fk, definition)
    step = Step(
        up, down, lock, fk.table, transactional=False, act=Act.VALIDATE,
        alters=of_part(fk.table, "constraint", fk.name, "not"),
    )  # fmt: skip
    comment = _comment(fk)
    return (*(Step("", c, lock, fk.table, transactional=False) for c in comment), step)


def replace_reference(
    fk: ForeignKey, definition: str, former: str, *hazards: Hazard
) -> tuple[Step, ...]:
    """The same constraint with other properties."""
    up, down = (_made_anew(fk, d) for d in (definition, former))
    comment, lock = _comment(fk), Lock.ACCESS_EXCLUSIVE
    return (
        *(Step("", c, lock, fk.table) for c in comment),
        Step(up, down, lock, fk.table, hazards=hazards, alters=_enforced(fk)),
        *(Step(c, "", lock, fk.table) for c in comment),
    )


def _enforced(fk: ForeignKey) -> tuple[Alteration, ...]:
    return of_part(fk.table, "constraint", fk.name, "not", "unenforced", "triggers")


def _comment(fk: ForeignKey) -> tuple[str, ...]:
    """What gives a constraint that is made anew its comment back."""
    if not fk.comment:
        return ()
    on = f"COMMENT ON CONSTRAINT {ident(fk.name)} ON {fk.table.sql}"
    return (f"{on} IS {literal(fk.comment)}",)


def _made_anew(fk: ForeignKey, definition: str) -> str:
    name = ident(fk.name)
    return (
        f"ALTER TABLE {fk.table.sql}\n  DROP CONSTRAINT {name},\n"
        f"  ADD CONSTRAINT {name} {definition}"
    )


def new_index_name(table: Name, columns: tuple[str, ...], live: Live) -> str:
    """The name that SQLAlchemy would give, with a number where a relation is called so."""
    joined, number = "_".join(columns), 0
    while Name(table.schema, name := index_name(table.name, f"{joined}{number or ''}")) in (
        live.taken_names
    ):
        number += 1
    return name


def index(table: Name, name: str, columns: tuple[str, ...], *hazards: Hazard) -> tuple[Step, Step]:
    """Built while everybody works; the invalid one that a build leaves when cut off goes first."""
    made = Name(table.schema, name)
    leftover = f"DROP INDEX CONCURRENTLY IF EXISTS {made.sql}"
    create = (
        f"CREATE INDEX CONCURRENTLY {ident(name)}\n"
        f"  ON {table.sql} ({', '.join(map(ident, columns))})"
    )
    lock, built = Lock.SHARE_UPDATE_EXCLUSIVE, of_index(table, name, columns)
    return (
        Step(leftover, "", lock, table, transactional=False, alters=built),
        Step(
            create, f"DROP INDEX {made.sql}", lock, table, transactional=False,
            hazards=(Hazard.CONCURRENT_INDEX, *hazards), act=Act.BUILD_INDEX, alters=built,
        ),
    )  # fmt: skip


def analyze(table: Name, columns: tuple[str, ...]) -> Step:
    """A new type has no statistics."""
    up = f"ANALYZE {table.sql} ({', '.join(map(ident, columns))})"
    return Step(up, "", Lock.SHARE_UPDATE_EXCLUSIVE, table, transactional=False)


def valid_reference(fk: ForeignKey) -> Condition:
    starts = (f"{NOT_VALID} {leads(fk)}", f"{VALID} {leads(fk)}")
    return Condition(fk.table, "constraint", fk.name, starts, starts[1])


def pending_reference(fk: ForeignKey) -> Condition:
    """Where orphans are kept, the constraint stays as it was added."""
    added = f"{NOT_VALID} {leads(fk)}"
    return Condition(fk.table, "constraint", fk.name, (added,), added)


def leads(fk: ForeignKey) -> str:
    """Where a constraint leads, as the check of a revision prints it."""
    return f"({', '.join(fk.columns)}) to {spelled(*fk.target)}"


def valid_index(table: Name, name: str, columns: tuple[str, ...]) -> Condition:
    on = f"({', '.join(columns)})"
    ends = f"{VALID} {on}"
    return Condition(table, "index", name, (MISSING, f"{INVALID} {on}", ends), ends)
