"""What a rule, a hazard, a topic or an error is about, and what to do next."""

import json
import textwrap
from collections.abc import Iterable

from remediate.findings.effects import Family, RepairBy
from remediate.findings.finding import Rule
from remediate.findings.remedy import ACCEPTED_BY_NAME, HAZARD_TEXT, Hazard
from remediate.findings.topics import Topic
from remediate.logs.errors import ServerError
from remediate.render import server_error
from remediate.render.fitting import fitted
from remediate.render.lines import WIDTH, wrapped
from remediate.render.style import PLAIN, Style
from remediate.system import addresses

FORMAT = "remediate.rules/1"


def rules(known: Iterable[Rule], topics: Iterable[Topic]) -> str:
    """Each rule on a line or two, and each topic, with what it is about beside it."""
    lines = ["rule    worst    repair    finds"]
    for rule in known:
        start = f"{rule.code:6}  {rule.worst.value:7}  {rule.repair.value:8}  "
        lines += [f"{start}{rule.name}", *wrapped(rule.summary, " " * len(start))]
    beside = [line for t in topics for line in wrapped(t.summary, f"{t.name:13}  ")]
    repairs = [line for word, text in _REPAIRS for line in wrapped(text, f"{word:8}  ")]
    return "\n".join(
        [
            *lines,
            "",
            "Repair:",
            *repairs,
            "",
            "Topics:",
            *beside,
            "",
            "Next:  remediate explain NAME",
        ]
    )


_REPAIRS = (
    (RepairBy.REVISION.value, "remediate generates it, where the finding itself allows that"),
    (RepairBy.CHOICE.value, "the same, but --approve all leaves it out: approve it by its name"),
    (RepairBy.HAND.value, "a person repairs it; the plan tells how"),
)


def rules_as_json(known: Iterable[Rule], topics: Iterable[Topic]) -> str:
    """The same for programs; `format` tells which keys there are."""
    rules = [
        {
            "code": rule.code,
            "name": rule.name,
            "family": rule.family.value,
            "summary": rule.summary,
            "severity": rule.worst.value,
            "repair": rule.repair.value,
            "only_selected": rule.asked_for,
            "without_database": rule.alone,
            "page": addresses.rule(rule.code),
        }
        for rule in known
    ]
    listed = [{"name": topic.name, "summary": topic.summary} for topic in topics]
    return json.dumps(
        {"format": FORMAT, "rules": rules, "topics": listed},
        indent=2,
        ensure_ascii=False,
    )


def render(meant: Rule | Hazard | Topic | ServerError, style: Style = PLAIN) -> str:
    """The page of a rule or a topic, the sentence of a hazard, the meaning of an error."""
    match meant:
        case Rule():
            page = f"{meant.code} {meant.name}\n\n{meant.page.strip()}"
            secrets = meant.family is Family.SECRETS
            found_by = "check --secrets" if secrets else f"plan --select {meant.code}"
            ends = f"Next:  remediate {found_by}\nPage:  {addresses.rule(meant.code)}"
            return f"{fitted(page, style)}\n\n{ends}"
        case Hazard():
            return _hazard(meant)
        case Topic():
            return f"{fitted(meant.page.strip(), style)}\n\nNext:  {meant.next}"
    return server_error.explanation(meant)


def _hazard(hazard: Hazard) -> str:
    text = textwrap.fill(f"{hazard.value}: {HAZARD_TEXT[hazard]}.", WIDTH)
    page = f"Page:  {addresses.hazard(hazard.value)}"
    if hazard not in ACCEPTED_BY_NAME:
        return f"{text}\n\n{page}"
    return f"{text}\n\nAccept it by name: remediate generate --allow {hazard.value}\n{page}"
