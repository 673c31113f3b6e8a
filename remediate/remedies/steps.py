"""The statements that remedies are built of, each with its inverse and its lock."""

from collections.abc import Sequence

from remediate.findings.remedy import Act, Hazard, Lock, Step
from remediate.postgres.sql import expression, ident, literal, regclass
from remediate.postgres.templates import statement
from remediate.remedies import alterations
from remediate.snapshots.tables import Column, Generator, Name, Table
from remediate.snapshots.tables import Sequence as SequenceFacts


def create_sequence(sequence: Name, type_: str) -> Step:
    # Without IF NOT EXISTS, which would take over a live sequence of the same name.
    return Step(
        up=f"CREATE SEQUENCE {sequence.sql} AS {type_}",
        down=f"DROP SEQUENCE {sequence.sql}",
        lock=Lock.NONE,
        relation=sequence,
        alters=alterations.of_sequence(sequence, type_),
    )


def own_sequence(sequence: Name, table: Table) -> Step:
    # Before OWNED BY: PostgreSQL wants the owner of the sequence to be that of the table (55000).
    return Step(
        up=to_owner(f"SEQUENCE {sequence.sql}", table),
        down="",
        lock=Lock.ACCESS_EXCLUSIVE,
        relation=sequence,
        act=Act.GIVE,
        alters=alterations.of_usage(
            sequence, [table.name], (), f"{alterations.OWNER_OF}{table.name}"
        ),
    )


def to_owner(relation: str, table: Table) -> str:
    """Gives what is new to the owner of the table, who may be called otherwise elsewhere."""
    return statement(
        "owner.sql.j2",
        note=f"to the owner of {table.name.sql}: {ident(table.owner)} when this was planned",
        alter=literal(f"ALTER {relation} OWNER TO "),
        table=regclass(*table.name),
    )


def attach_sequence(
    sequence: Name,
    table: Name,
    column: str,
    *,
    detach: bool,
    former: tuple[Name, str] | None = None,
) -> Step:
    """`detach`: the sequence stays after a downgrade, so it is given back to its former owner."""
    owner = f"{former[0].sql}.{ident(former[1])}" if former else "NONE"
    return Step(
        up=f"ALTER SEQUENCE {sequence.sql} OWNED BY {table.sql}.{ident(column)}",
        down=f"ALTER SEQUENCE {sequence.sql} OWNED BY {owner}" if detach else "",
        lock=Lock.ACCESS_SHARE,
        relation=table,
        alters=alterations.of_owned(sequence, table, column),
    )


def alter_sequence(sequence: Name, up: str, down: str, *parts: str) -> Step:
    """A property of the sequence, and what it was before; `parts` of its state change."""
    alter = f"ALTER SEQUENCE {sequence.sql}"
    return Step(
        f"{alter} {up}",
        f"{alter} {down}",
        Lock.ACCESS_EXCLUSIVE,
        sequence,
        alters=alterations.of_relation(sequence, "sequence", *parts),
    )


def set_default(table: Name, column: Column, sequence: Name) -> Step:
    """Draw from the sequence; the downgrade gives back the default that was there before."""
    alter = altering(table, column.name)
    return Step(
        up=f"{alter}\n  SET DEFAULT nextval({regclass(*sequence)})",
        down=f"{alter} {_former_default(column)}",
        lock=Lock.ACCESS_EXCLUSIVE,
        relation=table,
        hazards=() if draws(column) else (Hazard.EXPLICIT_IDS,),
        alters=alterations.of_default(table, column.name, sequence),
    )


def set_expression(table: Name, column: Column, default: str) -> Step:
    """Any other default."""
    alter = altering(table, column.name)
    down = f"{alter} {_former_default(column)}"
    return Step(
        f"{alter} SET DEFAULT {default}",
        down,
        Lock.ACCESS_EXCLUSIVE,
        table,
        alters=alterations.of_default(table, column.name, None),
    )


def altering(table: Name, column: str) -> str:
    # ONLY: SET DEFAULT recurses and would overwrite the defaults of partitions and children.
    return f"ALTER TABLE ONLY {table.sql} ALTER COLUMN {ident(column)}"


def draws(column: Column) -> bool:
    return column.generator is Generator.SEQUENCE and not column.by_domain


def _former_default(column: Column) -> str:
    if draws(column):
        return f"SET DEFAULT nextval({regclass(*column.sequences[0])})"
    if column.by_domain or not column.default:
        return "DROP DEFAULT"
    return f"SET DEFAULT {expression(column.default)}"


def advance_new(sequence: Name, table: Name, column: str, *, beyond: int) -> Step:
    """Make the first value higher than every id, by `beyond`."""
    highest = f"coalesce(max({ident(column)}), 0)::bigint + {1 + beyond}"
    return Step(
        up=f"SELECT setval({regclass(*sequence)},\n  greatest({highest}, 1), false)\n"
        f"FROM {table.sql}",
        down="",
        lock=Lock.ACCESS_SHARE,
        relation=table,
        act=Act.ADVANCE,
    )


def advance(
    sequence: SequenceFacts, fed: Sequence[tuple[Name, str]], *, beyond: int = 0
) -> tuple[Step, ...]:
    """Make the next value of an existing sequence lie beyond every id in the columns it feeds.

    It only moves on, and in its own steps: a sequence of odd numbers stays odd. `setval` is not
    undone by a rollback.
    """
    forget = () if sequence.cache == 1 else (_forget_cached(sequence),)
    return (*forget, _advance(sequence, fed, beyond))


def _forget_cached(sequence: SequenceFacts) -> Step:
    """Let no session go on with ids that it drew in advance, and may give out hours later.

    Any property that is set anew, even to what it was, gives a sequence another file, by which
    each session knows that its values are old (init_sequence in PostgreSQL's sequence.c; measured
    on 15, 16 and 18). Then a rollback undoes `setval` too.
    """
    up = f"ALTER SEQUENCE {sequence.name.sql} INCREMENT BY {sequence.increment}"
    return Step(up, "", Lock.ACCESS_EXCLUSIVE, sequence.name)


def _advance(sequence: SequenceFacts, fed: Sequence[tuple[Name, str]], beyond: int) -> Step:
    # Where it stands is read from the sequence itself: nextval() might give a cached value.
    name, by = regclass(*sequence.name), sequence.increment
    present = (
        f"(SELECT last_value + CASE WHEN is_called THEN {by} ELSE 0 END FROM {sequence.name.sql})"
    )
    if by == 1:
        up = f"SELECT setval({name},\n  greatest({_beyond(fed, beyond)},\n    {present}), false)"
        up += f"\nFROM {fed[0][0].sql}" if len(fed) == 1 else ""
    else:
        up = (
            f"SELECT setval({name}, CASE\n"
            f"  WHEN ids.last {'>=' if by > 0 else '<='} present.value\n"
            f"  THEN present.value + ((ids.last - present.value) / ({by}) + 1) * ({by})\n"
            "  ELSE present.value END, false)\n"
            f"FROM {present} AS present (value),\n  {_last(fed, beyond, by)} AS ids"
        )
    return Step(up, "", Lock.ACCESS_SHARE, relation=fed[0][0], act=Act.ADVANCE)


def _beyond(fed: Sequence[tuple[Name, str]], room: int) -> str:
    ends = [f"coalesce(max({ident(column)}), 0)::bigint + {1 + room}" for _, column in fed]
    if len(fed) == 1:
        return ends[0]
    pairs = zip(ends, fed, strict=True)
    return ",\n    ".join(f"(SELECT {end} FROM {table.sql})" for end, (table, _) in pairs)


def _last(fed: Sequence[tuple[Name, str]], room: int, by: int) -> str:
    end, sign = ("max", "+") if by > 0 else ("min", "-")
    selects = "\n    UNION ALL ".join(
        f"SELECT {end}({ident(column)})::bigint {sign} {room} FROM {table.sql}"
        for table, column in fed
    )
    return f"(SELECT {end}(last) AS last FROM (\n    {selects}) AS columns (last))"
