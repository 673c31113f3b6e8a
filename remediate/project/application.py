"""What a project's env.py needs around it, handed in as `--env package.module:function`.

Some env.py run only inside of a command that the project wrote: with an application context, after
a framework was set up, or with a Config that Python code made.
"""

import contextlib
import importlib
import sys
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any

from alembic.config import Config

from remediate.errors import RemediateError, UsageProblem, pass_on_interrupt
from remediate.system.paths import STARTED_IN
from remediate.system.secrets import scrub
from remediate.system.streams import stdout_to_stderr

_HINT = (
    "It is called without arguments before env.py runs, and returns a Flask application, a context "
    "manager, an alembic.config.Config, or nothing."
)
Enter = Callable[[], contextlib.AbstractContextManager[object]]


def config_of(env: str) -> Config | None:
    """The Config that `--env` returns; None if it returns something else, or is not given.

    Raises UsageProblem if it is not there, fails, or returns what is of no use.
    """
    given = _given(env) if env else None
    return given if isinstance(given, Config) else None


def entered(env: str) -> contextlib.AbstractContextManager[object]:
    """What env.py runs in."""
    given: Any = _given(env) if env else None
    if _is_application(given):
        context: contextlib.AbstractContextManager[object] = given.app_context()
        return context
    if isinstance(given, contextlib.AbstractContextManager):
        _given.cache_clear()  # it can be entered once
        return given
    return contextlib.nullcontext()


@cache
def _given(env: str) -> Any:
    with stdout_to_stderr():
        found = attribute(env, "--env")
        if callable(found) and not _is_application(found):
            found = _called(found, env)
    useful = (Config, contextlib.AbstractContextManager, type(None))
    if not _is_application(found) and not isinstance(found, useful):
        raise UsageProblem(f"--env {env} returns a value of the type {type(found).__name__}", _HINT)
    return found


def _is_application(value: object) -> bool:
    """Whether it is one of Flask, which can be called, too."""
    return hasattr(value, "app_context") and not isinstance(value, type)


def _called(function: Callable[[], Any], env: str) -> Any:
    try:
        return function()
    except RemediateError:
        raise
    except (Exception, SystemExit) as error:
        pass_on_interrupt(error)
        raise UsageProblem(
            f"--env {env} failed: {type(error).__name__}: {scrub(str(error))}", _HINT
        ) from error


def attribute(name: str, option: str) -> Any:
    """What `package.module:attribute` names, in this folder or among the installed packages.

    Raises UsageProblem, which calls it by its option, if it cannot be imported.
    """
    module, _, path = name.partition(":")
    if not module or not path:
        raise UsageProblem(
            f"{option} {name} names no attribute of a module",
            f"Write it as package.module:attribute, for example {option} {_EXAMPLES[option]}.",
        )
    if str(STARTED_IN) not in sys.path:
        sys.path.insert(0, str(STARTED_IN))
    try:
        return attrgetter(path)(importlib.import_module(module))
    except (Exception, SystemExit) as error:
        pass_on_interrupt(error)
        raise UsageProblem(
            f"{option} {name} cannot be imported: {type(error).__name__}: {scrub(str(error))}",
            "It is looked for in this folder, in PYTHONPATH and among the installed packages.",
        ) from error


_EXAMPLES = {"--env": "shop.app:create_app", "--metadata": "shop.models:Base.metadata"}
