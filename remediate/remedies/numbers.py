"""What a numeric column without decimals needs on its way to bigint, and back."""

from collections.abc import Iterable, Iterator

from remediate.analysis.facts import in_words
from remediate.analysis.places import Place, is_within, numeric_family, unlike_numbers
from remediate.findings.remedy import Lock, Step
from remediate.postgres.sql import ident, literal, quote
from remediate.remedies.conversion import Change
from remediate.snapshots.live import Live
from remediate.snapshots.tables import INTEGER_MAX, INTEGER_MIN, Name, highest, is_whole

TARGET = "bigint"


def changes_to_bigint(table: Name, column: str, live: Live) -> list[Change]:
    """Of a numeric key without decimals, and of what references it; none where it is none."""
    family = [place for place in numeric_family(table, column, live) if place in live.members]
    return [Change(place, TARGET) for place in family if live.members[place].type != TARGET]


def obstacle_to_bigint(keys: Iterable[Place], live: Live) -> str:
    """Why numeric keys cannot become bigint; "" where they can, or are not numeric."""
    family = [place for key in keys for place in numeric_family(*key, live)]
    if unlike := unlike_numbers(family, live):
        return (
            f"{in_words(map(quote, unlike))} would reference a bigint with a type that PostgreSQL "
            "cannot compare with it (42804): convert these columns first"
        )
    if unread := [f"{n}.{quote(c)}" for n, c in family if (n, c) not in live.members]:
        return (
            f"remediate did not read {in_words(unread)}: plan again once the earlier repairs "
            "have run"
        )
    for place in dict.fromkeys([*keys, *family]):
        if unfit := no_bigints(*place, live) or _decimals(*place, live):
            return unfit
    if circle := _circle(family, live):
        return (
            f"{in_words(circle)} reference each other: convert them by hand, in one statement "
            "or transaction"
        )
    return ""


def no_bigints(table: Name, column: str, live: Live) -> str:
    """Why the ids of a numeric column cannot be counted: reading them as bigint failed."""
    known = live.table_of.get(table)
    if known is None or not known.has(column) or known.column(column).base_type != "numeric":
        return ""
    found = (u.reason for u in live.unread if (u.table, u.column) == (table, column))
    why = next(found, "")
    return f"remediate could not read {table}.{quote(column)} as {TARGET}: {why}" if why else ""


def _decimals(table: Name, column: str, live: Live) -> str:
    """Why the ids of a numeric column cannot become bigint and come back as they are written."""
    known = live.table_of.get(table)
    extremes = known.column(column).extremes if known and known.has(column) else None
    if extremes is None or not extremes.decimals:
        return ""
    sql = ident(column)
    return (
        f"{table}.{quote(column)} holds {extremes.decimals}, which is no {TARGET}: decide about "
        f"the rows of SELECT {sql} FROM {table.sql} WHERE scale({sql}) > 0 first"
    )


def _circle(family: list[Place], live: Live) -> list[str]:
    """The tables that reference one that is converted before them."""
    order = {name: n for n, name in enumerate(dict.fromkeys(name for name, _ in family))}
    backwards = [
        (str(fk.target), str(name))
        for name in order
        for fk in live.references.get(name, ())
        if is_within(fk, family) and order[fk.target] < order[name]
    ]
    return sorted({name for pair in backwards for name in pair})


def whole_values(changes: Iterable[Change], live: Live) -> Iterator[Step]:
    """Under the lock, no value may be rounded, or come back with another number of decimals."""
    for change in changes:
        former = live.members[change.place].type
        if is_whole(former) and change.wanted == TARGET and highest(former) == INTEGER_MAX[TARGET]:
            yield _whole_value(*change.place)


def _whole_value(table: Name, column: str) -> Step:
    value, (low, high) = ident(column), (INTEGER_MIN[TARGET], INTEGER_MAX[TARGET])
    message = literal(f"remediate: {table}.{quote(column)} holds values that are no {TARGET}")
    up = (
        f"DO $remediate$\nBEGIN\n  IF EXISTS (SELECT FROM {table.sql}\n"
        f"      WHERE scale({value}) IS DISTINCT FROM 0 AND {value} IS NOT NULL\n"
        f"        OR {value} NOT BETWEEN {low} AND {high}) THEN\n"
        "    RAISE EXCEPTION USING ERRCODE = 'data_exception',\n"
        f"      MESSAGE = {message} || '; nothing was changed';\n"
        "  END IF;\nEND\n$remediate$"
    )
    return Step(up, "", Lock.ACCESS_SHARE, table)
