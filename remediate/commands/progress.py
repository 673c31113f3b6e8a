"""How a command says how far it is: a callback for sentences."""

from collections.abc import Callable

Progress = Callable[[str], None]


def silent(sentence: str) -> None:
    """Say nothing: what a command does unless its caller wants to hear."""
