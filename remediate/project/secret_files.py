"""The lines of files that are made for secrets, as they are on the disk."""

import codecs
from pathlib import Path

from remediate.snapshots.declared import UnreadModule
from remediate.system.git import WorkTree
from remediate.system.git_search import Line

_LONGEST = 2**20  # bytes
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def lines(tree: WorkTree, file: Path) -> tuple[Line, ...] | UnreadModule:
    """The lines of a file, or why it was not read; none where git holds no text of it.

    Of a symbolic link git holds only where it leads.
    """
    if file.is_symlink() or not file.is_file():
        return ()
    name = file.relative_to(tree.root).as_posix()
    try:
        if file.stat().st_size > _LONGEST:
            return UnreadModule(name, f"it is larger than {_LONGEST:,} bytes", "look into it")
        held = file.read_bytes()
    except OSError as error:
        return UnreadModule(name, f"it could not be read: {error.strerror}", "make it readable")
    encoding = "utf-16" if held.startswith(_WIDE) else "utf-8"  # utf-16: by PowerShell's `>`
    text = held.decode(encoding, errors="replace").splitlines()
    return tuple(Line(name, number, one) for number, one in enumerate(text, 1))
