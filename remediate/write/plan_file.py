"""A plan written to its file."""

import json
from pathlib import Path

from remediate.errors import UsageProblem
from remediate.saved import SavedPlan, written
from remediate.write import atomic


def save(saved: SavedPlan, path: Path) -> None:
    """Raises UsageProblem where the file cannot be written; it has what it had then."""
    text = json.dumps(written(saved), indent=2, ensure_ascii=False) + "\n"
    try:
        atomic.replace(path, text)
    except OSError as error:
        raise UsageProblem(
            f"{path} cannot be written: {error.strerror}", "Nothing was saved. Name another file."
        ) from error
