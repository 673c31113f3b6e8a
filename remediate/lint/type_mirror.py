"""Whether a downgrade gives back the types that its upgrade changes."""

from collections.abc import Iterator
from dataclasses import dataclass

from remediate.lint import facts
from remediate.lint.events import Effect, Run
from remediate.lint.facts import Event
from remediate.lint.scope import HOLE
from remediate.lint.values import Spot, plain


@dataclass(slots=True)
class Changed:
    """A column whose type an upgrade changes; types are "" where they are not known."""

    effect: Effect
    old: str
    new: str
    back: str = ""  # what the downgrade makes of it

    def message(self, spot: Spot) -> str:
        """What the downgrade leaves of it."""
        place = ".".join(spot)
        if self.back:
            return (
                f"the downgrade changes {place} to {self.back}, but before the upgrade it was "
                f"{self.old}"
            )
        old = f", which was {self.old} before the upgrade" if self.old else ""
        return f"the downgrade leaves {place} {self.new}{old}: its former type does not come back"


def unmirrored(up: Run, down: Run) -> Iterator[tuple[Spot, Changed]]:
    """The columns that surely have another type than before, once both have run."""
    changed = dict[Spot, Changed]()
    for effect in up.effects:
        _follow(changed, effect, up)
    left = {spot: one for spot, one in changed.items() if one.new not in ("", one.old)}
    for effect in down.effects:
        _take_back(left, effect.event, down)
    yield from left.items()


def _follow(changed: dict[Spot, Changed], effect: Effect, run: Run) -> None:
    context = effect.event.step.context
    match effect.event.fact:
        case facts.TypeChanged(table=table, column=name) as fact:
            spot, new = (plain(table), name), run.end.type(fact.type)
            made = effect.column is not None and spot not in run.before.columns
            sure = not (context.branch or context.suppressed_at or HOLE in table + name or made)
            old = changed[spot].old if spot in changed else effect.type or run.end.type(fact.old)
            changed[spot] = Changed(effect, old, new if sure else "")
        case fact:
            _move(changed, fact)


def _take_back(left: dict[Spot, Changed], event: Event, run: Run) -> None:
    match event.fact:
        case facts.TypeChanged(table=table, column=name, type=type_):
            one = left.pop((plain(table), name), None)
            back = "" if event.branch else run.end.type(type_)
            if one and one.old and back not in ("", one.old):
                left[plain(table), name] = Changed(one.effect, one.old, one.new, back)
        case fact:
            _move(left, fact)


def _move(changed: dict[Spot, Changed], fact: facts.Fact) -> None:
    """Columns and tables that get another name, go, or come."""
    match fact:
        case facts.TableRenamed(table=table, new=new):
            for spot in _of(changed, table):
                changed[plain(new), spot[1]] = changed.pop(spot)
        case facts.ColumnRenamed(table=table, column=name, new=new):
            if (plain(table), name) in changed:
                changed[plain(table), new] = changed.pop((plain(table), name))
        case _:
            _forget(changed, fact)


def _forget(changed: dict[Spot, Changed], fact: facts.Fact) -> None:
    match fact:
        case facts.ColumnDropped(table=table, column=name):
            changed.pop((plain(table), name), None)
        case facts.ColumnAdded(table=table, column=column):
            changed.pop((plain(table), column.name), None)
        case facts.TableDropped(table=table) | facts.TableCreated(table=table):
            for spot in _of(changed, table):
                del changed[spot]


def _of(changed: dict[Spot, Changed], table: str) -> list[Spot]:
    return [spot for spot in changed if spot[0] == plain(table)]
