"""Options of `plan` that exclude each other."""

from pathlib import Path

import remediate
from remediate.system.formats import PlanFormat

_OF_DIFFERENCES = (PlanFormat.TEXT, PlanFormat.JSON, PlanFormat.MARKDOWN)


def check_kept(since: str, save: Path | None) -> None:
    """Raises UsageProblem where saving would overwrite what is compared with."""
    if since and save and Path(since).absolute() == save.absolute():
        raise remediate.UsageProblem(
            f"--save would overwrite the plan of --since, {since}",
            "Save the new plan under another name.",
        )


def check_form(format_: PlanFormat, *, sql: bool, diff: bool) -> None:
    """Raises UsageProblem where these exclude each other."""
    if sql and diff:
        raise remediate.UsageProblem("--sql and --diff exclude each other", "Choose one.")
    if sql:
        _check_format("--sql", format_, (PlanFormat.TEXT,))
    if diff:
        _check_format("--diff", format_, _OF_DIFFERENCES)


def _check_format(option: str, format_: PlanFormat, known: tuple[PlanFormat, ...]) -> None:
    """Raises UsageProblem for a format in which that is not printed."""
    if format_ not in known:
        raise remediate.UsageProblem(
            f"{option} is not printed as {format_.value}",
            f"Leave out -f {format_.value}, or choose: {', '.join(one.value for one in known)}.",
        )
