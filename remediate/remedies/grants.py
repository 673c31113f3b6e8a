"""USAGE of sequences for all that may INSERT: one block for all of a revision."""

from collections.abc import Iterable
from dataclasses import replace

from remediate.findings.remedy import Act, Grant, Lock, Remedy, Step
from remediate.postgres.sql import literal, regclass
from remediate.postgres.templates import statement
from remediate.remedies.alterations import of_usage
from remediate.snapshots.tables import Name

# How the line in the comment on a sequence begins that keeps who got the right; what follows is
# JSON, on one line whatever the roles are called. catalog/sql/digest.sql passes over it.
_NOTE = "'remediate: USAGE planned for ' || to_json(one.roles)::text || ', given to '"
_NOTE_BY = "'remediate: USAGE planned by revision {}, given to '"


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
            known.anywhere or one.anywhere,
        )
    return tuple(found.values())


def of_any(remedy: Remedy) -> Remedy:
    """The same for schemas of any name, each with roles of its own: only these get the right."""
    grants = (replace(one, roles=(), anywhere=True) for one in remedy.grants)
    return replace(remedy, grants=tuple(grants))


def given(grants: Iterable[Grant], *, again: bool = False, by: str = "") -> tuple[str, ...]:
    """The statements that give them: of new sequences, and of others.

    `again`: they may run twice, and keep who got it, so that only that is ever taken back.
    `by`: the revision by whose name it is kept; "" for the roles of the plan.
    """
    grants = merged(grants)
    views = any(one.anywhere for one in grants)
    kinds = ((new, [g for g in grants if g.new == new]) for new in (True, False))
    return tuple(
        statement(
            "usage.sql.j2",
            new=new,
            views=views,
            again=again,
            note=_note(by),
            rows=_rows(some, tables=True),
        )
        for new, some in kinds
        if some
    )


def taken_back(grants: Iterable[Grant], *, again: bool = False, by: str = "") -> tuple[str, ...]:
    """The statement that takes back what was given; none of new sequences, which are dropped.

    `again`, `by`: of those that were given so.
    """
    rows = _rows([g for g in merged(grants) if not g.new], tables=False)
    if not rows:
        return ()
    return (statement("usage_back.sql.j2", again=again, note=_note(by), rows=rows),)


def _note(by: str) -> str:
    return _NOTE_BY.format(by) if by else _NOTE


def _rows(grants: Iterable[Grant], *, tables: bool) -> str:
    return ",\n      ".join(f"({', '.join(_row(one, tables=tables))})" for one in grants)


def _row(one: Grant, *, tables: bool) -> tuple[str, ...]:
    relations = f"ARRAY[{', '.join(regclass(*name) for name in one.tables)}]"
    roles = f"ARRAY[{', '.join(map(literal, one.roles))}]::text[]"
    return (regclass(*one.sequence), *((relations,) if tables else ()), roles)
