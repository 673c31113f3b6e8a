"""The passwords that lie about a run: in its environment, and in the files that libpq reads."""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from remediate.system import secrets

_FOLDERS = ("PWD", "OLDPWD")  # of the shell: the working directory is no secret
_LONGEST = 2**20  # bytes; no file of settings is longer


def remember_environment(variables: Mapping[str, str] = os.environ) -> None:
    """Remember the passwords in variables, service files and password files."""
    for name, value in variables.items():
        if name not in _FOLDERS:
            secrets.remember_setting(name, value)
    for file in _service_files(variables):
        secrets.remember_settings(_text(file))
    password_file = Path(variables.get("PGPASSFILE") or Path("~/.pgpass").expanduser())
    for line in _text(password_file).splitlines():
        *fields, password = re.split(r"(?<!\\):", line.strip())
        if len(fields) == 4:
            secrets.remember_secret(re.sub(r"\\(.)", r"\1", password))


def remember_files(files: Iterable[Path]) -> None:
    """Remember the passwords in these files of a project: settings, or Python."""
    for file in files:
        remember = secrets.remember_text if file.suffix == ".py" else secrets.remember_settings
        remember(_text(file))


def _service_files(variables: Mapping[str, str]) -> Iterator[Path]:
    yield Path(variables.get("PGSERVICEFILE") or Path("~/.pg_service.conf").expanduser())
    yield Path(variables.get("PGSYSCONFDIR") or "/etc/postgresql-common", "pg_service.conf")


def _text(file: Path) -> str:
    """What it holds; "" where it cannot be read."""
    with contextlib.suppress(OSError):
        if file.is_file() and file.stat().st_size <= _LONGEST:
            return file.read_text(encoding="utf-8", errors="replace")
    return ""
