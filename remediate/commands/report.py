"""`remediate report PLAN`: a saved plan, to be shown."""

from pathlib import Path

from remediate.plans import plan_file
from remediate.plans.plan import Plan


def report(path: Path) -> Plan:
    """The plan in the file; neither the database nor the project is read.

    Raises UsageProblem for a file that is no plan.
    """
    return plan_file.load(path)
