"""Write SQL that every driver, and psql, passes to the server unchanged.

psycopg, psycopg2 and asyncpg run a revision, and `alembic upgrade --sql` prints it for psql. On
these ways `%` is doubled, `:word` becomes a bind parameter, and a backslash escapes a colon. So
none of these is ever written as such, but as `\\XXXX` in a name after U&, and as `\\uXXXX` in a
string after E, which means the same whatever standard_conforming_strings is
(https://www.postgresql.org/docs/current/sql-syntax-lexical.html, "with Unicode Escapes").
"""

import hashlib
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import count

from remediate.system.printable import printable

NAME_BYTES = 63  # NAMEDATALEN - 1
_UNSAFE = re.compile(r"[%:\\$]")
_ROLE = re.compile(r"[A-Za-z0-9_.@-]+")
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
# As SQLAlchemy has them, whose names are quoted by these: models and revisions spell them so.
RESERVED = frozenset({
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
    "between", "binary", "both", "case", "cast", "check", "collate", "column", "constraint",
    "create", "cross", "current_catalog", "current_date", "current_role", "current_schema",
    "current_time", "current_timestamp", "current_user", "default", "deferrable", "desc",
    "distinct", "do", "else", "end", "except", "false", "fetch", "for", "foreign", "freeze", "from",
    "full", "grant", "group", "having", "ilike", "in", "initially", "inner", "intersect", "into",
    "is", "isnull", "join", "leading", "left", "like", "limit", "localtime", "localtimestamp",
    "natural", "new", "not", "notnull", "null", "of", "off", "offset", "old", "on", "only", "or",
    "order", "outer", "over", "overlaps", "placing", "primary", "references", "returning", "right",
    "select", "session_user", "similar", "some", "symmetric", "table", "then", "to", "trailing",
    "true", "union", "unique", "user", "using", "variadic", "verbose", "when", "where", "window",
    "with",
})  # fmt: skip
# Keywords of PostgreSQL 13 to 18 that need quotes somewhere (pg_get_keywords(), all categories
# but U), and that SQLAlchemy does not list.
_KEYWORDS = RESERVED | {
    "bigint", "bit", "boolean", "char", "character", "coalesce", "collation", "concurrently",
    "dec", "decimal", "exists", "extract", "float", "greatest", "grouping", "inout", "int",
    "integer", "interval", "json", "json_array", "json_arrayagg", "json_exists", "json_object",
    "json_objectagg", "json_query", "json_scalar", "json_serialize", "json_table", "json_value",
    "lateral", "least", "merge_action", "national", "nchar", "none", "normalize", "nullif",
    "numeric", "out", "overlay", "position", "precision", "real", "row", "setof", "smallint",
    "substring", "system_user", "tablesample", "time", "timestamp", "treat", "trim", "values",
    "varchar", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists", "xmlforest",
    "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable",
}  # fmt: skip


@lru_cache(maxsize=100_000)  # names of a large database, each asked for often
def quote(name: str) -> str:
    """The name for display, ids and regclass literals; quoted if it is reserved, or not plain."""
    return name if name not in RESERVED and _PLAIN.fullmatch(name) else _quoted(name)


def ident(*parts: str) -> str:
    """A (qualified) identifier for a statement, quoted where any server may need that."""
    return ".".join(_escaped_name(quote(p) if p not in _KEYWORDS else _quoted(p)) for p in parts)


def plain(*parts: str) -> str:
    """A (qualified) identifier for a text that becomes portable as a whole, by `statement`."""
    return ".".join(map(quote, parts))


def spelled(*parts: str) -> str:
    """A (qualified) name as templates/names.sql.j2 writes it: quoted by its letters alone."""
    return ".".join(part if _PLAIN.fullmatch(part) else _quoted(part) for part in parts)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def role_name(name: str) -> str:
    """A role's name for a list with commas, so that no other roles make the same list.

    It stands in quotes if it holds more than ASCII letters, digits, `_`, `-`, `.` and `@`.
    """
    return name if _ROLE.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def quoted(text: str) -> str:
    """A string literal as PostgreSQL prints it; for a statement to run, use `literal`."""
    return "'" + text.replace("'", "''") + "'"


def literal(text: str) -> str:
    """A string literal for a statement, with exactly this text."""
    return _escaped(quoted(text), "E", "\\u{:04X}", "\\U{:08X}")


def commented(text: str) -> str:
    """The text on one line, for a comment: names may contain line ends, and code after them."""
    return printable(text)


def regclass(*parts: str) -> str:
    """A regclass literal: PostgreSQL resolves it when parsing, and records the dependency."""
    return literal(".".join(quote(part) for part in parts)) + "::regclass"


_TOKEN = re.compile(r"(E?)'((?:[^']|'')*)'|\"((?:[^\"]|\"\")*)\"", re.DOTALL)


def expression(text: str) -> str:
    """An expression as pg_get_expr() prints it, safe for every driver.

    Raises ValueError if something outside of its literals and names needs an escape.
    """
    if not is_portable(text):
        raise ValueError(f"cannot be written safely: {text}")
    return _TOKEN.sub(_portable, text)


def is_portable(text: str) -> bool:
    """Whether `expression` can write the text."""
    rest = _TOKEN.sub("", text).replace("::", "")
    return rest.isprintable() and not _UNSAFE.search(rest)


def statement(text: str) -> str:
    """A statement as pg_get_viewdef() and the like print it, safe for every driver.

    If something outside of its literals and names needs an escape, such as the operator `%`, a DO
    block executes it from literals.
    """
    if is_portable(text.replace("\n", " ")):
        return _TOKEN.sub(_portable, text)
    text = text if "$" in text else _TOKEN.sub(_conforming, text)
    lines = ",\n  ".join(literal(line) for line in text.split("\n"))
    return (
        "DO $remediate$ BEGIN EXECUTE pg_catalog.array_to_string(ARRAY[\n"
        f"  {lines}], pg_catalog.chr(10)); END $remediate$"
    )


def _portable(match: re.Match[str]) -> str:
    escapes, string, name = match[1], match[2], match[3]
    if name is not None:
        return _escaped_name(match[0])
    content = string.replace("''", "'")
    return literal(content.replace("\\\\", "\\") if escapes else content)


def _conforming(match: re.Match[str]) -> str:
    """A token that means the same whatever standard_conforming_strings is."""
    if match[1] or match[2] is None or "\\" not in match[2]:
        return match[0]
    return "E" + match[0].replace("\\", "\\\\")


def _escaped_name(quoted: str) -> str:
    return _escaped(quoted, "U&", "\\{:04X}", "\\+{:06X}")


def _escaped(quoted: str, mark: str, short: str, long: str) -> str:
    if quoted.isprintable() and not _UNSAFE.search(quoted):
        return quoted
    return mark + "".join(_escape(c, short if ord(c) <= 0xFFFF else long) for c in quoted)


def _escape(c: str, form: str) -> str:
    return c if c.isprintable() and not _UNSAFE.match(c) else form.format(ord(c))


def serial_name(table: str, column: str, taken: Collection[str]) -> str:
    """The name that PostgreSQL's own `serial` would choose for the sequence of a column.

    The longer of the two names is shortened until all fits into 63 bytes, and a number is added
    while the name is `taken` (makeObjectName and ChooseRelationName in PostgreSQL's indexcmds.c).
    """
    return next(name for name in numbered(table, column, "seq") if name not in taken)


def numbered(table: str, column: str, label: str) -> Iterator[str]:
    """PostgreSQL's names for an object of a table's column, each a number longer, without end."""
    return (fitted(table, column, f"{label}{number or ''}") for number in count())


def fitted(first: str, second: str, label: str) -> str:
    """PostgreSQL's name for an object of a table's column (makeObjectName, indexcmds.c)."""
    room = NAME_BYTES - len(label) - 2
    a, b = len(first.encode()), len(second.encode())
    while a + b > room:
        if a > b:
            a -= 1
        else:
            b -= 1
    return f"{clipped(first, a)}_{clipped(second, b)}_{label}"


def key_name(table: str, number: int = 0) -> str:
    """PostgreSQL's name for the primary key of a table, with a number where one is taken."""
    label = f"_pkey{number or ''}"
    return clipped(table, NAME_BYTES - len(label)) + label


def index_name(table: str, column: str) -> str:
    """The name that SQLAlchemy gives with index=True, shortened as it does it."""
    name = f"ix_{table}_{column}"
    if len(name) <= NAME_BYTES:
        return clipped(name, NAME_BYTES)
    digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
    return clipped(f"{name[: NAME_BYTES - 8]}_{digest[-4:]}", NAME_BYTES)


def clipped(text: str, size: int) -> str:
    """The text, cut after at most `size` bytes of UTF-8."""
    return text.encode()[:size].decode(errors="ignore")
