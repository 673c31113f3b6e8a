"""Lines of a terminal that is 80 columns wide."""

import textwrap

from remediate.postgres.sql import commented

WIDTH = 80


def wrapped(text: str, start: str, hanging: int | None = None) -> list[str]:
    """The text behind `start`; further lines are as far in, or `hanging` columns."""
    below = " " * (len(start) if hanging is None else hanging)
    return textwrap.wrap(
        commented(text), WIDTH, initial_indent=start, subsequent_indent=below,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def sides(left: str, right: str) -> list[str]:
    """One at the left, one at the right; below each other where there is no room."""
    if not right:
        return [left]
    if len(left) + len(right) + 1 > WIDTH:
        return [left, f"{right:>{WIDTH}}"]
    return [f"{left}{right:>{WIDTH - len(left)}}"]
