"""All functions of the library, their options and the settings: what `remediate.NAME` looks up."""

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

__all__ = [
    "CheckOptions",
    "Config",
    "GenerateOptions",
    "ModelsOptions",
    "RehearseOptions",
    "ReviewOptions",
    "RunbookOptions",
    "TestsOptions",
    "TriageOptions",
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
