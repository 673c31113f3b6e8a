"""Write a file completely, or leave it as it was."""

import os
import tempfile
from pathlib import Path


def replace(path: Path, text: str, *, newline: str | None = None) -> None:
    """Replace the content of a file; a symbolic link stays a link, and the mode stays.

    Raises OSError if the file or its folder is not writable; nothing has changed then.
    """
    target = path.resolve()
    there = target.exists()
    if there and not os.access(target, os.W_OK):
        raise PermissionError(13, "it is read-only", str(path))
    mode = target.stat().st_mode & 0o7777 if there else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".remediate-")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline=newline) as file:
            file.write(text)
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
