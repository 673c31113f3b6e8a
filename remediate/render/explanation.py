"""What a rule, a hazard, a topic or an error is about, and what to do next."""

import textwrap
from collections.abc import Iterable

from remediate.findings.effects import Family
from remediate.findings.finding import Rule
from remediate.findings.remedy import ACCEPTED_BY_NAME, HAZARD_TEXT, Hazard
from remediate.findings.topics import Topic
from remediate.logs.errors import ServerError
from remediate.render import server_error
from remediate.render.fitting import fitted
from remediate.render.lines import WIDTH, wrapped


def rules(known: Iterable[Rule], topics: Iterable[Topic]) -> str:
    """Each rule, and each topic, with what it is about beside it."""
    lines = [line for r in known for line in wrapped(r.summary, f"{r.code:6}  {r.name:29}  ")]
    beside = [line for t in topics for line in wrapped(t.summary, f"{t.name:13}  ")]
    return "\n".join([*lines, "", "Topics:", *beside, "", "Next:  remediate explain NAME"])


def render(meant: Rule | Hazard | Topic | ServerError) -> str:
    """The page of a rule or a topic, the sentence of a hazard, the meaning of an error."""
    match meant:
        case Rule():
            page = f"{meant.code} {meant.name}\n\n{meant.page.strip()}"
            secrets = meant.family is Family.SECRETS
            found_by = "check --secrets" if secrets else f"plan --select {meant.code}"
            return f"{fitted(page)}\n\nNext:  remediate {found_by}"
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
