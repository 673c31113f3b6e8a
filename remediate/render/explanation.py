"""What a rule, a hazard, a topic or an error is about, and what to do next."""

import textwrap
from collections.abc import Iterable

from remediate.findings.finding import Rule
from remediate.findings.remedy import ACCEPTED_BY_NAME, HAZARD_TEXT, Hazard
from remediate.findings.topics import Topic
from remediate.logs.errors import ServerError
from remediate.render import server_error
from remediate.render.fitting import fitted
from remediate.render.lines import WIDTH


def rules(known: Iterable[Rule], topics: Iterable[Topic]) -> str:
    """One line a rule, and one a topic."""
    lines = [f"{rule.code}  {rule.name:28}  {rule.summary}" for rule in known]
    beside = [f"{topic.name:14}  {topic.summary}" for topic in topics]
    return "\n".join([*lines, "", "Topics:", *beside, "", "Next:  remediate explain NAME"])


def render(meant: Rule | Hazard | Topic | ServerError) -> str:
    """The page of a rule or a topic, the sentence of a hazard, the meaning of an error."""
    match meant:
        case Rule():
            page = f"{meant.code} {meant.name}\n\n{meant.page.strip()}"
            return f"{fitted(page)}\n\nNext:  remediate plan --select {meant.code}"
        case Hazard():
            return _hazard(meant)
        case Topic():
            return f"{fitted(meant.page.strip())}\n\nNext:  {meant.next}"
    return server_error.explanation(meant)


def _hazard(hazard: Hazard) -> str:
    text = textwrap.fill(f"{hazard.value}: {HAZARD_TEXT[hazard]}.", WIDTH)
    if hazard not in ACCEPTED_BY_NAME:
        return text
    return f"{text}\n\nAccept it by name: remediate generate --allow {hazard.value}"
