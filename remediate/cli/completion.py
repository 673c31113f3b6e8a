"""What a shell completes: rules, hazards, and the findings and tables of a saved plan.

No database is asked, and nothing is imported that a word does not need.
"""

import os
import shlex
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

Words = Iterable[tuple[str, str]]  # each with what it is
Completed = list[tuple[str, str]]

_INSTRUCTION = "_REMEDIATE_COMPLETE"
_WIDTH = 60  # columns of what a word is
_SEPARATORS = (":", "=")  # bash ends a word at each of them


class _Word(str):
    """A word that was chosen for what is typed, whatever its case: Typer would compare again."""

    __slots__ = ()

    def startswith(self, *_: object) -> bool:
        return True


def join_words() -> None:
    """Put together again what bash took apart at `:` and `=`, before Typer reads it."""
    words = os.environ.get("COMP_WORDS", "").split("\n")
    number = os.environ.get("COMP_CWORD", "")
    if not _is_bash() or not number.isdigit() or int(number) >= len(words):
        return
    joined = [""]
    for word in words[: int(number) + 1]:
        if word.startswith(_SEPARATORS) or joined[-1].endswith(_SEPARATORS):
            joined[-1] += word
        else:
            joined.append(word)
    del joined[0]
    os.environ |= {"COMP_WORDS": "\n".join(joined), "COMP_CWORD": str(len(joined) - 1)}


def _is_bash() -> bool:
    return os.environ.get(_INSTRUCTION) == "complete_bash"


def rules(incomplete: str) -> Completed:
    """Rules, by code or by name."""
    return _chosen(_rules(), incomplete)


def hazards(incomplete: str) -> Completed:
    """Hazards that a person accepts by name."""
    return _chosen(_hazards(), incomplete)


def explained(incomplete: str) -> Completed:
    """What `remediate explain` has a page of: rules, topics, hazards."""
    from remediate.commands.topics import topics  # noqa: PLC0415

    listed = ((topic.name, topic.summary) for topic in topics())
    return _chosen([*_rules(), *listed, *_hazards()], incomplete)


def findings(incomplete: str) -> Completed:
    """The ids in a saved plan, their rules, and "all"."""
    from remediate.commands import saved_names  # noqa: PLC0415

    found = saved_names.findings(_plans())
    codes = ((id_.partition(":")[0], "every finding of this rule") for id_, _ in found)
    every = ("all", "every finding that is proven or likely")
    return _chosen(dict([every, *codes, *found]).items(), incomplete)


def tables(incomplete: str) -> Completed:
    """The tables of a saved plan, as its findings and healthy keys name them."""
    from remediate.commands import saved_names  # noqa: PLC0415

    return _chosen(((name, "") for name in saved_names.tables(_plans())), incomplete)


def schemas(incomplete: str) -> Completed:
    """The schemas of these tables."""
    from remediate.commands import saved_names  # noqa: PLC0415

    return _chosen(((name, "") for name in saved_names.schemas(_plans())), incomplete)


def _plans() -> tuple[Path, ...]:
    """The files of JSON that the line names; else plan.json.

    Parameters do not tell: Typer stops reading them at the option whose value is being typed.
    """
    line = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")
    try:
        words = shlex.split(line)
    except ValueError:  # a quote is still open
        words = line.split()
    named = tuple(Path(word) for word in words if word.endswith(".json"))
    return named or (Path("plan.json"),)


def _rules() -> Iterator[tuple[str, str]]:
    from remediate.commands.rules import rules as known  # noqa: PLC0415

    yield from ((rule.code, rule.summary) for rule in known())
    yield from ((rule.name, f"{rule.code}: {rule.summary}") for rule in known())


def _hazards() -> Iterator[tuple[str, str]]:
    from remediate.findings.remedy import ACCEPTED_BY_NAME, HAZARD_TEXT, Hazard  # noqa: PLC0415

    return ((name, HAZARD_TEXT[Hazard(name)]) for name in sorted(ACCEPTED_BY_NAME))


def _chosen(words: Words, incomplete: str) -> Completed:
    """Those that begin as typed, in any case, as the shell wants them."""
    if _is_bash() and '"' in incomplete:
        return []  # bash ends a word within a quoted name, too
    start = incomplete.casefold()
    return [
        (_Word(_spelled(word, incomplete)), _short(what))
        for word, what in words
        if word.casefold().startswith(start) and _is_harmless(word)
    ]


def _is_harmless(word: str) -> bool:
    """Names come from a database: zsh evaluates what Typer prints, which escapes no backslash."""
    return word.isprintable() and "\\" not in word


def _short(what: str) -> str:
    """On one line: a shell would read a second one as another word."""
    plain = "".join(c for c in what if c.isprintable() and c != "\\")
    return textwrap.shorten(plain, _WIDTH, placeholder=" ...")


def _spelled(word: str, incomplete: str) -> str:
    """For bash the rest after what ended a word, as one that it reads literally."""
    if not _is_bash():
        return word
    kept = max(incomplete.rfind(mark) for mark in _SEPARATORS) + 1
    return shlex.quote(word[kept:])
