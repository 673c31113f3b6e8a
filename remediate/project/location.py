"""Open the Alembic project that a file of settings describes, as the command `alembic` would."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from alembic.config import CommandLine
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.project import application
from remediate.project.configuration import problems_of
from remediate.project.failures import problems_of_the_project
from remediate.project.project import Project
from remediate.project.recovery import recover
from remediate.system.surroundings import remember_files

_LOCATION = "script_location"


def handed(config: Config) -> Project | None:
    """That of the Config which --env returns; None where it returns something else."""
    made = application.config_of(config.env)
    if made is None:
        return None
    made.cmd_opts = made.cmd_opts or _arguments(config)
    named = made.config_file_name or made.toml_file_name or "alembic.ini"
    with problems_of_the_project(), problems_of(f"--env {config.env}"):
        return _project(made, Path(named).resolve(), config)


def of_file(file: Path, given: str | None, config: Config) -> Project | None:
    """That of a file of settings, `given` by this name or else looked for; None if it has none."""
    with problems_of_the_project(), problems_of(given or file.name):
        alembic_config = _configuration(file, config)
        location = alembic_config.get_alembic_option(_LOCATION)
        if location is None and (file.parent / "env.py").exists():  # as Flask-Migrate has it
            alembic_config.set_main_option(_LOCATION, str(file.parent).replace("%", "%%"))
            location = str(file.parent)
        if location is not None:
            return _project(alembic_config, file, config)
    if given or file.exists():
        raise _no_location(alembic_config, given or file.name, config.name)
    return None


def _configuration(file: Path, config: Config) -> AlembicConfig:
    toml = file if file.suffix == ".toml" else file.with_name("pyproject.toml")
    ini = None if file == toml or not file.exists() else str(file)
    remember_files(path for path in (file, toml, *file.parent.glob(".env*")) if path.is_file())
    return AlembicConfig(
        file_=ini,
        toml_file=str(toml) if toml.exists() else None,
        ini_section=config.name,
        cmd_opts=_arguments(config),
    )


def _arguments(config: Config) -> Namespace:
    """Those of `alembic current`: env.py may ask for them."""
    arguments = [*(("-c", config.config) if config.config else ()), "-n", config.name]
    arguments += [*(a for value in config.x for a in ("-x", value)), "current"]
    return CommandLine().parser.parse_args(arguments)


def _project(alembic_config: AlembicConfig, file: Path, config: Config) -> Project:
    """Relative paths lead from the folder in which the command runs, as for alembic."""
    home = file.parent
    try:
        script = ScriptDirectory.from_config(alembic_config)
    except CommandError as error:
        location = alembic_config.get_alembic_option(_LOCATION)
        if location is None or (home / str(location)).exists():
            raise UsageProblem(
                f"script_location is {location}, which is not below {Path.cwd()}",
                "Relative paths lead from the folder in which a command runs: run it where alembic "
                "is run, or write %(here)s before the path.",
            ) from error
        raise
    # Where a relative entry leads from the file, but not from here; what alembic finds comes first.
    sys.path += [path for path in _beside(alembic_config, home) if path not in sys.path]
    remember_files(Path(script.dir).glob("*.py"))
    recover(home, script)
    script.__dict__.pop("_version_locations")  # env.py may set others
    return Project(alembic_config, Path.cwd(), home, script, config.env)


def _beside(alembic_config: AlembicConfig, home: Path) -> Iterator[str]:
    for entry in alembic_config.get_prepend_sys_paths_list() or ():
        if not Path(entry).is_absolute():
            yield str((home / entry).resolve())


def _no_location(alembic_config: AlembicConfig, file: str, name: str) -> UsageProblem:
    sections = alembic_config.config_file_name
    if sections and not alembic_config.file_config.has_section(name):
        return UsageProblem(
            f"{file} has no section [{name}]",
            f"Name one that it has: --name, or name in [tool.remediate]. {_IN_PYTHON}",
        )
    return UsageProblem(
        f"{file} names no script_location",
        f"Is it the configuration of an Alembic project? {_IN_PYTHON}",
    )


_IN_PYTHON = (
    "Where Python code sets script_location, hand its Config in: --env package.module:function."
)
