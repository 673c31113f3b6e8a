"""Find the Alembic project, as the command `alembic` itself would in this folder."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.project import flask
from remediate.system.surroundings import remember_environment, remember_files

if TYPE_CHECKING:
    from remediate.project.project import Project


def discover(config: Config) -> "Project | None":
    """The project that `alembic` itself would find; None if there is none.

    What a killed run left there half written is finished or removed first. Raises UsageProblem if
    the configuration that is named, or the alembic.ini that is there, is not usable, and for what
    --env names and is of no use.
    """
    remember_environment()
    if config.env and (project := _handed(config)):
        return project
    given = config.config or os.environ.get("ALEMBIC_CONFIG") or flask.configuration()
    file = Path(given or "alembic.ini").resolve()
    if given and not file.exists():
        raise UsageProblem(f"there is no {given}", "Name the project's alembic.ini with --config.")
    if not given and not _may_hold_a_project(file.parent):
        remember_files(path for path in file.parent.glob(".env*") if path.is_file())
        return None
    from remediate.project import location  # noqa: PLC0415  (Alembic takes 0.2 s to import)

    return location.of_file(file, given, config)


def _handed(config: Config) -> "Project | None":
    from remediate.project import location  # noqa: PLC0415  (Alembic takes 0.2 s to import)

    return location.handed(config)


def _may_hold_a_project(folder: Path) -> bool:
    """False only where nothing is there in which Alembic looks for its script_location."""
    if (folder / "alembic.ini").exists() or (folder / "env.py").exists():
        return True
    toml = folder / "pyproject.toml"
    return toml.exists() and b"alembic" in toml.read_bytes()
