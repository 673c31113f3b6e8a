"""Lines of a terminal, 80 columns wide where nobody tells its width."""

import re
import textwrap
from collections.abc import Iterator

from remediate.postgres.sql import commented

WIDTH = 80


def wrapped(text: str, start: str, hanging: int | None = None, width: int = WIDTH) -> list[str]:
    """The text behind `start`; further lines are as far in, or `hanging` columns."""
    below = " " * (len(start) if hanging is None else hanging)
    return textwrap.wrap(
        commented(text), width, initial_indent=start, subsequent_indent=below,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def each_wrapped(text: str, start: str, width: int = WIDTH) -> Iterator[str]:
    """The same of a text that has lines of its own, as source has: each begins below the first."""
    for line in text.split("\n"):
        yield from wrapped(line, start, width=width)
        start = " " * len(start)


def sides(left: str, right: str, width: int = WIDTH) -> list[str]:
    """One at the left, one at the right; below each other where there is no room."""
    if not right:
        return [left]
    if len(left) + len(right) + 1 > width:
        return [left, f"{right:>{width}}"]
    return [f"{left}{right:>{width - len(left)}}"]


# What SQL may not be broken in: literals and quoted names, which may hold spaces.
_WORD = re.compile(r"""(?:'(?:[^']|'')*'|"(?:[^"]|"")*"|[^\s'"])+""")


def sql(text: str, start: str, width: int = WIDTH) -> Iterator[str]:
    """A statement for psql behind `start`: long lines go on below, four columns further in."""
    for line in text.splitlines():
        words = _WORD.findall(line)
        # A comment ends with its line; a name may go on in the next one.
        if line.lstrip().startswith("--") or line.split() != " ".join(words).split():
            yield f"{start}{line}"
            continue
        indent = start + " " * (len(line) - len(line.lstrip()))
        made = indent + words[0] if words else start
        for word in words[1:]:
            if len(made) + len(word) + 1 > width:
                yield made
                made = f"{indent}    {word}"
            else:
                made += f" {word}"
        yield made
