"""Patched models as text: the diff, and apart from it what is left to a person."""

from collections.abc import Iterator

from remediate.remedies.models import Patched
from remediate.system import invocation
from remediate.system.words import counted


def diff(patched: Patched) -> str:
    return "".join(file.diff for file in patched.changed)


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
    columns, files = sum(len(f.done) for f in patched.changed), len(patched.changed)
    if not files:
        yield "Nothing to patch." if patched.complete else "Nothing was patched."
        return
    extent = f"{counted(columns, 'column')} in {counted(files, 'file')}"
    if patched.written:
        yield f"{extent} written."
        yield f"Next:  {invocation.alembic('check')}"
    else:
        yield f"{extent} to patch. Nothing was written."
        yield f"Next:  {invocation.remediate('models --write')}"
