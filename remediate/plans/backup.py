"""The backup before a repair: of which tables, how much it holds, and where one is demanded."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from remediate.catalog.sizes import Size
from remediate.errors import Refused
from remediate.findings.remedy import Hazard, Kind, Remedy
from remediate.findings.states import Type
from remediate.plans.plan import ApprovedItem
from remediate.postgres import filters
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name

FILE = "before.dump"
OF_DATA = "data"  # the setting `backup`: demanded by what changes types or values
OF_ALL = "all"  # demanded by every repair
_CHANGING = frozenset({Hazard.ACCESS_EXCLUSIVE_REWRITE, Hazard.DATA_DECISION, Hazard.BACKUP_TABLE})
_NAMED = 3  # ids in a sentence
_TABLES = 40  # in a command that a person is to read


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup before some repairs has to hold."""

    tables: tuple[Name, ...] = ()  # that the repairs touch, each partition by its name
    bytes: int = 0  # of these tables, without their indexes, by the statistics
    all_bytes: int = 0  # of every table of the database
    untold: int = 0  # tables that were never vacuumed or analyzed: their bytes are not counted
    changes_data: bool = False  # the repairs change types or values of columns

    @property
    def commands(self) -> tuple[str, ...]:
        """pg_dump of the whole database; of these tables alone, unless they are too many."""
        whole = f'pg_dump -Fc -f {FILE} "$PSQL_URL"'
        if not 0 < len(self.tables) <= _TABLES:
            return (whole,)
        return whole, _of_tables(self.tables, '"$PSQL_URL"')


NO_BACKUP = Backup()


def of(remedies: Sequence[Remedy], live: Live, sizes: Iterable[Size]) -> Backup:
    """The backup before these repairs."""
    tables = _touched(remedies, live)
    known = {size.table: size for size in sizes}
    return Backup(
        tables,
        sum(known[name].bytes for name in tables if name in known),
        sum(size.bytes for size in known.values()),
        sum(not size.told for size in known.values()),
        any(map(changes_data, remedies)),
    )


def changes_data(remedy: Remedy) -> bool:
    """Whether the types or the values of a column are others afterwards."""
    retyped = any(
        isinstance(state.before, Type) and state.after not in (None, state.before)
        for where in remedy.expectations
        if where.column
        for state in where.states
    )
    return retyped or bool(_CHANGING & remedy.hazards)


def demands(setting: str, *, changes: bool) -> bool:
    """Whether the setting `backup` asks for one, of a repair that changes data or does not."""
    return setting == OF_ALL or (setting == OF_DATA and changes)


def check(items: Sequence[ApprovedItem], demanded: str, given: str, live: Live) -> None:
    """Raises Refused where the settings demand a backup for these repairs, and none is named."""
    met = [i for i in items if demands(demanded, changes=changes_data(i.remedy))]
    if not met or given.strip():
        return
    ids = ", ".join(item.finding.id for item in met[:_NAMED])
    more = f" and {len(met) - _NAMED:,} more" if len(met) > _NAMED else ""
    what = "change types or values of columns" if demanded == OF_DATA else "are to be written"
    raise Refused(
        f"[tool.remediate] backup demands a backup before repairs that {what}, but none is named: "
        f"{ids}{more}",
        f"Make one: {_demanded([i.remedy for i in met], live)}; check it: pg_restore --list "
        f"{FILE}; then name where it is kept: --backup TEXT",
    )


def _demanded(remedies: Sequence[Remedy], live: Live) -> str:
    database = shlex.quote(live.database.name)
    tables = _touched(remedies, live)
    if len(tables) > _NAMED:
        return f"pg_dump -Fc -f {FILE} {database}"
    return " ".join(_of_tables(tables, database).replace("\\\n", "").split())


def _of_tables(tables: Iterable[Name], database: str) -> str:
    named = "".join(f"  -t {filters.shell_word(str(name))} \\\n" for name in tables)
    return f"pg_dump -Fc -f {FILE} \\\n{named}  {database}"


def _touched(remedies: Iterable[Remedy], live: Live) -> tuple[Name, ...]:
    """The tables that the repairs lock, with partitions and children: pg_dump takes no others."""
    held = (h.relation for r in remedies for h in r.holds if h.kind is Kind.TABLE)
    found: dict[Name, None] = {}
    waiting = [*held]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = None
            table = live.table_of.get(name)
            waiting += table.children if table else ()
    return tuple(sorted(found))
