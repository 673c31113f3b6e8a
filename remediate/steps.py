"""The statements that remedies are built of, and the script that runs remedies as one transaction.

A script takes all its locks once, at the start, then compares what it will change with what the
plan saw, then runs the steps. The downgrade is the inverses of the steps, in reverse order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from remediate.remedy import Expectation, Hazard, Lock, Remedy, Step
from remediate.schema import PUBLIC, Name
from remediate.sql import ident, literal, quote, regclass
from remediate.templates import environment

ATTEMPTS = 60


@dataclass(frozen=True, slots=True)
class Block:
    """Statements that belong together, and what they are for."""

    title: str
    statements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """Blocks to run in this order, as one transaction."""

    up: tuple[Block, ...]
    down: tuple[Block, ...]


def script(remedies: Sequence[Remedy]) -> Script:
    """The remedies as one upgrade and its exact downgrade."""
    expectations = [e for remedy in remedies for e in remedy.expectations]
    lock = Block("Every lock, at once and before anything else.", (_lock(remedies),))
    guards = [
        Block("What the plan saw must still be so.", (_guard(states),))
        for states in ([(e, e.before) for e in expectations], [(e, e.after) for e in expectations])
    ]
    return Script(
        up=(lock, guards[0], *(Block(_place(r), tuple(s.up for s in r.steps)) for r in remedies)),
        down=(
            lock,
            guards[1],
            *(
                Block(_place(r), tuple(s.down for s in reversed(r.steps) if s.down))
                for r in reversed(remedies)
            ),
        ),
    )


def _place(remedy: Remedy) -> str:
    first = remedy.expectations[0]
    return f"{first.table}.{quote(first.column)}"


def _lock(remedies: Sequence[Remedy]) -> str:
    wanted = sorted({statement for remedy in remedies for statement in remedy.acquire})
    tables = {e.table for remedy in remedies for e in remedy.expectations}
    return _statement(
        "lock.sql.j2",
        wanted=",\n    ".join(literal(statement) for statement in wanted),
        relations=", ".join(literal(str(table)) for table in sorted(tables)),
        attempts=ATTEMPTS,
    )


def _guard(states: Iterable[tuple[Expectation, str]]) -> str:
    rows = (
        ", ".join(map(literal, (str(e.table), e.column, f"{e.table}.{quote(e.column)}", state)))
        for e, state in states
    )
    return _statement("guard.sql.j2", rows=",\n      ".join(f"({row})" for row in rows))


def _statement(template: str, **values: object) -> str:
    return environment().get_template(template).render(values).strip()


def lock_table(table: Name) -> str:
    """Takes the strongest lock on one relation; its partitions and children are locked by name."""
    return f"LOCK TABLE ONLY {table.sql} IN ACCESS EXCLUSIVE MODE"


def lock_sequence(sequence: Name, owner: str) -> str:
    """LOCK TABLE refuses sequences (42809); giving one to its owner again only locks it."""
    return f"ALTER SEQUENCE {sequence.sql} OWNER TO {ident(owner)}"


def create_sequence(sequence: Name, type_: str) -> Step:
    # Without IF NOT EXISTS, which would take over a live sequence of the same name.
    return Step(
        up=f"CREATE SEQUENCE {sequence.sql} AS {type_}",
        down=f"DROP SEQUENCE {sequence.sql}",
        lock=Lock.NONE,
        relation=sequence,
    )


def own_sequence(sequence: Name, owner: str) -> Step:
    # Before OWNED BY: PostgreSQL wants the owner of the sequence to be that of the table (55000).
    up = f"ALTER SEQUENCE {sequence.sql} OWNER TO {ident(owner)}"
    return Step(up=up, down="", lock=Lock.ACCESS_EXCLUSIVE, relation=sequence)


def attach_sequence(sequence: Name, table: Name, column: str, *, detach: bool) -> Step:
    """`detach`: the sequence stays after a downgrade, so it is let go of."""
    return Step(
        up=f"ALTER SEQUENCE {sequence.sql} OWNED BY {table.sql}.{ident(column)}",
        down=f"ALTER SEQUENCE {sequence.sql} OWNED BY NONE" if detach else "",
        lock=Lock.ACCESS_SHARE,
        relation=table,
    )


def grant_usage(sequence: Name, roles: Sequence[str], *, revoke: bool) -> Step:
    grantees = ", ".join("PUBLIC" if role == PUBLIC else ident(role) for role in roles)
    return Step(
        up=f"GRANT USAGE ON SEQUENCE {sequence.sql} TO {grantees}",
        down=f"REVOKE USAGE ON SEQUENCE {sequence.sql} FROM {grantees}" if revoke else "",
        lock=Lock.NONE,
        relation=sequence,
    )


def set_default(table: Name, column: str, sequence: Name) -> Step:
    # ONLY: SET DEFAULT recurses and would overwrite the defaults of partitions and children.
    alter = f"ALTER TABLE ONLY {table.sql} ALTER COLUMN {ident(column)}"
    return Step(
        up=f"{alter}\n  SET DEFAULT nextval({regclass(*sequence)})",
        down=f"{alter} DROP DEFAULT",
        lock=Lock.ACCESS_EXCLUSIVE,
        relation=table,
        hazards=(Hazard.EXPLICIT_IDS,),
    )


def advance(sequence: Name, table: Name, column: str, *, beyond: int, existing: bool) -> Step:
    """Make the next value higher than every id, by `beyond`, and never lower than it is.

    `setval` is not undone by a rollback; on a sequence that was there before it only moves forward.
    """
    at_least = f"nextval({regclass(*sequence)})" if existing else "1"
    highest = f"coalesce(max({ident(column)}), 0)::bigint + {1 + beyond}"
    return Step(
        up=f"SELECT setval({regclass(*sequence)},\n  greatest({highest}, {at_least}), false)\n"
        f"FROM {table.sql}",
        down="",
        lock=Lock.ACCESS_SHARE,
        relation=table,
    )
