"""Short answers to words that stand in reports about such incidents, and lead to no page of ours.

Each says what `remediate` does about it, and with which command; some lead to the page of a rule.
"""

import re
from collections.abc import Iterator

from remediate.commands.answer_texts import ANSWERS
from remediate.findings.finding import Rule
from remediate.findings.topics import Topic
from remediate.rules import RULES

_LINES = 5


def answer(text: str) -> Rule | Topic | None:
    """The page of the rule that a text is about, or a short answer; None where neither fits.

    Of a long text, such as a traceback, the last line counts: the others name files and functions.
    """
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    lines = lines[-1:] if len(lines) > _LINES or "Traceback" in text else lines
    return next((found for line in lines for found in _matching(line)), None)


def _matching(line: str) -> Iterator[Rule | Topic]:
    for rule in RULES:
        if rule.called and re.search(rule.called, line, re.IGNORECASE):
            yield rule
    for title, (pattern, said, command) in ANSWERS.items():
        if re.search(pattern, line, re.IGNORECASE):
            page = f"{title}\n{'=' * len(title)}\n\n{' '.join(said.split())}"
            yield Topic(title, "", page, command)
