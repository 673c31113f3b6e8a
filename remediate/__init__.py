"""Repair the keys of a PostgreSQL schema behind SQLAlchemy and Alembic.

Each command is a function: `remediate.plan(config)` gives the plan that `remediate plan` prints.
They are loaded when they are asked for, so that `import remediate` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from remediate.errors import (
    DatabaseProblem,
    Refused,
    RehearsalFailed,
    RemediateError,
    UsageProblem,
)

if TYPE_CHECKING:
    from remediate.commands.check import CheckOptions, check
    from remediate.commands.doctor import doctor
    from remediate.commands.explain import explain
    from remediate.commands.generate import GenerateOptions, generate
    from remediate.commands.models import ModelsOptions, models
    from remediate.commands.plan import plan
    from remediate.commands.rehearse import RehearseOptions, rehearse
    from remediate.commands.review import ReviewOptions, review
    from remediate.commands.runbook import RunbookOptions, runbook
    from remediate.commands.tests import TestsOptions, tests
    from remediate.commands.triage import TriageOptions, triage
    from remediate.commands.verify import VerifyOptions, verify
    from remediate.config import Config, load

__version__ = "0.1.0"

__all__ = [
    "CheckOptions",
    "Config",
    "DatabaseProblem",
    "GenerateOptions",
    "ModelsOptions",
    "Refused",
    "RehearsalFailed",
    "RehearseOptions",
    "RemediateError",
    "ReviewOptions",
    "RunbookOptions",
    "TestsOptions",
    "TriageOptions",
    "UsageProblem",
    "VerifyOptions",
    "check",
    "doctor",
    "explain",
    "generate",
    "load",
    "models",
    "plan",
    "rehearse",
    "review",
    "runbook",
    "tests",
    "triage",
    "verify",
]


def __getattr__(name: str) -> object:
    """A command, its options, or the settings: from the module that has them."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in ("Config", "load"):
        from remediate import config  # noqa: PLC0415

        return getattr(config, name)
    command = name.removesuffix("Options").lower()
    return getattr(import_module(f".commands.{command}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
