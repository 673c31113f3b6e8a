"""What changed since a plan was saved, as text, as JSON and as Markdown."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence

from remediate.plans.diff import Changed, Difference
from remediate.plans.plan import Item
from remediate.postgres.filters import cell
from remediate.postgres.sql import commented
from remediate.render.card import decided
from remediate.render.item import repair
from remediate.render.lines import wrapped
from remediate.render.room import COMMENT, fitted
from remediate.system import invocation
from remediate.system.formats import PlanFormat

FORMAT = "remediate.plan-diff/1"


def render(difference: Difference, format_: PlanFormat, file: str) -> str:
    """For a person, for a program, or for a pull request."""
    match format_:
        case PlanFormat.JSON:
            return _json(difference)
        case PlanFormat.MARKDOWN:
            return _markdown(difference, file)
        case _:
            return "\n".join(_text(difference, file))


def _json(difference: Difference) -> str:
    document = {
        "format": FORMAT,
        "new": [item.id for item in difference.new],
        "gone": [item.id for item in difference.gone],
        "changed": [
            {"id": one.now.id, "differences": list(_differences(one))} for one in difference.changed
        ],
        "same": difference.same,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _text(difference: Difference, file: str) -> Iterator[str]:
    yield from _listed("New", difference.new)
    yield from _listed("Gone", difference.gone)
    if difference.changed:
        yield "Changed"
        for one in difference.changed:
            yield f"  {commented(one.now.id)}"
            for sentence in _differences(one):
                yield from wrapped(sentence, "    ")
        yield ""
    yield _counts(difference, file)
    yield ""
    command = "review" if difference.is_empty else "plan --save"
    next_ = invocation.remediate(f"{command} {shlex.quote(file)}")
    yield f"Next:  {next_}"


def _counts(difference: Difference, file: str) -> str:
    same = f"{difference.same:,} the same" if difference.same else "nothing the same"
    new, gone, changed = map(len, (difference.new, difference.gone, difference.changed))
    return f"{new:,} new, {gone:,} gone, {changed:,} changed, {same} since {file}."


def _markdown(difference: Difference, file: str) -> str:
    """Within a comment of GitHub: as many findings of each list as fit, the rest counted."""
    lists = {
        "New": [_line(item, item.finding.message) for item in difference.new],
        "Changed": [_line(one.now, "; ".join(_differences(one))) for one in difference.changed],
        "Gone": [_line(item, item.finding.message) for item in difference.gone],
    }
    head = f"# Changes of the plan\n\n{cell(_counts(difference, file))}"
    longest = max(map(len, lists.values()))
    return fitted([], lambda number: "\n\n".join([head, *_some(lists, number)]), longest, COMMENT)


def _line(item: Item, told: str) -> str:
    return f"- **{cell(item.id)}**: {cell(told)}"


def _some(lists: Mapping[str, Sequence[str]], number: int) -> Iterator[str]:
    """Each list that is not empty, with its heading and as many lines."""
    for heading, lines in lists.items():
        left = len(lines) - number
        more = [f"- and {left:,} more"] if left > 0 else []
        if lines:
            yield "\n".join([f"## {heading}", "", *lines[:number], *more])


def _listed(heading: str, items: Sequence[Item]) -> Iterator[str]:
    if items:
        yield heading
        for item in items:
            yield f"  {commented(item.id)}"
            yield from wrapped(item.finding.message, "    ")
        yield ""


def _differences(one: Changed) -> Iterator[str]:
    then, now = one.then, one.now
    if then.finding.severity != now.finding.severity:
        yield f"severity: {then.finding.severity}, now {now.finding.severity}"
    if then.finding.confidence != now.finding.confidence:
        yield f"confidence: {then.finding.confidence}, now {now.finding.confidence}"
    if then.fingerprint != now.fingerprint:
        yield from (f"no longer holds: {decided(one)}" for one in then.standing)
        yield from _of_remedies(then, now)


def _of_remedies(then: Item, now: Item) -> Iterator[str]:
    titles = repair(then.remedy), repair(now.remedy)
    if titles[0] != titles[1]:
        yield f"repair: {titles[0]}; now {titles[1]}"
    before, after = _statements(then), _statements(now)
    yield from (f"no longer: {sql}" for sql in before if sql not in after)
    yield from (f"now also: {sql}" for sql in after if sql not in before)
    if titles[0] == titles[1] and set(before) == set(after):
        yield "what it expects of the database" if before == after else "the order of statements"


def _statements(item: Item) -> list[str]:
    return [" ".join(step.up.split()) for step in item.steps]
