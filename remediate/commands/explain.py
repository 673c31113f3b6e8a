"""`remediate explain`: a rule, a hazard, or an error of PostgreSQL."""

import re

from remediate.findings.finding import Rule
from remediate.findings.remedy import Hazard
from remediate.findings.selection import called, chosen
from remediate.logs.errors import ServerError
from remediate.logs.reader import explained
from remediate.rules import RULES


def explain(text: str) -> Rule | Hazard | ServerError:
    """What this code, name, SQLSTATE, finding or pasted error means.

    Raises UsageProblem for what is none of these, with the codes of the rules.
    """
    if rule := _rule(text):
        return rule
    hazard = re.sub(r"[\s-]", "_", text.strip().upper())
    if hazard in set(Hazard):
        return Hazard(hazard)
    return explained(text) or chosen(RULES, [text], [])[0]


def _rule(text: str) -> Rule | None:
    """The rule of a code or a name, or of a finding: its id and its lines begin with the code."""
    first = re.split(r"[:\s]", text.strip(), maxsplit=1)[0]
    return called(RULES, text) or called(RULES, first)
