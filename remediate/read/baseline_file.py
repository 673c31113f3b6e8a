"""The baseline's file, and where it stands."""

from pathlib import Path

from remediate.baseline import Entry, loads
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.paths import STARTED_IN, shown
from remediate.read import project as projects

NAME = "remediate-baseline.json"


def place(config: Config) -> Path:
    """The file that the settings name, or else the one beside alembic.ini."""
    if config.baseline:
        return STARTED_IN / config.baseline
    project = projects.discover(config.config, config.name, config.x)
    return (project.folder if project else STARTED_IN) / NAME


def read(path: Path, *, needed: bool) -> tuple[Entry, ...]:
    """The entries of the file; none where there is no file, unless it is needed.

    Raises UsageProblem for a file that cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        if not needed:
            return ()
        raise UsageProblem(
            f"there is no baseline {shown(path)}",
            f"Make it: remediate check --baseline {shown(path)} --update-baseline",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageProblem(
            f"the baseline {shown(path)} cannot be read: {why}", "Name another file: --baseline."
        ) from error
    return loads(text, shown(path))
