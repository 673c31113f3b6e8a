"""What the command line does, as functions: the library API."""

from remediate.examining import examine
from remediate.generation import Order, generate
from remediate.planning import plan
from remediate.runbook import Hotfix, runbook
from remediate.verifying import verify

__all__ = ["Hotfix", "Order", "examine", "generate", "plan", "runbook", "verify"]
