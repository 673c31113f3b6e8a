"""An item of a saved plan, as somebody who decides about it reads it."""

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from remediate.findings.remedy import HAZARD_TEXT, Hazard
from remediate.plans.saved import Answer, Decision, SavedItem, SavedPlan
from remediate.postgres.sql import commented
from remediate.render.lines import sides, wrapped
from remediate.snapshots.tables import Name


def card(item: SavedItem, number: int, count: int) -> str:
    """What is wrong, what would be done, and what it takes."""
    finding = item.finding
    place = item.id.partition(":")[2]
    model = finding["model"]
    source = f"{model['file']}:{model['line']}" if model else ""
    head = f"[{number}/{count}]  {finding['rule']} {finding['name']}   "
    lines = [
        f"{head}{finding['severity']}, {finding['confidence']}",
        *sides(commented(place), source),
        *wrapped(finding["message"], "  "),
        *_said("does", item.remedy["title"]),
        *_said("undo", item.remedy["undo"]),
        *_said("lock", _locks(item.remedy["steps"])),
    ]
    for hazard in item.hazards:
        lines += _said("note", f"{hazard}: {HAZARD_TEXT[Hazard(hazard)]}")
    lines += [*_risk(finding)]
    if item.decision:
        lines += _said("now", decided(item.decision))
    return "\n".join(lines)


def decided(decision: Decision) -> str:
    """A decision in words."""
    reason = f": {decision.reason}" if decision.reason else ""
    allowed = f", with {', '.join(decision.allowed)}" if decision.allowed else ""
    return f"{decision.answer} by {decision.reviewer} on {decision.date}{allowed}{reason}"


def sql(item: SavedItem, way: str) -> str:
    """The statements up, or those down in the order in which they run."""
    statements = [step[way] for step in item.remedy["steps"] if step[way]]
    ordered = statements if way == "up" else reversed(statements)
    return "\n".join(f"  {line}" for text in ordered for line in f"{text};".splitlines())


def dependants(item: SavedItem) -> str:
    """The tables that cannot get rows without this one."""
    affected = item.finding.get("affects") or []
    if not affected:
        return "  no other table references it"
    return "\n".join(wrapped(", ".join(_name(table) for table in affected), "  "))


def standing(saved: SavedPlan) -> str:
    """How far the review is."""
    answers = [item.decision.answer for item in saved.items if item.decision]
    approved, skipped = answers.count(Answer.APPROVED), answers.count(Answer.SKIPPED)
    return f"{approved} approved, {skipped} skipped, {len(saved.unreviewed)} to decide."


def saved(file: str, kept: int, fallen: Sequence[str]) -> str:
    """What became of the file, and of the decisions in it."""
    lines = [f"Saved in {file}" + (f"; {kept} decisions stay." if kept else ".")]
    for id_ in fallen:
        lines += wrapped(f"{id_}: gone or changed, the decision about it too", "  ")
    return "\n".join(lines)


def reviewed(saved: SavedPlan, file: str) -> str:
    """The outcome, and the next command."""
    lines = [standing(saved)]
    lines += [
        f"  {item.decision.answer:8}  {item.id}" + f"   {item.decision.reason}".rstrip()
        for item in saved.items
        if item.decision
    ]
    by_hand = sum(not item.is_repairable for item in saved.items)
    if by_hand:
        lines.append(f"{by_hand} by hand; see: remediate plan")
    ready = saved.approved and not saved.unreviewed
    lines += ["", f"Next:  remediate {'generate' if ready else 'review'} {shlex.quote(file)}"]
    return "\n".join(lines)


def _locks(steps: Sequence[dict[str, Any]]) -> str:
    held = dict.fromkeys((s["lock"], s["relation"]) for s in steps if s["lock"])
    said = ", ".join(f"{lock} on {relation}" for lock, relation in held)
    alone = any(not step["transactional"] for step in steps)
    return (said or "none on a table") + ("; some in autocommit" if alone else ", until commit")


def _risk(finding: Any) -> Iterator[str]:
    if risk := finding.get("risk"):
        serves = f"; serves {finding['feature']}" if finding.get("feature") else ""
        yield from _said("risk", f"{risk['tier']}, {risk['score']} of 9{serves}")
        for why in risk["why"]:
            yield from wrapped(why, " " * 8)
    if affected := finding.get("affects"):
        tables = f"{len(affected)} table{'s' if len(affected) > 1 else ''}"
        yield from _said("hits", f"{tables} that reference it, directly or through others")


def _name(table: Any) -> str:
    return table if isinstance(table, str) else str(Name(*table))


def _said(word: str, text: str) -> list[str]:
    return wrapped(text, f"  {word:4}  ")
