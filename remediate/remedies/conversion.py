"""Other types for columns, in one short transaction: the tables are rewritten under a lock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remediate.findings.finding import Options
from remediate.findings.remedy import Expectation, Hazard, Hold, Kind, Lock, State, Step
from remediate.findings.states import Default, Type
from remediate.postgres.sql import expression, ident, quote
from remediate.remedies import parents
from remediate.remedies.alterations import of_type, rebuilt
from remediate.remedies.states import default_of, hanging_states, unchanged
from remediate.snapshots.digest import Alteration
from remediate.snapshots.live import Live
from remediate.snapshots.members import CONTENT, Dependant, Member
from remediate.snapshots.references import family_of
from remediate.snapshots.tables import INTEGER_MAX, Name, is_whole

Place = tuple[Name, str]

SHOWN = 5  # functions, in a title
SECONDS_A_MILLION_ROWS = 2.4  # measured for int4 to int8 with three indexes
BYTES_A_SECOND = 80_000_000  # measured for wide rows, and for those whose values are in TOAST
BYTES_REWRITTEN = 256_000_000  # from here on a few rows stall as many do
_ALWAYS = (
    Hazard.ACCESS_EXCLUSIVE_REWRITE,
    Hazard.MVCC_REWRITE,
    Hazard.PREPARED_STATEMENTS,
    Hazard.MODEL_TYPE,
)


@dataclass(frozen=True, slots=True)
class Change:
    """A column, its type afterwards, and how its values get there and back.

    `using` and `back` are expressions; "" for a cast that PostgreSQL makes by itself. A default
    that cannot be cast by itself is given in both forms.
    """

    place: Place
    wanted: str
    using: str = ""
    back: str = ""
    default: str = ""
    former_default: str = ""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a remedy needs to carry out such changes."""

    steps: tuple[Step, ...]  # a guard, and one rewrite a table, whatever the number of its columns
    holds: tuple[Hold, ...]
    expectations: tuple[Expectation, ...]
    dependants: tuple[Dependant, ...]
    rows: int = 0  # that are rewritten
    size: int = 0  # bytes of their tables


def convert(changes: Sequence[Change], live: Live) -> Conversion:
    """The statements, and what has to be locked, checked, taken down and rebuilt around them."""
    tables: dict[Name, list[Change]] = {}
    for change in changes:
        tables.setdefault(change.place[0], []).append(change)
    places = [change.place for change in changes]
    hanging = tuple(dict.fromkeys(d for p in places for d in live.members[p].dependants))
    return Conversion(
        steps=(
            *parents.present(_retyped(changes, live), live),
            *(_alter(name, of_table, live) for name, of_table in tables.items()),
        ),
        holds=tuple(Hold(name) for place in places for name in _locked(place, live))
        + tuple(_hold(d) for d in hanging),
        expectations=tuple(_expected(change, live) for change in changes),
        dependants=hanging,
        rows=expected_rows(changes, live),
        size=expected_size(changes, live),
    )


def with_statistics(steps: Sequence[Step], changes: Sequence[Change]) -> tuple[Step, ...]:
    """The steps with ANALYZE after both ways, while the tables are held.

    A column with a new type has no statistics, and to rewrite rows does not call autovacuum:
    queries would be planned without them until enough rows change.
    """
    columns: dict[Name, list[str]] = {}
    for change in changes:
        columns.setdefault(change.place[0], []).append(change.place[1])
    made = [
        (name, f"ANALYZE {name.sql} ({', '.join(map(ident, some))})")
        for name, some in columns.items()
    ]
    # The inverses run in reverse order: what is first here is last there.
    return (
        *(Step("", analyze, Lock.NONE, name) for name, analyze in made),
        *steps,
        *(Step(analyze, "", Lock.NONE, name) for name, analyze in made),
    )


def obstacle(changes: Sequence[Change], live: Live, options: Options) -> str:
    """Why the changes cannot be made in one short transaction; "" where they can."""
    if reason := unbuildable(changes, live):
        return reason
    rows, size = expected_rows(changes, live), expected_size(changes, live)
    what = ""
    if rows > options.rows_rewritten:
        what = f"{rows:,} rows"
    elif size > BYTES_REWRITTEN:
        what = f"{size / 1_000_000:,.0f} MB"
    if what and not options.offline_window:
        return (
            f"PostgreSQL would rewrite about {what} and block the tables for some "
            f"{stall(rows, size):,.0f} s: in a maintenance window, use --offline-window"
        )
    return ""


def unbuildable(changes: Sequence[Change], live: Live) -> str:
    """What hangs on the columns and cannot be rebuilt; "" where all can."""
    members = {change.place: _obstacles(change, live.members[change.place]) for change in changes}
    found = [
        f"{name}.{quote(column)}: {', '.join(obstacles)}"
        for (name, column), obstacles in members.items()
        if obstacles
    ]
    return f"objects on the columns cannot be rebuilt: {'; '.join(found)}" if found else ""


def _obstacles(change: Change, member: Member) -> tuple[str, ...]:
    """What stands in the way of the change; no expression minds other values of the same type."""
    if change.wanted == member.type:
        return member.obstacles
    narrow = (f"{call}, which accepts no {change.wanted}" for call in member.narrow_calls)
    of_text = member.text_uses if _leaves_text(change, member) else ()
    return (*member.obstacles, *of_text, *narrow)


def refreshed(made: Conversion) -> str:
    """The materialized views that are computed anew, for the title; "" where none is."""
    found = [f"{d.relation} ({d.pages * 8} kB)" for d in made.dependants if d.kind == CONTENT]
    return f"; recomputes {', '.join(found)}" if found else ""


def mentioned(changes: Sequence[Change], live: Live) -> str:
    """The functions that may not take the new types, for the title; "" where there are none."""
    members = [(c, live.members[c.place]) for c in changes]
    found = [*dict.fromkeys(name for c, m in members for name in _concerned(c, m))]
    more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
    return f"; read {', '.join(found[:SHOWN])}{more} first" if found else ""


def expected_rows(changes: Sequence[Change], live: Live) -> int:
    """By the statistics; a table counts once."""
    rows = {change.place[0]: max(live.members[change.place].rows, 0) for change in changes}
    return sum(rows.values())


def expected_size(changes: Sequence[Change], live: Live) -> int:
    """Bytes; a table counts once."""
    return sum({change.place[0]: live.members[change.place].size for change in changes}.values())


def stall(rows: int, size: int = 0) -> float:
    """Seconds for which the tables are locked against everybody."""
    return max(rows * SECONDS_A_MILLION_ROWS / 1_000_000, size / BYTES_A_SECOND)


def _retyped(changes: Sequence[Change], live: Live) -> set[Place]:
    """The columns that get another type, with those of what inherits them."""
    return {
        (name, change.place[1])
        for change in changes
        if change.wanted != live.members[change.place].type
        for name in (change.place[0], *_below(change.place[0], live))
    }


def _alter(table: Name, changes: list[Change], live: Live) -> Step:
    up = [part for change in changes for part in _forth(change, live.members[change.place])]
    down = [part for change in changes for part in _back(change, live.members[change.place])]
    alter = f"ALTER TABLE {table.sql}\n  "
    return Step(
        alter + ",\n  ".join(up),
        alter + ",\n  ".join(down),
        Lock.ACCESS_EXCLUSIVE,
        table,
        hazards=_hazards(changes, live),
        alters=tuple(dict.fromkeys(a for change in changes for a in _alters(change, live))),
    )


def _alters(change: Change, live: Live) -> Iterator[Alteration]:
    """The column, also where it is inherited, and what hangs on it."""
    name, column = change.place
    default = change.default if change.former_default else live.members[change.place].default
    for relation in (name, *sorted(_below(name, live))):
        yield from of_type(relation, column, change.wanted, default)
    for dependant in live.members[change.place].dependants:
        yield from rebuilt(dependant)


def _forth(change: Change, member: Member) -> list[str]:
    # Another type has no collation of its own; without it, the same type would lose that.
    collated = _collated(member) if change.wanted == member.type else ""
    using = f" USING {change.using}" if change.using else ""
    return _with_defaults(change, f"TYPE {change.wanted}{collated}{using}", change.default)


def _back(change: Change, member: Member) -> list[str]:
    using = f" USING {change.back}" if change.back else ""
    typed = f"TYPE {member.type}{_collated(member)}{using}"
    return _with_defaults(change, typed, change.former_default)


def _collated(member: Member) -> str:
    return f" COLLATE {expression(member.collation)}" if member.collation else ""


def _with_defaults(change: Change, typed: str, default: str) -> list[str]:
    alter = f"ALTER COLUMN {ident(change.place[1])} "
    if not change.former_default:
        return [alter + typed]
    # In one ALTER TABLE the order is fixed: drop, then type, then set.
    return [f"{alter}DROP DEFAULT", alter + typed, f"{alter}SET DEFAULT {default}"]


def _hazards(changes: list[Change], live: Live) -> tuple[Hazard, ...]:
    members = [live.members[change.place] for change in changes]
    found = list(_ALWAYS)
    if any(m.type in INTEGER_MAX or is_whole(m.type) for m in members):
        found.append(Hazard.NARROW_DOWNGRADE)
    if any(m.dependants for m in members):
        found.append(Hazard.REBUILT_OBJECTS)
    if any(d.kind == CONTENT for m in members for d in m.dependants):
        found.append(Hazard.REFRESHED_CONTENT)
    if any(_compares_text(change, live.members[change.place]) for change in changes):
        found.append(Hazard.TEXT_EXPRESSIONS)
    if any(_concerned(change, live.members[change.place]) for change in changes):
        found.append(Hazard.DATABASE_CODE)
    if any(m.published for m in members):
        found.append(Hazard.PUBLISHED_TABLE)
    return tuple(found)


def _compares_text(change: Change, member: Member) -> bool:
    kinds = {d.kind for d in member.dependants}
    return _leaves_text(change, member) and bool(kinds & {"index", "CHECK", "exclusion constraint"})


def _concerned(change: Change, member: Member) -> tuple[str, ...]:
    """The functions that may fail once the column has the other type."""
    return (*(member.functions if _leaves_text(change, member) else ()), *member.returning)


def _leaves_text(change: Change, member: Member) -> bool:
    return family_of(member.type) == "text" != family_of(change.wanted)


def _locked(place: Place, live: Live) -> set[Name]:
    """The table, what the ALTER recurses to, and both ends of the foreign keys on the column."""
    name, column = place
    targets = {fk.target for fk in live.references.get(name, ()) if column in fk.columns}
    referrers = {fk.table for fk in live.referrers.get(name, ()) if column in fk.target_columns}
    related = {name, *targets, *referrers}
    return related | {below for one in related for below in _below(one, live)}


def _below(name: Name, live: Live) -> set[Name]:
    table = live.table_of.get(name)
    children = set(table.children) if table else set()
    return children | {deeper for child in children for deeper in _below(child, live)}


def _hold(dependant: Dependant) -> Hold:
    """The view itself; of a policy or a rule, its table, which may be another one."""
    if not dependant.level:
        return Hold(dependant.relation)
    kind = Kind.VIEW if dependant.kind == "view" else Kind.MATERIALIZED_VIEW
    return Hold(dependant.relation, kind=kind, level=dependant.level)


def _expected(change: Change, live: Live) -> Expectation:
    name, column = change.place
    member = live.members[change.place]
    states = [State(Type(member.type), Type(change.wanted))]
    table = live.table_of.get(name)
    if table and table.has(column):
        states += unchanged(default_of(table.column(column)))
    if change.former_default:
        after = Default("" if change.default == "NULL" else change.default)
        states.append(State(Default(change.former_default), after))
    states += hanging_states(member)
    return Expectation(name, column, tuple(states))
