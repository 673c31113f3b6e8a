"""Which texts become a key, and which come back from it as the same bytes.

From PostgreSQL 16 on the cast takes '0x1F' and '1_000', and on every version ' 7', '+7' and
'007': that a cast works says nothing of the way back. `[0-9]`, because `\\d` takes the digits
of every script.
"""

from remediate.postgres.sql import quoted
from remediate.snapshots.tables import INTEGER_MAX, INTEGER_MIN

_INTEGER = "^(0|-?[1-9][0-9]*)$"
_AS_INTEGER = "^ *[-+]?[0-9]{1,60} *$"
_UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_AS_UUID = "^([0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}$|^[{]([0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}[}]$"


def convertible(value: str, type_: str) -> str:
    """SQL: whether a text (an expression in the C collation) becomes a value of the key's type."""
    if type_ == "uuid":
        return f"{value} ~ {quoted(_AS_UUID)}"
    if type_ in INTEGER_MAX:
        return (
            f"CASE WHEN {value} ~ {quoted(_AS_INTEGER)} THEN {value}::numeric "
            f"BETWEEN {INTEGER_MIN[type_]} AND {INTEGER_MAX[type_]} ELSE false END"
        )
    return "true"


def shaped(value: str, type_: str) -> str:
    """SQL: whether a text is spelled like a value of the type, whatever its range."""
    return f"{value} ~ {quoted(_AS_INTEGER)}" if type_ in INTEGER_MAX else convertible(value, type_)


def canonical(value: str, type_: str) -> str:
    """SQL: whether a convertible text comes back from the key's type as the same bytes."""
    if type_ == "uuid":
        return f"{value} ~ {quoted(_UUID)}"
    if type_ in INTEGER_MAX:
        return f"{value} ~ {quoted(_INTEGER)}"
    return "true"


def printed(value: str, type_: str) -> str:
    """A canonical text as PostgreSQL prints the default that it becomes."""
    return value if type_ == "integer" and value.isdigit() else f"{quoted(value)}::{type_}"
