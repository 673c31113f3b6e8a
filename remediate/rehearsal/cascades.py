"""Whether CASCADE in a downgrade reaches anything, and whether that is the upgrade's own work."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import psycopg

from remediate.postgres import client
from remediate.postgres.sql import ident
from remediate.rehearsal.result import Defect, Rehearsed, Run, Statement

NAME = "CASCADE_IN_DOWNGRADE"
_DROPS = re.compile(r"^\s*(?:DROP|ALTER)\b.*\bCASCADE\s*;?\s*$", re.IGNORECASE | re.DOTALL)
_WORD = re.compile(r"\s+CASCADE\s*;?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reach:
    """What PostgreSQL says that depends on what a statement drops."""

    statement: Statement
    dependants: tuple[str, ...] = ()  # none: the same without CASCADE does it


def reached(
    connection: client.Connection, down: Run, search_path: Sequence[str]
) -> tuple[Reach, ...]:
    """Of each such statement, when these run again, all taken back; none where they do not run."""
    found: list[Reach] = []
    sent = [s for s in down.statements if s.number and not s.failed]
    if not any(_DROPS.match(s.sql) for s in sent):
        return ()
    try:
        with connection.transaction(force_rollback=True):
            path = ", ".join(map(ident, search_path)) or "''"
            connection.execute(f"SET LOCAL search_path = {path}".encode())
            for statement in sent:
                if _DROPS.match(statement.sql):
                    found.append(Reach(statement, _dependants(connection, statement.sql)))
                connection.execute(statement.sql.encode())
    except psycopg.Error:
        return ()
    return tuple(found)


def _dependants(connection: client.Connection, sql: str) -> tuple[str, ...]:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(_WORD.sub("", sql).encode())
    except psycopg.errors.DependentObjectsStillExist as error:
        return tuple((error.diag.message_detail or "").splitlines())
    return ()


def settled(result: Rehearsed, found: Sequence[Reach], *, restored: bool) -> Rehearsed:
    """With an advice that works; where CASCADE reaches but the upgrade's own work, it is a hazard.

    `restored`: after the downgrade the schema is as it was before the upgrade.
    """
    told = {d: _told(d, found) for d in result.defects if d.name == NAME}
    changed = tuple(told.get(d, d) for d in result.defects)
    if not restored:
        return replace(result, defects=changed)
    own = {new for old, new in told.items() if new != old}
    return replace(
        result,
        defects=tuple(d for d in changed if d not in own),
        hazards=(*result.hazards, *(d for d in changed if d in own)),
    )


def _told(defect: Defect, found: Sequence[Reach]) -> Defect:
    """The same with what depends there, where something does."""
    here = [one for one in found if one.statement.line == defect.line] or found
    if not here or not all(one.dependants for one in here):
        return defect
    first = here[0].dependants
    more = f", and {len(first) - 1:,} more" if len(first) > 1 else ""
    return replace(
        defect,
        evidence=f"{defect.evidence}: {first[0]}{more}",
        instead="first drop by its name what depends on it, then this without CASCADE",
    )
