"""The revisions that a database has not run, read as text against what it holds."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remediate.analysis.starting_point import known
from remediate.lint import facts, read, table_name
from remediate.lint.facts import Change
from remediate.lint.scope import HOLE
from remediate.lint.values import bare_name, name_parts
from remediate.snapshots.history import History, Revision
from remediate.snapshots.live import Live
from remediate.snapshots.references import family_of
from remediate.snapshots.tables import Name

if TYPE_CHECKING:
    from remediate.lint.steps import Read


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why PostgreSQL refuses a step, whoever runs it."""

    sqlstate: str
    why: str


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A revision that waits to be run: what it does, and what of it is refused."""

    revision: Revision
    first: str  # that waits on its branch
    beside: tuple[str, ...]  # that wait and have the parents of the first
    upgrade: tuple[Change, ...]
    downgrade: tuple[Change, ...]
    refusals: Mapping[int, Refusal]  # by the place of a change in the upgrade


def full_name(written: str, live: Live) -> Name:
    """The relation that a revision means; without a schema that of the search path."""
    schema, name = name_parts(written)
    default, public = Name(live.database.default_schema, name), Name("public", name)
    if schema or default == public:
        return Name(schema or "public", name)
    return public if _is_there(public, live) and not _is_there(default, live) else default


def own_name(written: str) -> Name:
    """The relation that a step of ours means: only "public" is ever left out."""
    schema, name = name_parts(written)
    return Name(schema or "public", name)


def _is_there(name: Name, live: Live) -> bool:
    return name in live.table_of or name in live.sequence_of


def upcoming(
    live: Live, history: History, relations: Collection[Name], engine: str = ""
) -> tuple[Upcoming, ...]:
    """The revisions that wait and name one of these relations, in the order in which they run.

    `engine` is what env.py calls the database, where it opens several. Of a database whose
    revisions were not read nothing is known.
    """
    if not history.ahead:
        return ()
    words = {relation.name.lower() for relation in relations}
    now = known(live, history.width)
    made: list[Upcoming] = []
    first: dict[str, str] = {}
    earlier: list[facts.Fact] = []
    for revision in history.ahead:
        above = [first[id_] for id_ in revision.down if id_ in first]
        first[revision.id] = above[0] if above else revision.id
        text = revision.text.lower()
        if not any(word in text for word in words):
            continue
        found = read(revision.text, now)
        start = history.by_id[first[revision.id]]
        one = _upcoming(revision, start, history, found, (earlier, live), engine)
        made.append(one)
        earlier = [*earlier, *(change.fact for change in one.upgrade)]
        now = found.after
    return tuple(made)


def _upcoming(
    revision: Revision,
    first: Revision,
    history: History,
    found: "Read",
    before: tuple[list[facts.Fact], Live],
    engine: str,
) -> Upcoming:
    earlier, live = before
    ways = [
        tuple(c for c in found.changes if c.function in {way, f"{way}_{engine}"})
        for way in ("upgrade", "downgrade")
    ]
    upgrade, downgrade = ways
    refused = {
        u.line: Refusal("42804", u.message)
        for u in found.unsafe
        if u.error
        and u.kind in ("type-without-using", "reference-mistyped")
        and u.function != "downgrade"
    }
    refusals = {}
    for place, change in enumerate(upgrade):
        above = [*earlier, *(c.fact for c in upgrade[:place])]
        if change.certain and (refusal := _refusal(change, refused, above, live)):
            refusals[place] = refusal
    beside = tuple(r.id for r in history.ahead if r.down == first.down and r is not first)
    return Upcoming(revision, first.id, beside, upgrade, downgrade, refusals)


def _refusal(
    change: Change, refused: Mapping[int, Refusal], before: list[facts.Fact], live: Live
) -> Refusal | None:
    """Why a step fails in this database, as far as it is certain."""
    match change.fact:
        case facts.TypeChanged() as changed:
            return refused.get(change.line) or _values(changed, before, live)
        case facts.ReferenceAdded() as reference:
            return refused.get(change.line) or _orphans(reference, before, live)
        case facts.SequenceCreated(name=name, if_absent=False) if HOLE not in name:
            return _taken(name, before, live)
        case facts.DefaultSet(default=facts.Default(literal=literal)) if literal:
            return _absent(change.fact, before, live)
    return None


_READ_FROM_16 = re.compile(r"[+-]?9x|.*_")  # 0x1F, 1_000: as their shapes are kept


def _values(changed: facts.TypeChanged, before: list[facts.Fact], live: Live) -> Refusal | None:
    """A cast that meets values that it cannot read."""
    table = full_name(changed.table, live)
    if not changed.cast or any(_may_move_rows(fact, (table,), live) for fact in before):
        return None
    for candidate in live.candidates:
        found = candidate.evidence
        if not found or (candidate.table, candidate.column) != (table, changed.column):
            continue
        same = family_of(changed.type) == family_of(candidate.target_type) != "text"
        if same and found.inconvertible and not any(map(_READ_FROM_16.match, found.samples)):
            why = (
                f"{found.inconvertible:,} values of {table}.{changed.column} cannot be read as "
                f"{changed.type}: its USING fails (22P02)"
            )
            return Refusal("22P02", why)
    return None


def _orphans(
    reference: facts.ReferenceAdded, before: list[facts.Fact], live: Live
) -> Refusal | None:
    table, target = full_name(reference.table, live), full_name(reference.target, live)
    if reference.unchecked or any(_may_move_rows(fact, (table, target), live) for fact in before):
        return None
    count = _without_parent(table, reference.columns, target, live)
    if not count:
        return None
    where = f"{table} ({', '.join(reference.columns)})"
    why = f"{count:,} rows of {where} have no row in {target}: PostgreSQL refuses the key (23503)"
    return Refusal("23503", why)


def _without_parent(table: Name, columns: tuple[str, ...], target: Name, live: Live) -> int:
    """How many rows are known to have no parent."""
    for candidate in live.candidates:
        found = candidate.evidence
        if found and (candidate.table, (candidate.column,)) == (table, columns):
            return found.orphans if candidate.target == target and candidate.fits else 0
    for fk in (*live.absent, *live.foreign_keys):
        if (fk.table, fk.columns, fk.target) == (table, columns, target):
            return live.orphans.get((fk.table, fk.name), 0)
    return 0


def _may_move_rows(fact: facts.Fact, tables: tuple[Name, ...], live: Live) -> bool:
    match fact:
        case facts.Opaque():
            return True
        case facts.RowsWritten() | facts.RowsChanged():
            return HOLE in fact.table or full_name(fact.table, live) in tables
    return False


_MAY_DROP = (
    facts.Opaque, facts.OtherDDL, facts.DropCascaded, facts.TableDropped, facts.SequenceDropped,
    facts.GeneratorDropped, facts.ColumnDropped,
)  # fmt: skip


def _taken(name: str, before: list[facts.Fact], live: Live) -> Refusal | None:
    sequence = full_name(name, live)
    there = sequence in live.sequence_of or sequence in live.taken_names
    if not there or any(isinstance(fact, _MAY_DROP) for fact in before):
        return None
    return Refusal("42P07", f"{sequence} already exists: CREATE SEQUENCE fails (42P07)")


_MAY_CREATE = (facts.Opaque, facts.OtherDDL, facts.TableCreated, facts.ColumnAdded)


def _absent(fact: facts.DefaultSet, before: list[facts.Fact], live: Live) -> Refusal | None:
    sequence = full_name(drawn_name(fact.default), live)
    created = {bare_name(f.name) for f in before if isinstance(f, facts.SequenceCreated)}
    there = sequence in live.sequence_of or sequence in live.taken_names
    if there or sequence.name in created or fact.default.late_bound:
        return None
    if any(isinstance(f, _MAY_CREATE) for f in before):
        return None
    place = f"{full_name(fact.table, live)}.{fact.column}"
    return Refusal("42P01", f"{place} should draw from {sequence}, which does not exist (42P01)")


def drawn_name(default: facts.Default) -> str:
    """The sequence that a default draws from, as relations are spelled."""
    return table_name(default.sequence, name_parts(default.literal)[0])
