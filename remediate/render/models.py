"""Patched models as text: the diff, and apart from it what is left to a person."""

from collections.abc import Iterator

from remediate.remedies.models import Patched
from remediate.render.lines import wrapped
from remediate.render.style import BOLD, CYAN, GREEN, PLAIN, RED, Style
from remediate.system import invocation
from remediate.system.words import counted

_COLORS = {"@": CYAN, "-": RED, "+": GREEN}
_HEADER = 2  # lines: what the file is called before and after


def diff(patched: Patched, style: Style = PLAIN) -> str:
    """The changes as `diff -u` shows them."""
    return "".join(line for file in patched.changed for line in _painted(file.diff, style))


def _painted(diff: str, style: Style) -> Iterator[str]:
    for number, line in enumerate(diff.splitlines(keepends=True)):
        text = line.rstrip("\r\n")
        code = BOLD if number < _HEADER else _COLORS.get(text[:1], "")
        yield style.paint(text, code) + line[len(text) :] if code else line


def summary(patched: Patched) -> str:
    return "\n".join(_summary(patched))


def _summary(patched: Patched) -> Iterator[str]:
    for file in patched.files:
        for refusal in file.refused:
            named = f"{refusal.change.owner or refusal.change.table}.{refusal.change.attribute}"
            yield f"refused: {file.file}:{refusal.line}: {named}: {refusal.reason}"
    for stuck in patched.stuck:
        where = f"{stuck.source.file}:{stuck.source.line}: " if stuck.source else ""
        yield f"refused: {where}{stuck.place}: {stuck.reason}"
    for place in patched.ahead:
        yield f"left as it is: {place}: a repair makes the database say the same (remediate plan)"
    yield from _extent(patched)


def _extent(patched: Patched) -> Iterator[str]:
    """How much changes, what no change repairs, and the next command."""
    columns, files = sum(len(f.done) for f in patched.changed), len(patched.changed)
    extent = f"{counted(columns, 'column')} in {counted(files, 'file')}"
    if files:
        yield (
            f"{extent} written." if patched.written else f"{extent} to patch. Nothing was written."
        )
    else:
        yield "Nothing to patch." if patched.complete else "Nothing was patched."
    if patched.unfilled:
        yield from _of_keys(len(patched.unfilled))
    if files:
        after = invocation.alembic("check")
        yield f"Next:  {after if patched.written else invocation.remediate('models --write')}"
    elif patched.unfilled:
        yield f"Next:  {invocation.remediate('plan')}"


def _of_keys(number: int) -> list[str]:
    """Why no patch repairs the keys that nothing generates."""
    have = "has" if number == 1 else "have"
    return wrapped(
        f"{counted(number, 'key')} of these models {have} no working default in the database. No "
        "model is the cause, and none needs to change for it: autoincrement=True in a model "
        "changes no table that exists (remediate explain autoincrement). The repair is a revision.",
        "",
    )
