"""The project's own commands before and after revisions are moved into versions/."""

import hashlib
import os
import shlex
import shutil
from collections.abc import Iterable, Sequence
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
_VARIABLE = "REMEDIATE_REVISIONS"
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
    """The commands of the settings; raises UsageProblem for a program that is not there."""
    found = Hooks(config.before_landing, config.after_landing)
    for hook, words in ((Hook.BEFORE, found.before), (Hook.AFTER, found.after)):
        if words and not _program(words[0]):
            raise UsageProblem(
                f"[tool.remediate] {hook}: there is no program {scrub(words[0])!r}",
                f'Write the program and its arguments as a list: {hook} = ["pytest", "-q"]. No '
                "shell reads it.",
            )
    return found


def _program(word: str) -> str | None:
    return shutil.which(STARTED_IN / word if os.sep in word else word)


def run_before(words: Sequence[str], staged: Sequence[Path], others: Iterable[Path]) -> None:
    """Run the command on staged revisions, beside which `others` are to land.

    Raises Refused where it fails, takes too long, or changes one of the files: what was proven is
    what lands.
    """
    files = (*staged, *others)
    known = [_digest(file) for file in files]
    if failure := _failure(Hook.BEFORE, words, staged):
        raise Refused(failure, "Nothing was written to versions/.")
    changed = [f.name for f, before in zip(files, known, strict=True) if _digest(f) != before]
    if changed:
        raise Refused(
            f"{Hook.BEFORE} changes what was proven: {', '.join(changed)}",
            "Nothing was written to versions/. What formats revisions belongs into Alembic's "
            "post_write_hooks, which run before the rehearsal.",
        )


def run_after(words: Sequence[str], landed: Sequence[Path]) -> str:
    """Run the command on revisions that have landed; why it failed, "" where it did not."""
    return _failure(Hook.AFTER, words, landed)


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
    """Of its content; "" where it is gone."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
