"""Finish or take back the files that a killed run was writing into the project."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from alembic.script import ScriptDirectory

from remediate.errors import UsageProblem
from remediate.system import landing
from remediate.system.paths import shown

_log = logging.getLogger("remediate")


def recover(folder: Path, script: ScriptDirectory) -> None:
    """Do so in the project's folder and in those of its revisions; a warning says what was done.

    Raises UsageProblem where some of the files are in their places and the rest cannot follow.
    """
    for home in dict.fromkeys(_homes(folder, script)):
        with explained():
            for one in landing.recover(home):
                _warn(_FINISHED if one.finished else _REMOVED, one.paths)
                _warn(_KEPT, one.kept)


def _warn(words: str, paths: Sequence[Path]) -> None:
    if paths:
        _log.warning(words, ", ".join(map(shown, paths)))


@contextmanager
def explained() -> Iterator[None]:
    """Raises UsageProblem where files are stuck half way."""
    try:
        yield
    except landing.Stuck as error:
        raise UsageProblem(
            f"files that were being written can be neither finished nor taken back: {error}",
            "Repair that, then run any command of remediate in this project: it continues there.",
        ) from error


_FINISHED = "remediate: a killed run had written some of its files; now all are there: %s"
_REMOVED = "remediate: what a killed run was writing is taken back, and can be written again: %s"
_KEPT = "remediate: a killed run was about to change files; they are not changed: %s"


def _homes(folder: Path, script: ScriptDirectory) -> Iterable[Path]:
    """The existing ones, as the file system knows them."""
    locations = script._version_locations  # noqa: SLF001  (no public name)
    found = (folder, *map(Path, locations))
    return (path.resolve() for path in found if path.is_dir())
