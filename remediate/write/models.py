"""Patched models: what changes in which file, as a diff, and onto the disk."""

import os
from collections.abc import Sequence
from pathlib import Path

from remediate.codemod import Change, patched
from remediate.errors import UsageProblem
from remediate.patches import Patch, Rewritten
from remediate.write import atomic


def rewritten(patches: Sequence[Patch]) -> tuple[Rewritten, ...]:
    """Each file with all of its changes; nothing is written."""
    by_file: dict[str, list[Change]] = {}
    for patch in patches:
        changes = by_file.setdefault(patch.source.file, [])
        if patch.change not in changes:  # of a mixin, which several tables share
            changes.append(patch.change)
    return tuple(_rewritten(file, changes) for file, changes in sorted(by_file.items()))


def _rewritten(file: str, changes: Sequence[Change]) -> Rewritten:
    try:
        with Path(file).open(encoding="utf-8", newline="") as source:
            before = source.read()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(f"{file} cannot be read: {error}", "Nothing was written.") from error
    made = patched(before, changes)
    return Rewritten(file, before, made.source, made.done, made.refused)


def write(files: Sequence[Rewritten]) -> None:
    """Each file at once, or not at all; with its mode.

    Raises UsageProblem before the first one changes where one of them may not be written.
    """
    changed = [file for file in files if file.before != file.after]
    for file in changed:
        if not os.access(file.file, os.W_OK) or not os.access(Path(file.file).parent, os.W_OK):
            raise UsageProblem(f"{file.file} is not writable", "Nothing was written.")
    for file in changed:
        atomic.replace(Path(file.file), file.after, newline="")
