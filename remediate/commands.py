"""What the command line does, as functions: the library API."""

from remediate.examining import examine
from remediate.generation import Order, generate
from remediate.planning import plan
from remediate.verifying import verify

__all__ = ["Order", "examine", "generate", "plan", "verify"]
