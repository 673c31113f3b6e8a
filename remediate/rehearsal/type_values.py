"""Values that fit a type, as SQL: one for each number, and those that no row is likely to have."""

import datetime
import string
from collections.abc import Callable, Mapping
from decimal import Decimal

from remediate.postgres.sql import ident, literal
from remediate.rehearsal.column_types import Type

_DIGITS = string.digits + string.ascii_uppercase
_CHARACTERS = string.digits + string.ascii_letters
_FIRST = datetime.date(2000, 1, 1)
_DAY = 24 * 60 * 60  # seconds
_HEADER = 4  # bytes that modifiers of numeric, char and varchar count besides
_ALL_FIELDS = 0x7FFF  # of an interval that is not restricted, as "interval year" is
_UNLIMITED = 8  # bits of a bit string without a length
_WHOLE = 4  # digits before the point, which leave the others alone
_MANY = 1_000_000  # values that are told apart


def value(type_: Type, number: int, domains: Mapping[str, str] = {}) -> str:
    """An expression of this type: numbers from 1 on are told apart, where the type can do so.

    It is a literal and a cast, where it has no parts. `domains`: by the names of domains what goes
    under them, where that is known. A type that is unknown here gets the number as a text.
    """
    match type_.kind, type_.category:
        case "d", _:
            under = domains.get(type_.sql) or value(type_.parts[0], number, domains)
            return f"({under})::{type_.sql}"
        case "e", _:
            label = type_.labels[(number - 1) % len(type_.labels)] if type_.labels else ""
            return f"{literal(label)}::{type_.sql}"
        case ("r" | "m" | "c", _) | ("b", "A") if type_.parts or type_.kind == "c":
            return _made_of(type_, [value(part, number, domains) for part in type_.parts])
    return f"{plain(type_, number)}::{type_.sql}"


def _made_of(type_: Type, parts: list[str]) -> str:
    listed = ", ".join(parts)
    if type_.kind == "c":
        return f"ROW({listed})::{type_.sql}"
    if type_.kind == "b":
        return f"ARRAY[{listed}]::{type_.sql}"
    constructor = ident(type_.schema, type_.name)
    bounds = f", {listed}, '[]'" if type_.kind == "r" else ""
    return f"{constructor}({listed}{bounds})"


def plain(type_: Type, number: int) -> str:
    """A literal of a type that is not made of others, without its cast."""
    if make := _BY_NAME.get(type_.name):
        return make(number, type_.modifier)
    return str(number) if type_.category == "N" else f"'{number}'"


def _numeric(number: int, modifier: int) -> str:
    if modifier < 0:
        return str(number)
    precision, scale = (modifier - _HEADER) >> 16 & 0xFFFF, (modifier - _HEADER) & 0x7FF
    scale = scale - 0x800 if scale >= 0x400 else scale  # negative scales come with PostgreSQL 15
    one = Decimal(1) if scale >= 0 and precision - scale >= _WHOLE else Decimal(10) ** -scale
    return f"{(1 + (number - 1) % (10**precision - 1)) * one:f}"


def _text(number: int, modifier: int) -> str:
    """The number, or another spelling of it where that is too long."""
    room = modifier - _HEADER if modifier > 0 else len(str(number))
    if len(str(number)) <= room:
        return f"'{number}'"
    found, rest = "", number
    digits = _CHARACTERS if room == 1 else _DIGITS
    for _ in range(room):
        rest, digit = divmod(rest, len(digits))
        found = digits[digit] + found
    return f"'{found}'"


def _bits(number: int, modifier: int) -> str:
    length = modifier if modifier > 0 else _UNLIMITED
    return f"B'{number % 2**length:0{length}b}'"


def _interval(number: int, modifier: int) -> str:
    restricted = modifier >= 0 and modifier >> 16 & _ALL_FIELDS != _ALL_FIELDS
    return f"'{number} {'year' if restricted else 'day'}'"


def _time(number: int, _: int) -> str:
    minutes, seconds = divmod(number % _DAY, 60)
    return f"'{minutes // 60:02}:{minutes % 60:02}:{seconds:02}'"


def _date(number: int, _: int) -> str:
    return f"'{_FIRST + datetime.timedelta(days=(number - 1) % _MANY)}'"


def _pattern(pattern: str) -> Callable[[int, int], str]:
    """Fields: n the number, hi and lo its bytes, x it in hexadecimal, dims of a vector."""

    def make(number: int, modifier: int) -> str:
        high, low = divmod(number % 2**16, 2**8)
        return pattern.format(
            n=number, hi=high, lo=low, dims=", ".join([str(number)] * max(modifier, 1)),
            size=max(modifier, 1),
        )  # fmt: skip

    return make


_BY_NAME: Mapping[str, Callable[[int, int], str]] = {
    "numeric": _numeric, "bit": _bits, "varbit": _bits, "interval": _interval,
    "bool": lambda number, _: "'true'" if number % 2 else "'false'",
    "char": lambda number, _: f"'{_CHARACTERS[number % len(_CHARACTERS)]}'",
    **dict.fromkeys(("varchar", "bpchar"), _text),
    **dict.fromkeys(("date", "timestamp", "timestamptz"), _date),
    **dict.fromkeys(("time", "timetz"), _time),
    **{
        name: _pattern(pattern)
        for name, pattern in {
            "uuid": "gen_random_uuid()",
            "bytea": "decode('{n:08x}', 'hex')",
            "json": "'{{\"n\": {n}}}'", "jsonb": "'{{\"n\": {n}}}'", "jsonpath": "'$[{n}]'",
            "xml": "'<n>{n}</n>'",
            "inet": "'10.0.{hi}.{lo}'", "cidr": "'10.0.{hi}.{lo}'",
            "macaddr": "'02:00:00:00:{hi:02x}:{lo:02x}'",
            "macaddr8": "'02:00:00:00:00:00:{hi:02x}:{lo:02x}'",
            "point": "'({n},0)'", "line": "'{{1,{n},0}}'", "lseg": "'(0,0),(1,{n})'",
            "box": "'({n}.5,1),({n},0)'", "path": "'(0,0),(1,{n})'",
            "polygon": "'({n},0),({n},1),({n}.5,0)'", "circle": "'<({n},0),0.25>'",
            "tid": "'({n},1)'", "pg_lsn": "'0/{n:X}'",
            "pg_snapshot": "'{n}:{n}:'", "txid_snapshot": "'{n}:{n}:'",
            "int2vector": "'{n}'", "oidvector": "'{n}'",
            "aclitem": "makeaclitem({n}, 10, 'SELECT', false)",
            "vector": "'[{dims}]'", "halfvec": "'[{dims}]'", "sparsevec": "'{{1:{n}}}/{size}'",
            "hstore": "'\"n\"=>\"{n}\"'",
        }.items()
    },
}  # fmt: skip


# By the type under all domains, without a modifier; of others, what no text is likely to be.
_UNKNOWN = {
    "smallint": ("-32111", "32767", "32766"),
    "integer": ("-32111", "2147483647", "2147483646"),
    "bigint": ("-32111", "9223372036854775807", "9223372036854775806"),
    "numeric": ("-7", "-6", "9"),
    "oid": ("4294967295", "4294967294"),
    "uuid": ("'00000000-dead-4dea-8dea-000000000000'", "'00000000-dead-4dea-8dea-000000000001'"),
    "date": ("'0777-07-07'", "'0777-07-08'"),
    "timestamp": ("'0777-07-07'", "'0777-07-08'"),
}
_NO_TEXT = ("'~'", "'^'", "'|'")  # fit where one character does


def unlikely(type_: Type) -> tuple[str, ...]:
    """Such values of a type; of an enum all, of which some may be no key."""
    base = type_.base
    return tuple(map(literal, base.labels)) if base.kind == "e" else unknown(base.plain)


def unknown(type_: str) -> tuple[str, ...]:
    """Values that hardly any key is, as SQL without a cast, the least likely one first.

    `type_`: as format_type() prints it, with or without a modifier.
    """
    return _UNKNOWN.get(type_.partition("(")[0].partition(" with")[0], _NO_TEXT)
