"""The baseline onto the disk: at once, or not at all."""

import os
from collections.abc import Iterable
from pathlib import Path

from remediate.baseline import Entry, dumps
from remediate.errors import UsageProblem
from remediate.paths import shown


def write(path: Path, entries: Iterable[Entry]) -> None:
    """Write the entries, with the line ends that the file has now.

    Raises UsageProblem where the file may not be written, or its folder is not there.
    """
    target = path.resolve()  # through a symbolic link
    if not target.parent.is_dir():
        raise UsageProblem(
            f"{shown(path)} cannot be written: there is no folder {shown(target.parent)}",
            "Make the folder, or name another file: --baseline.",
        )
    try:
        _replace(target, dumps(entries))
    except OSError as error:
        raise UsageProblem(
            f"{shown(path)} cannot be written: {error.strerror}",
            "Nothing was changed. Name another file: --baseline.",
        ) from error


def _replace(target: Path, text: str) -> None:
    before = target.read_bytes() if target.exists() else b""
    if before and not os.access(target, os.W_OK):
        raise PermissionError(13, "it is read-only")
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with temporary.open(
            "w", encoding="utf-8", newline="\r\n" if b"\r\n" in before else "\n"
        ) as file:
            file.write(text)
        if before:
            temporary.chmod(target.stat().st_mode & 0o7777)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
