"""Text as Markdown, Python and psql take it: whatever the text is, it does not leave its quotes."""

import shlex
import textwrap

from remediate.postgres.sql import commented


def cell(value: object) -> str:
    """As text in Markdown, also in a table: names may hold markup, or HTML."""
    return "".join(f"\\{c}" if c in "|\\`*_<>[]" else c for c in commented(str(value)))


def code(value: object) -> str:
    """As code in a line of Markdown: the backticks around it are more than those in it."""
    text = commented(str(value))
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def python_literal(statement: str) -> str:
    """A Python literal that a person can read: triple-quoted where it has several lines."""
    escaped = statement.replace("\\", "\\\\")
    if "\n" not in statement:
        return f'"{escaped}"' if '"' not in statement else repr(statement)
    quoted = escaped.replace('"""', '\\"\\"\\"')
    return f'"""\n{textwrap.indent(quoted, "    ")}\n"""'


def python_string(value: str) -> str:
    """A Python literal as formatters write it: in the quotes that have to be escaped less."""
    mark = "'" if value.count('"') > value.count("'") else '"'
    escaped = value.replace("\\", "\\\\").replace(mark, f"\\{mark}")
    return mark + "".join(c if c.isprintable() else repr(c)[1:-1] for c in escaped) + mark


def shell_word(text: str) -> str:
    """As one word of a shell; in bash's own notation where the plain one would hold line ends."""
    if text.isprintable():
        return shlex.quote(text)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return "$'" + "".join(c if c.isprintable() else _bytes_of(c) for c in escaped) + "'"


def _bytes_of(c: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in c.encode())


def psql_argument(text: str) -> str:
    """As an argument of psql's \\echo."""
    return "'" + commented(text).replace("\\", "/").replace("'", "''") + "'"
