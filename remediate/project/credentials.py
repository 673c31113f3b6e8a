"""Find the passwords of databases in the project's files: their places, never their text."""

from collections.abc import Iterator
from pathlib import Path

from remediate.project import history
from remediate.project.project import Project
from remediate.project.secret_lines import of_line
from remediate.project.secret_pairs import joined
from remediate.snapshots.declared import Credential
from remediate.snapshots.tables import Source
from remediate.system.git_search import Line
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
    text = file.read_text(encoding="utf-8", errors="replace").splitlines()
    lines = [Line(file.name, number, one) for number, one in enumerate(text, 1)]
    held = (one.number for one in (*lines, *joined(lines)) if any(of_line(file.name, one.text)))
    yield from (Credential(Source(shown(file), number)) for number in sorted({*held}))
