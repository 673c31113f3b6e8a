"""Text that somebody else wrote, before a terminal reads it."""


def printable(text: str) -> str:
    """The text on one line: an escape for each line end, and for what a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
