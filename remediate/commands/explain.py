"""`remediate explain`: a rule, a hazard, or an error of PostgreSQL."""

import re

from remediate.errors import UsageProblem
from remediate.findings.finding import Rule
from remediate.findings.remedy import Hazard
from remediate.findings.selection import called, chosen
from remediate.logs.errors import ServerError
from remediate.logs.reader import explained
from remediate.rules import RULES


def explain(text: str) -> Rule | Hazard | ServerError:
    """What this code, name, SQLSTATE, finding or pasted error means.

    Raises UsageProblem for what is none of these, with the codes of the rules, and for several.
    """
    _check(text)
    if rule := _rule(text):
        return rule
    hazard = re.sub(r"[\s-]", "_", text.strip().upper())
    if hazard in set(Hazard):
        return Hazard(hazard)
    return explained(text) or chosen(RULES, [text], [])[0]


def _check(text: str) -> None:
    """Raises UsageProblem for an empty text, and for one that names several rules."""
    words = re.split(r"[\s,]+", text.strip(", \t\r\n"))
    if words == [""]:
        raise UsageProblem(
            "there is nothing to explain: the text is empty",
            "Name a rule (remediate rules), or paste an error: remediate explain PK001",
        )
    found = {rule.code if (rule := called(RULES, word)) else "" for word in words}
    if "" not in found and len(found) > 1:
        raise UsageProblem(
            f"these are {len(found)} rules: {', '.join(sorted(found))}",
            f"Explain one at a time: remediate explain {min(found)}",
        )


def _rule(text: str) -> Rule | None:
    """The rule of a code or a name, or of a finding: its id and its lines begin with the code."""
    first = re.split(r"[:\s]", text.strip(), maxsplit=1)[0]
    return called(RULES, text) or called(RULES, first)
