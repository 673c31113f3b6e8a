"""Files as a repository names them: for reports that are read elsewhere."""

from dataclasses import dataclass
from pathlib import Path

from remediate.paths import STARTED_IN


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
