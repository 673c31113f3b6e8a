"""Files as the person who started the program would name them."""

from pathlib import Path

# env.py is run from another folder: what is shown is meant for this one.
STARTED_IN = Path.cwd()


def shown(path: str | Path) -> str:
    """Relative to the folder in which the program was started, where the file is below it."""
    resolved = (STARTED_IN / path).resolve()
    below = resolved.is_relative_to(STARTED_IN)
    return str(resolved.relative_to(STARTED_IN)) if below else str(resolved)
