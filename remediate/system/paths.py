"""Files as the person who started the program would name them."""

from dataclasses import dataclass
from pathlib import Path

# env.py is run from another folder: what is shown is meant for this one.
STARTED_IN = Path.cwd()


def shown(path: str | Path) -> str:
    """Relative to the folder in which the program was started, where the file is below it."""
    resolved = (STARTED_IN / path).resolve()
    below = resolved.is_relative_to(STARTED_IN)
    return str(resolved.relative_to(STARTED_IN)) if below else str(resolved)


@dataclass(frozen=True, slots=True)
class Repository:
    """Where paths begin, and the file that stands for what is written in none."""

    root: Path
    settings: Path  # alembic.ini, or what the project has instead

    def path(self, file: str | Path) -> str:
        """From the root, with slashes; "" for a file that is not below it."""
        resolved = (STARTED_IN / file).resolve()
        below = resolved.is_relative_to(self.root)
        return resolved.relative_to(self.root).as_posix() if below else ""


HERE = Repository(STARTED_IN, STARTED_IN / "alembic.ini")
