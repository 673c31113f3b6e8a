"""The baseline onto the disk: at once, or not at all."""

from collections.abc import Iterable
from pathlib import Path

from remediate.baseline import Entry, dumps
from remediate.errors import UsageProblem
from remediate.paths import shown
from remediate.write import atomic


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
        before = target.read_bytes() if target.exists() else b""
        newline = "\r\n" if b"\r\n" in before else "\n"
        atomic.replace(target, dumps(entries), newline=newline)
    except OSError as error:
        raise UsageProblem(
            f"{shown(path)} cannot be written: {error.strerror}",
            "Nothing was changed. Name another file: --baseline.",
        ) from error
