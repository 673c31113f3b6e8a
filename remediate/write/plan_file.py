"""A plan written to its file."""

import json
import os
import tempfile
from pathlib import Path

from remediate.errors import UsageProblem
from remediate.saved import SavedPlan, written


def save(saved: SavedPlan, path: Path) -> None:
    """Whole or not at all: a file that is there keeps what it has until then, and its mode."""
    text = json.dumps(written(saved), indent=2, ensure_ascii=False) + "\n"
    target = path.resolve()  # through a symbolic link
    try:
        mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask()
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".remediate-")
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(mode)
        Path(temporary).replace(target)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _unwritable(path: Path, error: OSError) -> UsageProblem:
    return UsageProblem(
        f"{path} cannot be written: {error.strerror}", "Nothing was saved. Name another file."
    )
