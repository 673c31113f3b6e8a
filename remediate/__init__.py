"""Repair the keys of a PostgreSQL schema behind SQLAlchemy and Alembic.

Each command is a function: `remediate.plan(config)` gives the plan that `remediate plan` prints.
They are loaded when they are asked for, so that `import remediate` costs nothing.
"""

from typing import TYPE_CHECKING

from remediate.errors import (
    DatabaseProblem,
    Refused,
    RehearsalFailed,
    RemediateError,
    UsageProblem,
)

if TYPE_CHECKING:
    from remediate.commands.api import (
        CheckOptions,
        Config,
        GenerateOptions,
        ModelsOptions,
        RehearseOptions,
        ReviewOptions,
        RunbookOptions,
        TestsOptions,
        TriageOptions,
        VerifyOptions,
        check,
        doctor,
        explain,
        generate,
        load,
        models,
        plan,
        rehearse,
        review,
        runbook,
        tests,
        triage,
        verify,
    )

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
    """A command, its options, or the settings."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from remediate.commands import api  # noqa: PLC0415

    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
