"""What the connected role could not run of a plan, by the catalog, and what to grant."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from remediate.findings.remedy import Act, Remedy
from remediate.plans.plan import Item, Lack
from remediate.postgres.sql import ident
from remediate.snapshots.live import Live
from remediate.snapshots.rights import Right
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class _Need:
    table: Name
    right: Right


def lacking(items: Iterable[Item], live: Live) -> tuple[Lack, ...]:
    """Each right that the role lacks for repairs, and the tables for which it does."""
    if not live.role_lacks:
        return ()
    found: dict[tuple[str, str], dict[Name, None]] = {}
    for item in items:
        for need in _needs(item, live):
            if need.right in live.role_lacks.get(need.table, ()):
                found.setdefault(_reason(need, live), {})[need.table] = None
    return tuple(Lack(reason, tuple(tables), grant) for (reason, grant), tables in found.items())


def _owner(table: Name, live: Live) -> str:
    return live.table_of[table].owner if table in live.table_of else live.database.role


def _needs(item: Item, live: Live) -> Iterator[_Need]:
    """What its statements ask for; a sequence is made in the schema of its table."""
    table = item.finding.place.table
    if not isinstance(item.remedy, Remedy) or table is None:
        return
    for step in item.remedy.all_steps:
        if step.up.startswith("ALTER TABLE") and step.relation in live.table_of:
            yield _Need(step.relation, Right.OWNERSHIP)
        if step.up.startswith("CREATE "):
            yield _Need(table, Right.CREATE)
        if step.act is Act.GIVE and _owner(table, live) != live.database.role:
            yield _Need(table, Right.OWNER_CREATE)
        if step.act is Act.ADVANCE or step.up.startswith(("UPDATE ", "DELETE ")):
            yield _Need(table, Right.ROWS)


def _reason(need: _Need, live: Live) -> tuple[str, str]:
    """What stands in the way, and the statement that takes it away."""
    role, schema = ident(live.database.role), ident(need.table.schema)
    if need.right is Right.CREATE:
        return f"no CREATE on schema {schema}", f"GRANT CREATE ON SCHEMA {schema} TO {role}"
    if need.right is Right.OWNER_CREATE:
        owner = ident(_owner(need.table, live))
        return (
            f"no CREATE on schema {schema} for the owner, {owner}",
            f"GRANT CREATE ON SCHEMA {schema} TO {owner}",
        )
    if need.right is Right.ROWS:
        return "row security hides rows", f"ALTER ROLE {role} BYPASSRLS"
    owner = _owner(need.table, live)
    return f"not a member of the owner, {owner}", f"GRANT {ident(owner)} TO {role}"
