"""What a reviewer answers, by keys and whole words; and the list of what there is to answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from remediate.plans.answers import Answer
from remediate.plans.plan import Item, Plan
from remediate.plans.shapes import Shape, shapes
from remediate.postgres.sql import commented
from remediate.render import card
from remediate.render.card import Card
from remediate.render.fitting import fitted
from remediate.render.item import notes
from remediate.render.style import Style
from remediate.rules import RULES

CHOICES = """\
  a approve   s skip, with a reason   n later   b back   q stop (all is saved)
  r approve this and all like it ({rule}, proven or likely){more}
  w reason for the approval   x SQL   u undo   d what depends on it   e explain"""

CHOICES_OF_MODELS = """\
  a create the table   c keep the model as code only, with a reason
  t the model is to be deleted, with a reason   s skip, with a reason
  n later   b back   q stop (all is saved)
  r create this and all like it ({rule}){more}
  w reason for the approval   x SQL   u undo   d what depends on it   e explain"""

_WORDS = {
    "create": "a", "code-only": "c", "delete": "t",
    "approve": "a", "skip": "s", "later": "n", "back": "b", "stop": "q", "quit": "q", "alike": "r",
    "why": "w", "sql": "x", "undo": "u", "depends": "d", "explain": "e",
    "more": "m",
}  # fmt: skip
MORE = "   m more lines"  # where a card is shown in parts
APPROVES = ("a", "r")
DECIDES = (*APPROVES, "s", "c", "t")
_WITH_A_REASON = ("s", "c", "t", "w")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: what is decided, how urgent it is, what and where."""

    mark: str  # "a" approved, "s" skipped, " " open
    tier: str  # "" without a database
    rule: str
    place: str


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything that a list on a whole screen shows."""

    rows: tuple[Row, ...]
    at: int  # the row that is chosen
    detail: Callable[[int, int], Card]  # the card of a row, in so many columns
    keys: str  # what they do
    status: str  # how far the review is


Choose = Callable[[Screen], tuple[int, str]]  # the row that was chosen, and the line that was typed


def screen(plan: Plan, listed: Sequence[Shape], at: int, keys: str) -> Screen:
    """The list of these, as the plan decides about them now."""
    known = {item.id: item for item in plan.items}

    def detail(number: int, width: int) -> Card:
        shape = Shape(tuple(known[item.id] for item in listed[number].items))
        impact = plan.impacts.get(shape.first.id)
        return card.laid_out(shape, impact, number + 1, len(listed), width)

    return Screen(rows(plan, listed), at, detail, keys, card.progress(plan))


def told(alike: Sequence[Item], width: int) -> list[str]:
    """What is approved at once, and below it each note about any of it."""
    hazards = dict.fromkeys(h for item in alike for step in item.steps for h in step.hazards)
    return [*(f"  {card.called(shape)}" for shape in shapes(alike)), *notes(hazards, width)]


def explained(item: Item, width: int) -> str:
    """The page of its rule, in so many columns."""
    rule = next(r for r in RULES if r.code == item.finding.rule)
    return fitted(rule.page.strip(), Style(width=width))


def rows(plan: Plan, listed: Sequence[Shape]) -> tuple[Row, ...]:
    """A row for each of these, as the plan decides about them now."""
    known = {item.id: item for item in plan.items}
    return tuple(_row(plan, shape, known[shape.first.id]) for shape in listed)


def _row(plan: Plan, shape: Shape, item: Item) -> Row:
    impact = plan.impacts.get(item.id)
    answers = [decision.answer for decision in item.decisions]
    mark = {Answer.APPROVED: "a", Answer.SKIPPED: "s"}.get(answers[-1], " ") if answers else " "
    many = f" in {len(shape.items):,} schemas" if shape.is_shared else ""
    tier = str(impact.risk.tier) if impact else ""
    return Row(mark, tier, item.finding.rule, commented(f"{shape.place}{many}"))


def understood(line: str) -> tuple[str, str]:
    """The key that a line is or names, and what follows it; "" for anything else.

    Exactly, and only what needs a reason takes more words: a line that is misread must not approve.
    """
    word, _, rest = line.partition(" ")
    key = _WORDS.get(word.lower(), word.lower())
    if key not in _WORDS.values() or (rest.strip() and key not in _WITH_A_REASON):
        return "", ""
    return key, rest.strip()
