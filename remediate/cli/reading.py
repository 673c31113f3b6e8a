"""What a person reads at a terminal: by pages, whole words a line, and what of it was shown."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from remediate.render.card import Card
from remediate.system.words import counted


def fitted(line: str, width: int) -> list[str]:
    """The line in at most so many columns; what goes on below is two columns further in."""
    if len(line) <= width:
        return [line]
    text = line.lstrip()
    start = " " * min(len(line) - len(text), width // 2)
    return textwrap.wrap(
        text, width, initial_indent=start, subsequent_indent=f"{start}  ", break_on_hyphens=False
    )


def pages(text: str, width: int, height: int) -> Iterator[str]:
    """The text in parts that fit the screen."""
    shown = [part for line in text.split("\n") for part in fitted(line, width)]
    step = max(height, 1)
    return ("\n".join(shown[at : at + step]) for at in range(0, len(shown), step))


@dataclass
class Reading:
    """How far a person has read the card that is chosen, and which lines of all cards."""

    top: int = 0  # the first line of the card that is shown
    seen: dict[tuple[int, int], set[int]] = field(default_factory=dict)  # by row and width

    def view(self, at: int, card: Card, width: int, room: int) -> list[str]:
        """The part of a row's card for so many lines, which then counts as shown."""
        made = _narrow(card, width)
        if len(made.lines) <= room:
            self._show(at, width, range(len(made.lines)))
            return list(made.lines)
        if room < 2:  # nothing can be read: nothing counts
            return []
        end = min(self.top + room - 1, len(made.lines))
        self._show(at, width, range(self.top, end))
        return [*made.lines[self.top : end], _rest(made, end)]

    def turn(self, card: Card, width: int, room: int) -> None:
        """To the next part of the card; behind the last one, to its beginning."""
        self.top += max(room - 1, 1)
        if self.top >= len(_narrow(card, width).lines) or room < 2:
            self.top = 0

    def unread(self, at: int, card: Card, width: int) -> int:
        """How many notes of this row were not shown to their ends, at this width."""
        shown = self.seen.get((at, width), set())
        return sum(not shown.issuperset(note) for note in _narrow(card, width).notes)

    def _show(self, at: int, width: int, lines: Sequence[int]) -> None:
        self.seen.setdefault((at, width), set()).update(lines)


def _rest(card: Card, end: int) -> str:
    left = len(card.lines) - end
    if not left:
        return "  ... the end: m shows the beginning"
    notes = sum(note.stop > end for note in card.notes)
    with_notes = f" with {counted(notes, 'note')}" if notes else ""
    return f"  ... {counted(left, 'more line')}{with_notes}: m shows {'them' if left > 1 else 'it'}"


def _narrow(card: Card, width: int) -> Card:
    """The card where no line is longer: its notes are where they are then."""
    lines: list[str] = []
    starts = [0]
    for line in card.lines:
        lines += fitted(line, width)
        starts.append(len(lines))
    notes = tuple(range(starts[note.start], starts[note.stop]) for note in card.notes)
    return Card(tuple(lines), notes)
