"""USAGE of sequences for all that may INSERT: one block for all of a revision."""

from collections.abc import Iterable

from remediate.findings.remedy import Act, Grant, Lock, Step
from remediate.postgres.sql import literal, regclass
from remediate.postgres.templates import statement
from remediate.remedies.alterations import of_usage
from remediate.snapshots.tables import Name

# How the line in the comment on a sequence begins that keeps who got the right; what follows is
# JSON, on one line whatever the roles are called. catalog/sql/digest.sql passes over it.
_NOTE = "'remediate: USAGE planned for ' || to_json(one.roles)::text || ', given to '"


def grant(sequence: Name, table: Name, roles: Iterable[str], *, new: bool = False) -> Grant:
    """For all that may INSERT into the table, or into one below it that draws from the sequence.

    `roles` may not use the sequence now.
    """
    return Grant(sequence, (table,), tuple(sorted(roles)), new)


def grant_usage(granted: Grant) -> Step:
    """The grant alone, for who reads or runs one repair; a script has one block for all of them."""
    return Step(
        up="".join(given([granted])),
        down="".join(taken_back([granted])),
        lock=Lock.NONE,
        relation=granted.sequence,
        act=Act.GRANT,
        alters=of_usage(granted.sequence, granted.tables, granted.roles),
    )


def merged(grants: Iterable[Grant]) -> tuple[Grant, ...]:
    """One for each sequence."""
    found: dict[Name, Grant] = {}
    for one in grants:
        known = found.get(one.sequence, one)
        found[one.sequence] = Grant(
            one.sequence,
            tuple(dict.fromkeys((*known.tables, *one.tables))),
            tuple(sorted({*known.roles, *one.roles})),
            known.new or one.new,
        )
    return tuple(found.values())


def given(grants: Iterable[Grant], *, again: bool = False) -> tuple[str, ...]:
    """The statements that give them: of new sequences, and of others.

    `again`: they may run twice, and keep who got it, so that only that is ever taken back.
    """
    grants = merged(grants)
    kinds = ((new, [g for g in grants if g.new == new]) for new in (True, False))
    return tuple(
        statement("usage.sql.j2", new=new, again=again, note=_NOTE, rows=_rows(some, tables=True))
        for new, some in kinds
        if some
    )


def taken_back(grants: Iterable[Grant], *, again: bool = False) -> tuple[str, ...]:
    """The statement that takes back what was given; none of new sequences, which are dropped.

    `again`: of those that may run twice.
    """
    rows = _rows([g for g in merged(grants) if not g.new], tables=False)
    return (statement("usage_back.sql.j2", again=again, note=_NOTE, rows=rows),) if rows else ()


def _rows(grants: Iterable[Grant], *, tables: bool) -> str:
    return ",\n      ".join(f"({', '.join(_row(one, tables=tables))})" for one in grants)


def _row(one: Grant, *, tables: bool) -> tuple[str, ...]:
    relations = f"ARRAY[{', '.join(regclass(*name) for name in one.tables)}]"
    roles = f"ARRAY[{', '.join(map(literal, one.roles))}]::text[]"
    return (regclass(*one.sequence), *((relations,) if tables else ()), roles)
