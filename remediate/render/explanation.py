"""What a rule, a hazard or an error means, and what to do next."""

import textwrap
from collections.abc import Iterable

from remediate.findings.finding import Rule
from remediate.findings.remedy import ACCEPTED_BY_NAME, HAZARD_TEXT, Hazard
from remediate.logs.errors import ServerError
from remediate.render import server_error
from remediate.render.lines import WIDTH


def rules(known: Iterable[Rule]) -> str:
    """One line a rule."""
    lines = [f"{rule.code}  {rule.name:28}  {rule.summary}" for rule in known]
    return "\n".join([*lines, "", "Next:  remediate explain CODE"])


def render(meant: Rule | Hazard | ServerError) -> str:
    """The page of a rule, the sentence of a hazard, the meaning of an error."""
    match meant:
        case Rule():
            page = f"{meant.code} {meant.name}\n\n{meant.page.strip()}"
            return f"{page}\n\nNext:  remediate plan --select {meant.code}"
        case Hazard():
            return _hazard(meant)
    return server_error.explanation(meant)


def _hazard(hazard: Hazard) -> str:
    text = textwrap.fill(f"{hazard.value}: {HAZARD_TEXT[hazard]}.", WIDTH)
    if hazard not in ACCEPTED_BY_NAME:
        return text
    return f"{text}\n\nAccept it by name: remediate generate --allow {hazard.value}"
