"""What a conversion asks of foreign keys before it: PostgreSQL checks their rows again."""

from collections.abc import Collection, Iterator

from remediate.analysis.places import Place
from remediate.findings.remedy import Lock, Step
from remediate.postgres.sql import literal, quote
from remediate.postgres.templates import statement
from remediate.snapshots.live import Live
from remediate.snapshots.references import ForeignKey


def present(changed: Collection[Place], live: Live) -> Iterator[Step]:
    """The guard that no row lacks its parent; `changed`: the columns that get another type.

    Rows come past a valid foreign key while triggers are off (session_replication_role, pg_restore
    --disable-triggers): a new type would fail at them, with 23503 and without a count.
    """
    keys = [fk for fk in live.foreign_keys if fk.validated and _is_made_anew(fk, changed)]
    if not keys:
        return
    listed = [
        {
            "place": literal(f"{fk.table}.{quote(fk.name)}"),
            "query": literal(fk.orphans("c.*", live.inherited)),
            "count": fk.orphans("count(*)", live.inherited),
        }
        for fk in keys
    ]
    yield Step(statement("parents.sql.j2", keys=listed), "", Lock.ACCESS_SHARE, keys[0].table)


def _is_made_anew(fk: ForeignKey, changed: Collection[Place]) -> bool:
    ours = ((fk.table, column) for column in fk.columns)
    theirs = ((fk.target, column) for column in fk.target_columns)
    return any(place in changed for place in (*ours, *theirs))
