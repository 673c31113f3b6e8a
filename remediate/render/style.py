"""How a text for the terminal looks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """How much to show, and whether in colour."""

    color: bool = False
    verbose: bool = False
    quiet: bool = False
    saved_as: str = ""  # the file in which the plan is, for review

    def paint(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.color else text


PLAIN = Style()
