"""Find the passwords of databases in the project's files: their places, never their text."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from remediate.project import history
from remediate.project.project import Project
from remediate.snapshots.declared import Credential
from remediate.snapshots.tables import Source
from remediate.system.credentials import is_computed
from remediate.system.paths import shown

_URL = re.compile(r"\bpostgres(?:ql)?(?:\+\w+)?://[^\s:/@'\"]*:([^\s@'\"]+)@([^\s/?'\"]*)")
_ASSIGNED = re.compile(r"\bPGPASSWORD\b['\"]?\]?\s*=\s*['\"]?([^\s'\"]+)()")
# Placeholders and expressions, and the passwords of development machines.
_CALLED = re.compile(r"os\.|getenv|[\w.]+\(.*\)$")
EXAMPLES = {
    "pass", "password", "passwd", "secret", "changeme", "change-me", "example", "postgres", "test",
    "user", "username", "admin", "root", "xxx", "xxxx", "dev", "mysecretpassword",
}  # fmt: skip


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
        if any(map(_is_password, _matches(line))):
            yield Credential(Source(shown(file), number))


def passwords(line: str) -> Iterator[str]:
    """The passwords of PostgreSQL's databases in a line; none of placeholders and examples."""
    return (match[1] for match in _matches(line) if _is_password(match))


def _matches(line: str) -> Iterable[re.Match[str]]:
    return (match for pattern in (_URL, _ASSIGNED) for match in pattern.finditer(line))


def _is_password(match: re.Match[str]) -> bool:
    password = match[1]
    computed = is_computed(password) or _CALLED.match(password)
    return password.lower() not in EXAMPLES and not computed
