"""A check for the terminal and for programs; and what is said beside it."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import replace

from remediate.plans.baseline import Checked
from remediate.plans.document import as_json as document_of
from remediate.postgres.sql import commented
from remediate.render import text

_OPTION = {"models": "models-only", "revisions": "versions-only"}


def as_json(made: Checked) -> str:
    """The plan with everything that was found, and which of it is new."""
    baseline = {
        "known": len(made.known),
        "new": [item.finding.id for item in made.new],
        "worse": {id_: severity.value for id_, severity in made.worse.items()},
        "stale": [entry.id for entry in made.stale],
        "unused": list(made.unused),
    }
    document = {**document_of(made.plan), "baseline": baseline}
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_text(made: Checked) -> str:
    """What is new, as a plan shows it."""
    shown = replace(made.plan, items=made.to_report)
    if made.new or not made.known:
        return text.render(shown)
    unverified = text.render(shown, text.Style(quiet=True))
    known = f"Nothing new: {len(made.known)} known in {made.file}."
    again = f"check --{_OPTION[made.look.side]} -f json" if made.look.side else "plan"
    return f"{unverified}\n{known}\n\nNext:  remediate {again}   (shows them)".lstrip()


def beside(made: Checked) -> str:
    """Counts, and what no longer holds: for standard error; "" where there is nothing to say."""
    return "\n".join(_beside(made))


def _beside(made: Checked) -> Iterator[str]:
    if made.known or made.stale:
        counts = f"{len(made.new)} new, {len(made.known)} known, {len(made.stale)} stale"
        yield f"{counts}   ({made.file})"
    if made.new:
        yield "To accept what is new, run it again with --update-baseline."
    if made.stale:
        yield "Stale is what is found no longer; --update-baseline removes it:"
        yield from (f"  {commented(entry.id)}" for entry in made.stale)
    if made.unused:
        yield "Nothing fits these in [tool.remediate.ignore]; remove them:"
        yield from (f"  {commented(pattern)}" for pattern in made.unused)


def updated(made: Checked) -> str:
    """What became of the baseline, and the next command."""
    counts = f"{len(made.entries)} accepted, {made.added} of them new; {made.removed} removed"
    return f"{made.file}: {counts}.\n\nNext:  git add {shlex.quote(made.file)}   (then commit it)"
