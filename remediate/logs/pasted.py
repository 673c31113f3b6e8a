"""`remediate explain` of an error that somebody pasted."""

import re

from remediate.errors import UsageProblem
from remediate.logs.reading import LogReader
from remediate.logs.server_errors import CONDITIONS, KINDS, ServerError


def explained(text: str) -> ServerError | None:
    """The error in a message, a traceback or a piece of a log; or of an SQLSTATE alone.

    None for a word that is neither. Raises UsageProblem for an error that is not about keys.
    """
    word = text.strip().rpartition(".")[2].removesuffix("Error")
    sqlstate = CONDITIONS.get(word, word.upper())
    if sqlstate in KINDS:
        return ServerError(KINDS[sqlstate])
    if re.search(r"\s", text.strip()) is None and not re.fullmatch(r"\d[0-9A-Z]{4}", sqlstate):
        return None
    if error := _first(text):
        return error
    raise UsageProblem(
        "this error is none of those that broken keys and mistyped references lead to",
        f"These are: {', '.join(sorted(KINDS))}. The rules: remediate rules",
    )


def _first(text: str) -> ServerError | None:
    reader = LogReader()
    entries = [entry for line in text.splitlines() for entry in reader.take(line)]
    return next((e.error for e in (*entries, *reader.rest()) if e.error), None)
