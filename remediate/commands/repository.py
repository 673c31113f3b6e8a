"""The repository that a project stands in: formats for other tools name files from its root."""

from pathlib import Path

from remediate.config import Config
from remediate.project.discovery import discover
from remediate.system.paths import HERE, STARTED_IN, Repository


def repository(config: Config) -> Repository:
    """The nearest folder above with a `.git`, else the project's own."""
    project = discover(config)
    folder = project.home if project else STARTED_IN
    above = (f for f in (folder, *folder.parents) if (f / ".git").exists())
    root = next(above, folder).resolve()
    options = project.config if project else None
    file = options and (options.config_file_name or options.toml_file_name)
    return Repository(root, Path(file) if file else HERE.settings)
