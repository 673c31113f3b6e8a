"""Text for Markdown: names may hold what it takes for markup, or for HTML."""

from remediate.postgres.sql import commented


def cell(value: object) -> str:
    """As text, also in a table."""
    return "".join(f"\\{c}" if c in "|\\`*_<>[]" else c for c in commented(str(value)))


def code(value: object) -> str:
    """As code in a line: the backticks around it are more than those in it."""
    text = commented(str(value))
    return f"`` {text} ``" if "`" in text else f"`{text}`"
