"""A checkup for the terminal: a line for each thing, and what to do where one is missing."""

from collections.abc import Iterator

from remediate.render.lines import wrapped
from remediate.render.style import Style
from remediate.system import invocation
from remediate.system.words import counted
from remediate.verification.checkup import Checkup, Line, State

_MARKS = {State.OK: "ok ", State.NOTE: "!  ", State.PROBLEM: "x  "}
_COLORS = {State.OK: "32", State.NOTE: "33;1", State.PROBLEM: "31;1"}
_LABEL = 15


def render(checkup: Checkup, style: Style) -> str:
    """Every line, and at last the next command to run."""
    lines = [text for line in checkup.lines for text in _line(line, style)]
    problems = [line for line in checkup.lines if line.state is State.PROBLEM]
    if problems:
        count = counted(len(problems), "problem")
        lines += [
            "",
            f"{count}, marked x. When solved:",
            "",
            f"Next:  {invocation.remediate('doctor')}",
        ]
    else:
        lines += [
            "",
            "Every command would work here.",
            "",
            f"Next:  {invocation.remediate('plan')}",
        ]
    return "\n".join(lines)


def _line(line: Line, style: Style) -> Iterator[str]:
    """The mark and the label, then the rest beside the label."""
    margin = " " * (len(_MARKS[line.state]) + _LABEL)
    first, *more = _wrapped(line.value, margin)
    mark = style.paint(_MARKS[line.state], _COLORS[line.state])
    yield f"{mark}{line.what:{_LABEL}}{first.removeprefix(margin)}"
    yield from more
    if line.why:
        yield from _wrapped(line.why, margin)
    if line.next:
        yield from _wrapped(line.next, margin, "-> ")


def _wrapped(text: str, margin: str, mark: str = "") -> list[str]:
    return wrapped(mark + text, margin, len(margin) + len(mark)) or [margin]
