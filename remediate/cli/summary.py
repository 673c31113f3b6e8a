"""The summary that GitHub shows of a workflow's step: a file that each step may add to."""

import os
from collections.abc import Callable
from pathlib import Path

from remediate.errors import UsageProblem
from remediate.system.secrets import veil


def add(render: Callable[[int], str]) -> None:
    """Add what `render` makes of the bytes that are left; nothing outside of GitHub Actions.

    Raises UsageProblem for a file that cannot be written.
    """
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    from remediate.render.room import SUMMARY  # noqa: PLC0415

    file = Path(name)
    try:
        taken = file.stat().st_size if file.exists() else 0
        text = veil(render(SUMMARY - taken - 1))
        with file.open("a", encoding="utf-8") as summary:
            summary.write(text + "\n")
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageProblem(
            f"GITHUB_STEP_SUMMARY is {name}, which cannot be written: {why}",
            "Unset the variable where this is no step of GitHub Actions.",
        ) from error
