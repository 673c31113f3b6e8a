"""Find the passwords of databases in the project's files: their places, never their text."""

from collections.abc import Iterator
from pathlib import Path

from remediate.project import history
from remediate.project.project import Project
from remediate.project.secret_lines import of_line
from remediate.snapshots.declared import Credential
from remediate.snapshots.tables import Source
from remediate.system.paths import shown


def read(project: Project) -> tuple[Credential, ...]:
    """Each line of the configuration, of env.py and of the revisions that holds a password."""
    return tuple(one for file in _files(project) for one in _credentials(file))


def _files(project: Project) -> Iterator[Path]:
    config, script = project.config, project.script
    named = [config.config_file_name, config.toml_file_name]
    yield from (path for name in named if name and (path := Path(name)).is_file())
    folders = [Path(script.dir), *map(Path, history.folders(script))]
    deeper = script.recursive_version_locations
    found = {p.resolve() for f in folders for p in f.glob("**/*.py" if deeper else "*.py")}
    yield from sorted(found | {p for f in folders for p in f.glob("*.mako")})


def _credentials(file: Path) -> Iterator[Credential]:
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    for number, line in enumerate(lines, 1):
        if any(of_line(file.name, line)):
            yield Credential(Source(shown(file), number))
