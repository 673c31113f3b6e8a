"""Projects of Flask-Migrate, whose env.py runs inside of an application."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from remediate.errors import UsageProblem, pass_on_interrupt
from remediate.system.secrets import scrub
from remediate.system.streams import stdout_to_stderr
from remediate.system.surroundings import remember_environment

_USUAL = Path("migrations")


def configuration() -> str | None:
    """The ini file of a Flask-Migrate project, where alembic would find none in this folder."""
    ini, env = _USUAL / "alembic.ini", _USUAL / "env.py"
    alembic_finds = Path("alembic.ini").exists() or _in_pyproject()
    if alembic_finds or not ini.exists() or not env.exists() or not needs_application(env):
        return None
    return str(ini)


def _in_pyproject() -> bool:
    toml = Path("pyproject.toml")
    return toml.exists() and b"[tool.alembic]" in toml.read_bytes()


def needs_application(env: Path) -> bool:
    """Whether env.py asks Flask for the application that runs."""
    try:
        return b"current_app" in env.read_bytes()
    except OSError:  # Alembic says what is wrong with it
        return False


@contextlib.contextmanager
def entered(env: str, file: Path) -> Iterator[None]:
    """What this env.py runs in: what is handed in, else the application that `flask` would load.

    Raises UsageProblem where none can be loaded, and env.py does not make one itself.
    """
    from remediate.project import application  # noqa: PLC0415  (Alembic takes 0.2 s to import)

    if env or not needs_application(file):
        with application.entered(env):
            yield
        return
    context, missing = _context()
    try:
        with context:
            yield
    except UsageProblem as error:
        if not missing or not isinstance(error.__cause__, RuntimeError):  # Flask's own kind
            raise
        raise UsageProblem(
            f"env.py needs a Flask application, and none was loaded: {missing}",
            "Set FLASK_APP as for `flask db`, or hand the application in: --env shop:create_app.",
        ) from error


def _context() -> tuple[contextlib.AbstractContextManager[object], str]:
    """That of the application, else an empty one and the reason."""
    try:
        with stdout_to_stderr():
            return _application().app_context(), ""
    except (Exception, SystemExit) as error:
        pass_on_interrupt(error)
        return contextlib.nullcontext(), scrub(str(error))


def _application() -> Any:
    from flask.cli import ScriptInfo, load_dotenv  # type: ignore  # noqa: PLC0415

    load_dotenv()
    remember_environment()
    return ScriptInfo(os.environ.get("FLASK_APP")).load_app()
