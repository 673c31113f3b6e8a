"""The error in a text that somebody pasted: a message, a traceback, a piece of a log, a name."""

import re

from remediate.errors import UsageProblem
from remediate.findings.effects import ErrorKind
from remediate.logs.errors import CLASSES, CONDITIONS, KINDS, ServerError, cut_off
from remediate.logs.reader import LogReader


def explained(text: str) -> ServerError | None:
    """The error in a message, a traceback or a piece of a log; or of an SQLSTATE alone.

    None for a word that is neither. Raises UsageProblem for an error that is not about keys.
    """
    if not _may_be_error(text):
        return error_in(text)
    if error := error_in(text) or _in_part(text):
        return error
    if re.search(r'"pg_\w+_index"', text):
        raise UsageProblem(
            "this is not a key of your tables: two sessions created the same object at once",
            "Let one of them run first: revisions from one place alone, no create_all in workers.",
        )
    raise UsageProblem(
        "this is not an error that remediate knows: it covers keys, sequences and references",
        f"The errors that it knows: {', '.join(sorted(KINDS))}. The rules: remediate rules",
    )


def error_in(text: str) -> ServerError | None:
    """The same; None for any other text, and for a missing table, of which `explain` has a page."""
    name = _last_name(text)
    if name in CLASSES:
        return ServerError(CLASSES[name])
    if (sqlstate := _sqlstate(name)) in KINDS:
        return ServerError(KINDS[sqlstate])
    return (_first(text) or _of_class(text)) if _may_be_error(text) else None


def _in_part(text: str) -> ServerError | None:
    """The error of a message without its end, or without the quotes in it."""
    quoted = _QUOTES_LOST.sub(r'\1 "\2"', text)
    return cut_off(text) or _first(quoted) or cut_off(quoted)


# A shell takes away the quotes of what is not itself in quotes.
_QUOTES_LOST = re.compile(r"\b(column|relation|table|constraint|sequence) ([^\s\"']+)")


def _may_be_error(text: str) -> bool:
    """Whether it is more than a word, or has the form of an SQLSTATE."""
    code = _sqlstate(_last_name(text))
    return bool(re.search(r"\s", text.strip()) or re.fullmatch(r"\d[0-9A-Z]{4}", code))


def _last_name(text: str) -> str:
    return re.split(r"[.:\\\\]", text.strip())[-1]


def _sqlstate(name: str) -> str:
    word = name.removesuffix("Error")
    return CONDITIONS.get(word, word.upper())


def _of_class(text: str) -> ServerError | None:
    """The error of a class that is about constraints alone, where its text says no more."""
    name = re.split(r"[.\\]", text.strip().partition(":")[0])[-1]
    return ServerError(CLASSES[name]) if name in CLASSES and "Constraint" in name else None


def _first(text: str) -> ServerError | None:
    reader = LogReader()
    entries = [entry for line in text.splitlines() for entry in reader.take(line)]
    errors = (e.error for e in (*entries, *reader.rest()) if e.error)
    return next((e for e in errors if e.kind is not ErrorKind.TABLE_MISSING), None)
