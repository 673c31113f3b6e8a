"""Whole files: read to their end, and written completely or left as they were."""

import contextlib
import errno
import os
import tempfile
import time
from pathlib import Path

_PREFIX, _SUFFIX = ".remediate-", ".whole"
_HOUR = 3600  # seconds


def read(path: Path) -> str:
    """The text of a file, or of a pipe, in UTF-8 with or without a mark at its head.

    Raises OSError for what cannot be read and for a device, which may have no end, and
    UnicodeDecodeError for what is not UTF-8.
    """
    if path.is_char_device() or path.is_block_device():
        raise OSError(errno.EINVAL, "it is a device, not a file", str(path))
    return path.read_text(encoding="utf-8-sig")


def replace(path: Path, text: str, *, newline: str | None = None) -> None:
    """Replace the content of a file; a symbolic link stays a link, and the mode stays.

    Raises OSError if the file or its folder is not writable, or if it is no ordinary file; nothing
    has changed then.
    """
    target = path.resolve()
    there = target.exists()
    if there and not target.is_file():
        raise OSError(errno.EINVAL, "it is not an ordinary file", str(path))
    _remove_old(target.parent)
    if there and not os.access(target, os.W_OK):
        raise PermissionError(13, "it is read-only", str(path))
    mode = target.stat().st_mode & 0o7777 if there else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=_PREFIX, suffix=_SUFFIX)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline=newline) as file:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _remove_old(folder: Path) -> None:
    """What killed runs left: writing takes no hour."""
    for left in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _HOUR:
                left.unlink()


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
