"""`remediate review`: decisions about a saved plan, at once or item by item at a terminal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path

from remediate.commands.review_keys import (
    CHOICES,
    CHOICES_OF_MODELS,
    MORE,
    Choose,
    explained,
    screen,
    told,
    understood,
)
from remediate.errors import RemediateError, UsageProblem
from remediate.findings.remedy import HAZARD_TEXT, Proposal
from remediate.plans import plan_file
from remediate.plans.answers import Decision, added, is_same
from remediate.plans.choices import Choice, check
from remediate.plans.decisions import Order, approved, decide, skipped
from remediate.plans.hazards import to_accept
from remediate.plans.impact.impact import Impact
from remediate.plans.plan import Item, Plan
from remediate.plans.shapes import Shape, shapes
from remediate.plans.urgency import most_urgent_first
from remediate.render import card


@dataclass(frozen=True, slots=True)
class ReviewOptions:
    """What is decided, and by whom."""

    approve: tuple[str, ...] = ()
    """Codes of rules, ids of findings, or "all" that is proven or likely."""
    skip: tuple[str, ...] = ()
    """Codes of rules, ids of findings, or "all"; they need a reason."""
    reset: tuple[str, ...] = ()
    """Those about which decisions are taken back: the reviewer's own; without a name, all."""
    reason: str = ""
    """Why these are skipped, which needs one; where none are, why these are approved."""
    reviewer: str = ""
    """Who decides; the file names them."""
    allow: tuple[str, ...] = ()
    """Hazards that are accepted, by their names."""
    choose: tuple[str, ...] = ()
    """Ids of models without a table, each with create, code-only or delete: ID=code-only."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Somebody at a terminal."""

    ask: Callable[[str], str]
    """Asks a question and gives the line that answers it; raises EOFError where there is none."""
    show: Callable[[str], None]
    """Shows a text."""
    choose: Choose | None = None
    """Shows the list on a whole screen, until a key asks for something; None: item by item."""
    width: int = 80
    """Columns of a text that is shown."""


def review(plan: Path | str, options: ReviewOptions, dialogue: Dialogue | None = None) -> Plan:
    """The saved plan with these decisions, which its file has from then on.

    Where nothing is to be decided, its items are walked in a dialogue: everything said is saved at
    once. Raises UsageProblem for a file that is no plan, for a name that fits nothing, where a
    reviewer or a reason is missing, and where there is nobody to ask; Refused for hazards that are
    not accepted, and for what has no repair.
    """
    saved = plan_file.load(plan)
    order = Order(**{f.name: getattr(options, f.name) for f in fields(ReviewOptions)})
    if not order.is_empty:
        saved = decide(saved, order)
        plan_file.save(saved, plan)
        return saved
    if dialogue is None:
        raise UsageProblem(
            "a review asks questions, and this is no terminal",
            'Decide by options: --approve all --reviewer "Your Name", or --skip ID --reason TEXT.',
        )
    save = partial(plan_file.save, path=plan)
    walk = Walk(saved, dialogue.ask, dialogue.show, save, order)
    walk.choose, walk.width = dialogue.choose, dialogue.width
    return walk.run()


@dataclass
class Walk:
    """One sitting: everything decided is saved at once."""

    plan: Plan
    ask: Callable[[str], str]  # a line; EOFError where there is none
    show: Callable[[str], None]
    save: Callable[[Plan], None]
    order: Order
    shapes: tuple[Shape, ...] = ()
    at: int = 0
    shown: int = field(default=-1)
    why: str = ""  # the item that is shown may be approved
    choose: Choose | None = None
    width: int = 80

    def run(self) -> Plan:
        """From the first item that waits for an answer to the last one, or until it is stopped."""
        self.shapes = shapes(most_urgent_first(self.plan, self.plan.reviewable))
        try:
            if self.plan.half_approved:
                self._signed()
            waiting = {i.id for i in self._waiting}
            ids = [shape.first.id for shape in self.shapes]
            self.at = next((n for n, id_ in enumerate(ids) if id_ in waiting), len(ids))
            choose = self.choose if self.shapes else None
            while self._browsed(choose) if choose else self._walked():
                pass
        except EOFError:
            self.show("")
        return self.plan

    @property
    def shape(self) -> Shape:
        """What is shown, and decided about at once."""
        return self._now(self.at)

    def _now(self, number: int) -> Shape:
        """The items of a shape, with their decisions until now."""
        ids = {item.id for item in self.shapes[number].items}
        return Shape(tuple(item for item in self.plan.items if item.id in ids))

    @property
    def item(self) -> Item:
        return self.shape.first

    @property
    def _waiting(self) -> list[Item]:
        """What is open, and this reviewer has not answered."""
        open_ = {i.id for i in self.plan.unreviewed}
        open_ |= {i.id for i in self.plan.items if i.is_choice and not i.decision}
        return [i for i in self.plan.items if i.id in open_ and not self._has_answered(i)]

    def _has_answered(self, item: Item) -> bool:
        return any(is_same(self.order.reviewer, one.reviewer) for one in item.decisions)

    @property
    def impact(self) -> Impact | None:
        return self.plan.impacts.get(self.item.id)

    def _browsed(self, choose: Choose) -> bool:
        """One line that is typed in the list; False where it stops the review."""
        self.at = min(self.at, len(self.shapes) - 1)
        self.at, line = choose(screen(self.plan, self.shapes, self.at, self._help()))
        return self._answered(line)

    def _walked(self) -> bool:
        """One question; False where the person stops, and behind the last item."""
        if self.at >= len(self.shapes):
            return False
        if self.shown != self.at:
            self.show(f"\n{card.card(self.shape, self.impact, self.at + 1, len(self.shapes))}\n")
            self.show(self._help())
            self.shown = self.at
        return self._answered(self.ask("> "))

    def _answered(self, said: str) -> bool:
        """What the person asks for is done; False where the review is to stop."""
        line = said.strip()
        choice, rest = understood(line)
        if line and not choice:
            self.show(f"  Not understood, nothing is decided: {line}")
        if choice == "q":
            return False
        try:
            self._do(choice, rest)
        except RemediateError as error:
            self.show(f"  {error.message}")
        return True

    def _do(self, choice: str, rest: str) -> None:
        actions: dict[str, Callable[[], None]] = {
            "a": self._approve,
            "s": lambda: self._skip(rest),
            "c": lambda: self._choose(rest, Choice.CODE_ONLY),
            "t": lambda: self._choose(rest, Choice.DELETE),
            "r": self._approve_alike,
            "w": lambda: self._because(rest),
            "n": lambda: self._go(1),
            "b": lambda: self._go(-1),
            "x": lambda: self.show(card.upgrade(self.item, self.width)),
            "u": lambda: self.show(card.downgrade(self.item, self.width)),
            "d": lambda: self.show(card.dependants(self.impact)),
            "e": lambda: self.show(explained(self.item, self.width)),
        }
        actions.get(choice, lambda: self.show(self._help()))()

    def _help(self) -> str:
        text = CHOICES_OF_MODELS if self.item.is_choice else CHOICES
        return text.format(rule=self.item.finding.rule, more=MORE if self.choose else "")

    def _approve(self) -> None:
        for hazard in to_accept(self.item, self.order.allow):
            self.show(f"  {hazard.value}: {HAZARD_TEXT[hazard]}.")
            if self.ask("  Accept it by typing its name: ").strip().upper() != hazard.value:
                self.show("  Not approved.")
                return
            self.order = replace(self.order, allow=(*self.order.allow, hazard.value))
        self._decide(approved(self.item, self._with_reason()))

    def _approve_alike(self) -> None:
        """Of its rule, from here on: what was decided before stays as it is."""
        rule = self.item.finding.rule
        signed = self._with_reason()
        alike = [
            i
            for i in self._waiting
            if i.id == self.item.id or (i.finding.rule == rule and isinstance(i.remedy, Proposal))
        ]
        order = replace(signed, approve=tuple(i.id for i in alike))
        plan = decide(self.plan, order)
        if not self._means(alike):
            self.show("  Not approved.")
            return
        self.show(f"  {len(alike)} approved.")
        self._decided(plan)

    def _means(self, alike: Sequence[Item]) -> bool:
        """Whether the person knows how many: who is wrong about that has not read them."""
        if len(alike) < 2:
            return True
        self.show("\n".join(told(alike, self.width)))
        many = len(alike)
        answer = self.ask(f"  Type {many} to approve all {many}, or Enter to approve none: ")
        return answer.strip() == str(len(alike))

    def _choose(self, reason: str, choice: Choice) -> None:
        if self.item.is_choice:
            self._skip(reason, choice)
        else:
            self.show(self._help())

    def _skip(self, reason: str, choice: Choice | None = None) -> None:
        reason = reason or self.ask("  Why? ").strip()
        if not reason:
            self.show("  Not skipped: the next reader will ask why.")
            return
        order = replace(self._signed(), reason=reason)
        self._decide(skipped(self.item, order, choice))

    def _because(self, reason: str) -> None:
        """Of the approval of this item, or of all like it."""
        self.why = reason or self.ask("  Why? ").strip()
        self.show("  Kept for the approval." if self.why else "  No reason is kept.")

    def _with_reason(self) -> Order:
        signed = self._signed()
        return replace(signed, reason=self.why or signed.reason)

    def _decide(self, decision: Decision) -> None:
        """About the item that is shown, and those of other schemas that are told with it."""
        items = self.shape.items
        self._decided(self.plan.decided({i.id: added(i.decisions, decision) for i in items}))

    def _decided(self, plan: Plan) -> None:
        check(plan)
        self.plan = plan
        self.save(plan)
        self._go(1)

    def _go(self, by: int) -> None:
        """To the next item, or back; what is decided already is passed on the way forward."""
        at = self.at + by
        done = {i.id for i in self.plan.items if i.decision or self._has_answered(i)}
        while by > 0 and at < len(self.shapes) and self.shapes[at].first.id in done:
            at += 1
        if at < 0:
            self.show("  This is the first one.")
            return
        self.at, self.shown, self.why = at, -1, ""

    def _signed(self) -> Order:
        """With a name, asked for once."""
        while not self.order.reviewer.strip():
            name = self.ask("  Your name, for the revision: ")
            if understood(name.strip())[0]:
                raise UsageProblem("Nothing is decided: that is a key, and a name is needed.")
            self.order = replace(self.order, reviewer=name)
        return self.order
