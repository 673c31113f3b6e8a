"""What changed since a plan was saved, as text and as JSON."""

import json
import shlex
from collections.abc import Iterator, Sequence

from remediate.plans.diff import Difference
from remediate.plans.saved import SavedItem
from remediate.postgres.sql import commented
from remediate.render.lines import wrapped

FORMAT = "remediate.plan-diff/1"


def render(made: Difference, format_: str, file: str) -> str:
    """For a person, or for a program."""
    return _json(made) if format_ == "json" else "\n".join(_text(made, file))


def _json(made: Difference) -> str:
    document = {
        "format": FORMAT,
        "new": [item.id for item in made.new],
        "gone": [item.id for item in made.gone],
        "changed": [
            {"id": one.item.id, "differences": list(one.differences)} for one in made.changed
        ],
        "same": made.same,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _text(made: Difference, file: str) -> Iterator[str]:
    yield from _listed("New", made.new)
    yield from _listed("Gone", made.gone)
    if made.changed:
        yield "Changed"
        for one in made.changed:
            yield f"  {commented(one.item.id)}"
            for difference in one.differences:
                yield from wrapped(difference, "    ")
        yield ""
    same = f"{made.same} the same" if made.same else "nothing the same"
    yield (
        f"{len(made.new)} new, {len(made.gone)} gone, {len(made.changed)} changed, {same} "
        f"since {file}."
    )
    yield ""
    yield f"Next:  remediate {'review' if made.is_empty else 'plan --save'} {shlex.quote(file)}"


def _listed(heading: str, items: Sequence[SavedItem]) -> Iterator[str]:
    if items:
        yield heading
        for item in items:
            yield f"  {commented(item.id)}"
            yield from wrapped(item.finding["message"], "    ")
        yield ""
