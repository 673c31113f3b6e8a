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
    from remediate.commands.audit import AuditOptions, audit
    from remediate.commands.check import CheckOptions, check
    from remediate.commands.doctor import doctor
    from remediate.commands.explain import explain
    from remediate.commands.generate import generate
    from remediate.commands.generate_options import GenerateOptions
    from remediate.commands.merge import merge
    from remediate.commands.models import ModelsOptions, models
    from remediate.commands.plan import plan
    from remediate.commands.rehearse import RehearseOptions, rehearse
    from remediate.commands.report import report
    from remediate.commands.review import ReviewOptions, review
    from remediate.commands.runbook import RunbookOptions, runbook
    from remediate.commands.status import StatusOptions, status
    from remediate.commands.tests import TestsOptions, tests
    from remediate.commands.triage import TriageOptions, triage
    from remediate.commands.verify import VerifyOptions, verify
    from remediate.config import Config, load

__version__ = "0.1.0"

__all__ = [
    "AuditOptions",
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
    "StatusOptions",
    "TestsOptions",
    "TriageOptions",
    "UsageProblem",
    "VerifyOptions",
    "audit",
    "check",
    "doctor",
    "explain",
    "generate",
    "load",
    "merge",
    "models",
    "plan",
    "rehearse",
    "report",
    "review",
    "runbook",
    "status",
    "tests",
    "triage",
    "verify",
]


def __getattr__(name: str) -> object:  # noqa: C901, PLR0911, PLR0912  (a table)
    """A command and its options, or the settings: imported when somebody asks for them."""
    # Import statements, and no names as text: every tool sees what is imported here.
    match name.removesuffix("Options").lower() if name in __all__ else "":
        case "audit":
            from remediate.commands import audit

            return getattr(audit, name)
        case "check":
            from remediate.commands import check

            return getattr(check, name)
        case "doctor":
            from remediate.commands import doctor

            return getattr(doctor, name)
        case "explain":
            from remediate.commands import explain

            return getattr(explain, name)
        case "generate":
            from remediate.commands import generate

            return getattr(generate, name)
        case "merge":
            from remediate.commands import merge

            return getattr(merge, name)
        case "models":
            from remediate.commands import models

            return getattr(models, name)
        case "plan":
            from remediate.commands import plan

            return getattr(plan, name)
        case "rehearse":
            from remediate.commands import rehearse

            return getattr(rehearse, name)
        case "report":
            from remediate.commands import report

            return getattr(report, name)
        case "review":
            from remediate.commands import review

            return getattr(review, name)
        case "runbook":
            from remediate.commands import runbook

            return getattr(runbook, name)
        case "status":
            from remediate.commands import status

            return getattr(status, name)
        case "tests":
            from remediate.commands import tests

            return getattr(tests, name)
        case "triage":
            from remediate.commands import triage

            return getattr(triage, name)
        case "verify":
            from remediate.commands import verify

            return getattr(verify, name)
        case "config" | "load":
            from remediate import config

            return getattr(config, name)
        case _:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
