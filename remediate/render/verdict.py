"""The verdict on a database as the first sentence of a plan, and what it is made of in a line."""

from collections.abc import Iterator

from remediate.plans.plan import Plan
from remediate.plans.verdict import Verdict, verdict
from remediate.render import closing
from remediate.render.impact import uncounted
from remediate.render.lines import wrapped
from remediate.render.style import BAD, DIM, DOUBTFUL, GOOD, OF_WEIGHT, Style
from remediate.system.words import counted

_SCORE = "Health score {}/100 (higher is better)"


def lines(plan: Plan, style: Style) -> Iterator[str]:
    """The verdict; below, what is found in each tier, and the score."""
    found = verdict(plan)
    color = BAD if found.fails_now else DOUBTFUL
    if not plan.items and not found.hurts:
        color = DOUBTFUL if plan.unverified else GOOD
    for line in wrapped(sentence(plan, found), "", width=style.width):
        yield style.paint(line, color)
    if plan.impacts and plan.database.version:
        yield from _tiers(plan, style)


def sentence(plan: Plan, found: Verdict) -> str:
    """What is known of INSERTs; where nothing is against them, what was found and looked at."""
    told = [*_of_inserts(found)]
    if told:
        return "; ".join(told)
    if plan.items:
        return f"{counted(len(plan.items), 'finding')}{_no_insert(plan)}"
    return closing.healthy(plan)


def _no_insert(plan: Plan) -> str:
    """That no INSERT is known to fail, where the database was read."""
    if not plan.impacts or not plan.tables:
        return ""
    return f"; none of them is known to stop an INSERT ({counted(plan.tables, 'table')} read)"


def _of_inserts(found: Verdict) -> Iterator[str]:
    """A part of the sentence for each kind of table, the first with how many were looked at."""
    whole = f" of {counted(found.tables, 'table')}" if found.tables else ""
    first = True
    for number, one, several in (
        (found.rejecting, "rejects INSERT now", "reject INSERT now"),
        (found.of_models, "rejects the INSERT of its model", "reject the INSERTs of their models"),
        (found.spoiling, "takes rows that it should not", "take rows that they should not"),
        (found.doubtful, "probably rejects INSERT", "probably reject INSERT"),
        (found.failing, "will reject INSERT soon", "will reject INSERT soon"),
    ):
        if number:
            of = (whole if number <= found.tables else "") if first else " more"
            yield f"{number:,}{of or _tables(number)} {one if number == 1 else several}"
            first = False


def _tables(number: int) -> str:
    return " table" if number == 1 else " tables"


def _tiers(plan: Plan, style: Style) -> Iterator[str]:
    """How many findings in each tier, and the score; on one line where there is room."""
    tiers = [
        (f"{count:,} {tier}", OF_WEIGHT[tier]) for tier, count in plan.assessment.tiers.items()
    ]
    score = _SCORE.format(plan.assessment.score)
    if left := uncounted(plan):
        score += f"; {left}"
    painted = "   ".join(style.paint(text, code) for text, code in tiers)
    taken = len("   ".join(text for text, _ in tiers))
    if taken + 3 + len(score) <= style.width:
        yield f"{painted}   {style.paint(score, DIM)}"
    else:
        yield painted
        yield from (style.paint(line, DIM) for line in wrapped(score, "", width=style.width))
