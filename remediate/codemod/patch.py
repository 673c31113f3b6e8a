"""Changes of columns, made in a module's source: all of one, or nothing of it."""

from collections.abc import Sequence

from remediate.codemod import column, imports, names, site, sqlmodel, unused
from remediate.codemod import source as texts
from remediate.codemod.draft import Draft
from remediate.codemod.names import Names
from remediate.codemod.source import BOM, Edit, Text, applied
from remediate.codemod.spelling import Need, Speller
from remediate.codemod.values import Change, Patched, Refusal, Unsafe


def patched(source: str, changes: Sequence[Change]) -> Patched:
    """The source with every change that is safe; everything outside of those byte-equal."""
    mark = BOM if source.startswith(BOM) else ""
    plain = source.removeprefix(BOM)
    reasons: dict[int, str] = {}
    after = plain
    try:
        lines = _Lines(texts.read(plain))
        for turn in _turns(changes):
            after = _turned(after, [(i, changes[i]) for i in turn], reasons)
        if after != plain:
            after = unused.wrapped(unused.pruned(after, plain), plain)
    except Unsafe as unsafe:  # no Python, before or after
        refused = tuple(Refusal(change, unsafe.line, unsafe.reason) for change in changes)
        return Patched(source, (), refused)
    return Patched(
        mark + after,
        tuple(change for i, change in enumerate(changes) if i not in reasons),
        tuple(Refusal(changes[i], lines.of(changes[i]), reasons[i]) for i in sorted(reasons)),
    )


class _Lines:
    """Where columns are in the source as it was."""

    def __init__(self, text: Text) -> None:
        self._text, self._names = text, names.read(text.module)

    def of(self, change: Change) -> int:
        """The line of a column, or of what comes nearest to it."""
        node = site.nearest(change, self._text.module, self._names)
        return 1 if node is self._text.module else self._text.line(node)


def _turns(changes: Sequence[Change]) -> list[list[int]]:
    """Changes that can be made together: no two of one column."""
    turns: list[list[int]] = []
    seen: dict[tuple[str, str, str], int] = {}
    for index, change in enumerate(changes):
        turn = seen.get(change.place, 0)
        seen[change.place] = turn + 1
        if turn == len(turns):
            turns.append([])
        turns[turn].append(index)
    return turns


def _turned(source: str, changes: list[tuple[int, Change]], reasons: dict[int, str]) -> str:
    """The source with the changes that are safe; why the others are not."""
    text = texts.read(source)
    known = names.read(text.module)
    edits: list[Edit] = []
    needs: list[Need] = []
    for index, change in changes:
        try:
            draft = _draft(change, text, known)
        except Unsafe as unsafe:
            reasons[index] = unsafe.reason
            continue
        edits += draft.edits()
        needs += draft.needs
    return imports.added(applied(source, edits), needs)


def _draft(change: Change, text: Text, known: Names) -> Draft:
    found = site.find(change, text.module, known)
    near = [arg.value for arg in found.call.args] if found.call else []
    near = [getattr(value, "func", value) for value in near]
    near += [found.call.func] if found.call else []
    draft = Draft(text, known, found, Speller(known, found.taken, near))
    if found.by_field:
        sqlmodel.change(draft, change)
    else:
        column.change(draft, change)
    return draft
