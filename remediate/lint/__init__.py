"""What is unsafe in an Alembic revision, told from its text alone: nothing is imported or run."""

from remediate.lint.kinds import KINDS, PAGE
from remediate.lint.linter import learn, lint
from remediate.lint.values import NOTHING, Known, Unsafe

__all__ = ["KINDS", "NOTHING", "PAGE", "Known", "Unsafe", "learn", "lint"]
