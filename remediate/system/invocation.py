"""How the program was called: what the next command has to say again to find the same project."""

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_SECRET = re.compile(r"pass|pw|secret|token|key|cred|auth|dsn|ur[il]", re.IGNORECASE)
_SHAPED = {  # what repeats all of the plan
    "generate": ("--approve ", "--first "),
    "plan": ("-v", "--save ", "--sql"),
    "runbook": ("",),
}
_OF_NO_PROJECT = ("report", "review", "explain", "rules", "demo")


@dataclass(slots=True)
class _Called:
    """The options that lead to the project, as a shell takes them, with a blank before each."""

    ours: str = ""
    alembics: str = ""  # those that Alembic has too
    shaping: tuple[tuple[str, str], ...] = ()  # those of which and how repairs are planned
    wrapped: bool = False  # env.py needs something around it


_called = _Called()


def remember(
    config: str | None,
    name: str | None,
    x: Iterable[str] | None,
    env: str | None,
    metadata: Iterable[str] | None,
) -> None:
    """Take these options into every command that is named from now on."""
    shared = [("-c", config), ("-n", name), *(("-x", _argument(one)) for one in x or ())]
    own = [("--env", env), *(("--metadata", one) for one in metadata or ())]
    _called.alembics = _spelled(shared)
    _called.ours = _called.alembics + _spelled(own)
    _called.wrapped = bool(env)


def remember_shaping(settings: Mapping[str, object]) -> None:
    """Take what was given of these into each command that approves or shows the plan again.

    Without them it would write, or show, more.
    """
    _called.shaping = tuple(
        (f" --{name.replace('_', '-')}", "" if one is True else f" {shlex.quote(str(one))}")
        for name, value in settings.items()
        for one in (value if isinstance(value, list) else [value])
        if one is not None and one is not False
    )


def _argument(text: str) -> str:
    """An argument of env.py as it may be printed: what may be a secret is left out."""
    key, sign, value = text.partition("=")
    if "://" in key:
        return "..."
    return f"{key}=..." if sign and (_SECRET.search(key) or "://" in value) else text


def _spelled(options: Iterable[tuple[str, str | None]]) -> str:
    return "".join(f" {option} {shlex.quote(value)}" for option, value in options if value)


def remediate(command: str) -> str:
    """A command of this program, such as "plan -v", for the same project.

    An option that the command has itself is not repeated.
    """
    name, _, rest = command.partition(" ")
    options = "" if name in _OF_NO_PROJECT else _called.ours
    if name in _SHAPED and rest.startswith(_SHAPED[name]):
        said = f" {rest} "
        options += "".join(o + value for o, value in _called.shaping if f"{o} " not in said)
    return " ".join(filter(None, (f"remediate {name}{options}", rest)))


def alembic(command: str) -> str:
    """A command of Alembic for the same project, or how to come by it."""
    way = "   # as the application runs Alembic" if _called.wrapped else ""
    return f"alembic{_called.alembics} {command}{way}"


def upgrade(tips: int) -> str:
    """The command that runs all that waits in a project with so many heads."""
    return alembic("upgrade heads" if tips > 1 else "upgrade head")
