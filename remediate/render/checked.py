"""The result of a check as text and as JSON, with the notes for standard error."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import replace

from remediate.plans.baseline import Checked
from remediate.plans.document import as_json as document_of
from remediate.plans.plan import Plan
from remediate.postgres.sql import commented
from remediate.render import closing, text
from remediate.render.style import PLAIN, Style
from remediate.system import invocation

_OPTION = {"models": "models-only", "revisions": "versions-only", "secrets": "secrets"}


def as_json(checked: Checked) -> str:
    """The plan with everything that was found, and which of it is new."""
    return json.dumps(document(checked), indent=2, ensure_ascii=False)


def document(checked: Checked) -> dict[str, object]:
    """The same as JSON values."""
    baseline = {
        "known": len(checked.accepted),
        "new": [item.finding.id for item in checked.new],
        "worse": {id_: severity.value for id_, severity in checked.worse.items()},
        "stale": [entry.id for entry in checked.stale],
        "unused": list(checked.unused),
    }
    return {**document_of(checked.plan), "baseline": baseline}


def to_report(checked: Checked) -> Plan:
    """The plan with what is to be reported alone."""
    return replace(checked.plan, items=checked.to_report)


def as_text(checked: Checked, style: Style = PLAIN) -> str:
    """What is new, as a plan shows it."""
    shown = to_report(checked)
    if checked.new or not checked.accepted:
        return text.render(shown, style)
    unverified, known = text.remaining(shown), nothing(checked)
    again = f"check --{_OPTION[checked.look.side]} -f json" if checked.look.side else "plan"
    return f"{unverified}\n{known}\n\nNext:  {invocation.remediate(again)}   (shows them)".lstrip()


def nothing(checked: Checked) -> str:
    """That nothing is new, and of what."""
    if checked.accepted:
        return f"Nothing new: {len(checked.accepted)} known in {checked.file}."
    return closing.nothing(checked.plan)


def beside(checked: Checked) -> str:
    """Counts, and what no longer holds: for standard error; "" where there is nothing to say."""
    return "\n".join(_beside(checked))


def _beside(checked: Checked) -> Iterator[str]:
    if checked.accepted or checked.stale:
        counts = (
            f"{len(checked.new)} new, {len(checked.accepted)} known, {len(checked.stale)} stale"
        )
        yield f"{counts}   ({checked.file})"
    if checked.new:
        yield "To accept what is new, run it again with --update-baseline."
    if checked.stale:
        yield "Stale is what is found no longer; --update-baseline removes it:"
        yield from (f"  {commented(entry.id)}" for entry in checked.stale)
    if checked.unused:
        yield "Nothing fits these in [tool.remediate.ignore]; remove them:"
        yield from (f"  {commented(pattern)}" for pattern in checked.unused)


def updated(checked: Checked) -> str:
    """What became of the baseline, and the next command."""
    counts = (
        f"{len(checked.entries)} accepted, {checked.added} of them new; {checked.removed} removed"
    )
    file = checked.file
    return f"{file}: {counts}.\n\nNext:  git add {shlex.quote(file)}   (then commit it)"
