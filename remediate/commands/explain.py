"""`remediate explain`: a rule, a hazard, a defect, a topic, or an error of PostgreSQL."""

import re
import shlex

from remediate.commands.answers import answer
from remediate.commands.topics import defect_called, topic_about, topic_called, topics
from remediate.errors import UsageProblem
from remediate.findings.finding import Rule
from remediate.findings.remedy import Hazard
from remediate.findings.selection import called, known_rules
from remediate.findings.topics import Topic
from remediate.lint import KINDS
from remediate.logs.errors import ServerError
from remediate.logs.pasted import error_in, explained
from remediate.rehearsal.defect_pages import DEFECTS
from remediate.rules import RULES
from remediate.system import invocation
from remediate.system.words import did_you_mean


def explain(text: str) -> Rule | Hazard | Topic | ServerError:
    """What this code, name, SQLSTATE, finding, pasted error, model or sentence is about.

    Raises UsageProblem for what is none of these, with what is known, and for several.
    """
    _check(text)
    as_printed = defect_called(text) if text.strip() in DEFECTS else None
    if named := as_printed or _rule(text):  # two names are also those of rules, in small letters
        return named
    hazard = re.sub(r"[\s-]", "_", text.strip().upper())
    if hazard in set(Hazard):
        return Hazard(hazard)
    if topic := defect_called(text) or topic_called(text):
        return topic
    if found := error_in(text) or topic_about(text) or answer(text) or explained(text):
        return found
    raise UsageProblem(f"there is no rule {text!r}", _hint(text))


def _hint(text: str) -> str:
    if near := _nearly(text):
        return f"{near} All of them: remediate rules"
    table = ""
    if re.fullmatch(r'[\w."]+', word := text.strip()):
        table = f"A table: {invocation.remediate(f'plan --table {shlex.quote(word)}')}. "
    names = ", ".join(topic.name for topic in topics())
    return f"{table}{known_rules(RULES, text)}. Topics: {names}"


def _nearly(text: str) -> str:
    """The question for what is spelled nearly so: a rule, a topic, a hazard, a defect."""
    others = (*(topic.name for topic in topics()), *map(str, Hazard), *DEFECTS, *KINDS)
    known = {_plain(name): name for name in others}
    known |= {_plain(name): rule.code for rule in RULES for name in (rule.code, rule.name)}
    return did_you_mean(_plain(text), known, cutoff=0.75)


def _plain(word: str) -> str:
    return re.sub(r"[\s_]+", "-", word.strip().lower())


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
