"""What becomes of a row when the one that it refers to is deleted: a case for each foreign key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from remediate.postgres.sql import ident
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey, Omitted, Parent
from remediate.snapshots.structure import Actions
from remediate.snapshots.tables import Name
from remediate.verification.cases import Row, Untestable


class Outcome(Enum):
    """What a DELETE of the referenced row comes to."""

    REFUSED = auto()
    REMOVED = auto()  # the row goes, too
    KEPT = auto()  # it stays, and refers to nothing, or to its default


@dataclass(frozen=True, slots=True)
class DeleteCase:
    """A foreign key, a row that refers to a new one, and what the DELETE of that comes to."""

    fk: ForeignKey
    outcome: Outcome
    insert: str  # of the row; :key_0 and so on are the key that it refers to
    identity: tuple[str, ...] = ()  # columns that find it again: of its primary key
    left: str = ""  # the condition that it then fulfils, where it is kept
    before: tuple[str, ...] = ()  # INSERTs of other rows; the last is of the one that is deleted

    @property
    def condition(self) -> str:
        """Where it is found again; :id_0 and so on are its primary key."""
        found = [f"{ident(column)} = :id_{n}" for n, column in enumerate(self.identity)]
        return " AND ".join([*found, *([self.left] if self.left else [])])


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule of a foreign key, and what its columns then take."""

    fk: ForeignKey
    actions: Actions
    omitted: tuple[Omitted, ...] = ()  # defaults other than NULL; known of SET DEFAULT only


@dataclass(frozen=True, slots=True)
class Rows:
    """What is made up for a foreign key: a row of its table, and of the one that it refers to."""

    child: Row
    parent: Row  # the one that is deleted
    default: Row  # the one to which a default refers


def case(rule: Rule, rows: Rows, live: Live) -> DeleteCase | Untestable:
    """What to try for a foreign key."""
    fk, table = rule.fk, live.table_of.get(rule.fk.table)
    if obstacle := _obstacle(fk, rows, live):
        return obstacle
    given = {column: f":key_{n}" for n, column in enumerate(fk.columns)}
    insert = rows.child.with_values(_elsewhere(fk, _beside(fk, rows.child, live)) | given)
    before = (rows.parent.statement,)
    if fk.on_delete in ("", "RESTRICT"):
        return DeleteCase(fk, Outcome.REFUSED, insert, before=before)
    if table is None or not table.key:
        return Untestable.NO_KEY
    if fk.on_delete == "CASCADE":
        return DeleteCase(fk, Outcome.REMOVED, insert, table.key, before=before)
    return _kept(rule, DeleteCase(fk, Outcome.KEPT, insert, table.key, before=before), rows, live)


def _obstacle(fk: ForeignKey, rows: Rows, live: Live) -> Untestable | None:
    """Why no row can be made up whose DELETE shows the rule, whatever that is."""
    given = {column: v for column, v in rows.child.values.items() if column not in fk.columns}
    if may_exist(fk.table, given, live) or may_exist(fk.target, rows.parent.values, live):
        return Untestable.KEY_MADE_UP
    return None


def _beside(fk: ForeignKey, row: Row, live: Live) -> tuple[ForeignKey, ...]:
    """Other references of a made-up row to the same table: their rules would show, too."""
    others = (one for one in live.references.get(fk.table, ()) if one.ends != fk.ends)
    return tuple(
        one
        for one in others
        if one.enforced and one.target == fk.target and {*one.columns} <= row.values.keys()
    )


def _elsewhere(fk: ForeignKey, beside: Sequence[ForeignKey]) -> dict[str, str]:
    """Values for these references: of another row than that which is deleted."""
    deleted = " AND ".join(f"{ident(c)} = :key_{n}" for n, c in enumerate(fk.target_columns))
    values = {}
    for one in beside:
        newest = ", ".join(f"{ident(column)} DESC" for column in one.target_columns)
        for ours, theirs in zip(one.columns, one.target_columns, strict=True):
            values[ours] = (
                f"(SELECT {ident(theirs)} FROM {fk.target.sql} WHERE NOT ({deleted}) "
                f"ORDER BY {newest} LIMIT 1)"
            )
    return values


def is_partitioned(name: Name, live: Live) -> bool:
    """Whether a made-up row would need a partition that takes it."""
    table = live.table_of.get(name)
    return table is not None and table.partitioned


def may_exist(name: Name, values: Mapping[str, str], live: Live) -> bool:
    """Whether a row of these values may be there: its key is a made-up number."""
    table = live.table_of.get(name)
    keys = [table.column(column) for column in table.key if column in values] if table else []
    return any(key.is_integer and not values[key.name].startswith("(") for key in keys)


def _kept(rule: Rule, known: DeleteCase, rows: Rows, live: Live) -> DeleteCase | Untestable:
    """SET NULL, or SET DEFAULT with what the columns take then."""
    fk, taken = rule.fk, _taken(rule)
    if taken is None:
        return Untestable.UNKNOWN_DEFAULT
    nulls = [c for c in rule.actions.changed if c not in taken]
    if any((fk.table, column) not in live.nullable for column in nulls):
        return Untestable.NOT_NULL
    if {*known.identity} & {*rule.actions.changed}:
        return Untestable.NO_KEY  # it is another row afterwards
    left = [f"{ident(column)} IS NULL" for column in nulls]
    left += [f"{ident(column)} = {value}" for column, value in taken.items()]
    lay = _overriding(rows.default.with_values(_as_target(fk, taken))) if taken else ""
    before = (*([lay] if lay else []), *known.before)
    return replace(known, left=" AND ".join(left), before=before)


def _taken(rule: Rule) -> Mapping[str, str] | None:
    """The default of each column that has one; None where nobody can tell its row."""
    if rule.fk.on_delete != "SET DEFAULT":
        return {}
    own = [one for one in rule.omitted if one.relation == rule.fk.table]
    values = {column: value for one in own for column, value in one.values}
    known = all(one.parent is not Parent.UNKNOWN for one in own)
    whole = not values or values.keys() == {*rule.fk.columns} == {*rule.actions.changed}
    return values if known and whole else None


def _as_target(fk: ForeignKey, values: Mapping[str, str]) -> Mapping[str, str]:
    pairs = zip(fk.columns, fk.target_columns, strict=True)
    return {theirs: values[ours] for ours, theirs in pairs}


def _overriding(insert: str) -> str:
    """Also where the key is GENERATED ALWAYS AS IDENTITY."""
    return insert.replace("\nVALUES (", "\nOVERRIDING SYSTEM VALUE\nVALUES (", 1)


def tables_of(references: Sequence[ForeignKey]) -> tuple[Name, ...]:
    """Those of which rows have to be made up."""
    return tuple(dict.fromkeys(name for fk in references for name in (fk.table, fk.target)))
