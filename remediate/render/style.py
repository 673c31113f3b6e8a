"""How a text for the terminal looks."""

from collections.abc import Mapping
from dataclasses import dataclass

from remediate.findings.finding import Severity, Tier
from remediate.render.lines import WIDTH
from remediate.snapshots.tables import Location
from remediate.system.paths import address

BOLD, DIM, CODE = "1", "2", "1;36"
BAD, DOUBTFUL, GOOD = "1;97;41", "1;30;43", "1;30;42"
RED, GREEN, YELLOW, CYAN = "1;31", "32", "33", "36"
TICK, CROSS = "\N{CHECK MARK}", "\N{BALLOT X}"
OF_WEIGHT: dict[str, str] = {
    Tier.CRITICAL: "1;31",
    Tier.HIGH: "31",
    Tier.MEDIUM: "33",
    Tier.LOW: "36",
    Severity.ERROR: "1;31",
    Severity.WARNING: "33",
    Severity.INFO: "36",
}


@dataclass(frozen=True, slots=True)
class Style:
    """How much to show, how wide, and whether in colour."""

    color: bool = False
    verbose: bool = False
    quiet: bool = False
    saved_as: str = ""  # the file in which the plan is, for review
    width: int = WIDTH  # columns of the terminal
    every: bool = False  # no list is cut
    links: bool = False  # files and rules are hyperlinks (OSC 8)

    @property
    def whole(self) -> bool:
        """Whether lists are shown to their end."""
        return self.every or self.verbose

    def paint(self, text: str, code: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.color and text else text

    def marked(self, line: str, marks: Mapping[str, tuple[str, str]]) -> str:
        """The line with the mark at its start in colour.

        `marks`: by each mark, of how it looks then, as wide as before, and its colour.
        """
        found = next((mark for mark in marks if line.startswith(mark)), "") if self.color else ""
        if not found:
            return line
        looks, code = marks[found]
        return self.paint(f"{looks:{len(found)}}", code) + line.removeprefix(found)

    def linked(self, text: str, to: Location) -> str:
        """The text as a hyperlink to the file."""
        return self.hyperlink(text, address(to.file))

    def hyperlink(self, text: str, to: str) -> str:
        """The text as a hyperlink, for terminals that know how (others ignore it)."""
        return f"\033]8;;{to}\033\\{text}\033]8;;\033\\" if self.links else text


PLAIN = Style()
