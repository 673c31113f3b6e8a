"""The project's own commands before and after revisions are moved into versions/."""

import hashlib
import os
import re
import shlex
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from remediate.config import Config
from remediate.errors import Refused, UsageProblem
from remediate.system import command
from remediate.system.paths import STARTED_IN
from remediate.system.secrets import scrub
from remediate.system.words import counted

SECONDS = 900  # that a command may take
REVISIONS = "{revisions}"  # as a word of a command: the paths, each a word
_PLACEHOLDER = re.compile(r"\{\w+\}")
_VARIABLE = "REMEDIATE_REVISIONS"
_WHOLE = "All revisions are written: they are in versions/."
_REHEARSE = "Prove what is in versions/ now: remediate rehearse"
_LINES = 30  # of what a failing command printed


class Hook(StrEnum):
    """When a command runs, as its setting is called."""

    BEFORE = "before-landing"
    AFTER = "after-landing"


@dataclass(frozen=True, slots=True)
class Hooks:
    """The commands, word by word; empty: none."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


NO_HOOKS = Hooks()


def hooks(config: Config) -> Hooks:
    """The commands of the settings.

    Raises UsageProblem for a program that is not there, and for what reads as a placeholder and is
    none.
    """
    found = Hooks(config.before_landing, config.after_landing)
    for hook, words in ((Hook.BEFORE, found.before), (Hook.AFTER, found.after)):
        for word in words:
            _check_word(hook, word)
        if words and not _program(words[0]):
            raise UsageProblem(
                f"[tool.remediate] {hook}: there is no program {scrub(words[0])!r}",
                f'Write the program and its arguments as a list: {hook} = ["pytest", "-q"]. No '
                "shell reads it.",
            )
    return found


def _check_word(hook: Hook, word: str) -> None:
    if "\0" in word:
        raise UsageProblem(
            f"[tool.remediate] {hook}: a word holds the character \\0",
            "No program accepts it.",
        )
    if word != REVISIONS and (_PLACEHOLDER.fullmatch(word) or REVISIONS in word):
        raise UsageProblem(
            f"[tool.remediate] {hook}: {scrub(word)!r} is no placeholder",
            f"The only one is {REVISIONS!r}, a word of its own: it becomes the paths, each a word. "
            f"{_VARIABLE} in the environment holds them, too.",
        )


def _program(word: str) -> str | None:
    return shutil.which(STARTED_IN / word if os.sep in word else word)


def run_before(words: Sequence[str], staged: Sequence[Path], others: Iterable[Path]) -> None:
    """Run the command on staged revisions, beside which `others` are to land.

    Raises Refused where it fails, takes too long, or changes one of the files: what was proven is
    what lands.
    """
    known = {file: _digest(file) for file in (*staged, *others)}
    if failure := _failure(Hook.BEFORE, words, staged):
        raise Refused(failure, "Nothing was written to versions/.")
    if changed := _changed(known):
        raise Refused(
            f"{Hook.BEFORE} changes what was proven: {changed}",
            "Nothing was written to versions/. What formats revisions belongs into Alembic's "
            "post_write_hooks, which run before the rehearsal.",
        )


def run_after(words: Sequence[str], landed: Sequence[Path]) -> str:
    """Run the command on revisions that have landed; what went wrong, "" where nothing did."""
    known = {file: _digest(file) for file in landed}
    failure = _failure(Hook.AFTER, words, landed)
    if changed := _changed(known):
        told = f"{Hook.AFTER} changes what was proven: {changed}\n{_REHEARSE}"
        return f"{failure}\n{told}" if failure else told
    return f"{failure}\n{_WHOLE}" if failure else ""


def _changed(known: Mapping[Path, str]) -> str:
    """The names of the files whose content is another than it was."""
    return ", ".join(file.name for file, before in known.items() if _digest(file) != before)


def _failure(hook: Hook, words: Sequence[str], revisions: Sequence[Path]) -> str:
    """The command, how it failed, and the end of what it printed; "" where it did not."""
    paths = [*map(str, revisions)]
    started = [p for word in words for p in (paths if word == REVISIONS else [word])]
    variables = {**os.environ, _VARIABLE: os.pathsep.join(paths)}
    called = scrub(shlex.join(words))
    try:
        ended = command.run(started, STARTED_IN, variables, SECONDS)
    except OSError as error:
        return f"{hook} cannot be started ({error.strerror}): {called}"
    if ended.code == 0:
        return ""
    return "\n".join([f"{hook} {_end(ended.code)}: {called}", *_last_lines(ended.output)])


def _last_lines(output: str) -> list[str]:
    lines = [f"  {line}" for line in scrub(output).rstrip().splitlines()]
    more = len(lines) - _LINES
    return [f"  ... {counted(more, 'line')} before", *lines[-_LINES:]] if more > 0 else lines


def _end(code: int | None) -> str:
    if code is None:
        return f"was ended after {SECONDS} seconds"
    return f"fails with exit code {code}" if code > 0 else f"was ended by signal {-code}"


def _digest(file: Path) -> str:
    """Of its content; "" where it cannot be read, or is gone."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""
