"""`remediate explain`: a rule, a hazard, or an error of PostgreSQL."""

from remediate.findings.finding import Rule
from remediate.findings.remedy import Hazard
from remediate.findings.selection import chosen
from remediate.logs.errors import ServerError
from remediate.logs.reader import explained
from remediate.rules import RULES


def explain(text: str) -> Rule | Hazard | ServerError:
    """What this code, name, SQLSTATE or pasted error means.

    Raises UsageProblem for what is none of these, with the codes of the rules.
    """
    if text.upper() in set(Hazard):
        return Hazard(text.upper())
    return explained(text) or chosen(RULES, [text], [])[0]
