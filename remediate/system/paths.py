"""Paths for display: relative to the folder in which the program was started."""

from dataclasses import dataclass
from pathlib import Path

# env.py runs in another folder; paths are displayed relative to this one.
STARTED_IN = Path.cwd()


def shown(path: str | Path) -> str:
    """The path relative to the starting folder if the file is below it, else absolute."""
    resolved = (STARTED_IN / path).resolve()
    below = resolved.is_relative_to(STARTED_IN)
    return str(resolved.relative_to(STARTED_IN)) if below else str(resolved)


def address(path: str | Path) -> str:
    """The file:// address of a path that is relative to the starting folder, or absolute."""
    return (STARTED_IN / path).resolve().as_uri()


@dataclass(frozen=True, slots=True)
class Repository:
    """The folder to which paths are relative, and the file for findings without a file."""

    root: Path
    settings: Path  # alembic.ini or pyproject.toml

    def path(self, file: str | Path) -> str:
        """The path from the root, with slashes; "" if the file is not below it."""
        resolved = (STARTED_IN / file).resolve()
        below = resolved.is_relative_to(self.root)
        return resolved.relative_to(self.root).as_posix() if below else ""


HERE = Repository(STARTED_IN, STARTED_IN / "alembic.ini")
