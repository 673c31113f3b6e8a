"""Apply changes of columns to the source of a module: each completely, or not at all."""

from collections.abc import Sequence

from remediate.codemod import column, imports, names, site, sqlmodel, unused
from remediate.codemod.draft import Draft
from remediate.codemod.names import Names
from remediate.codemod.source import BOM, Edit, ParsedSource, apply_edits, parse
from remediate.codemod.spelling import Import, Speller
from remediate.codemod.values import Change, Patched, Refusal, Unsafe


def patched(source: str, changes: Sequence[Change]) -> Patched:
    """The source with every safe change, and the refusals; all other bytes stay the same."""
    mark = BOM if source.startswith(BOM) else ""
    plain = source.removeprefix(BOM)
    reasons: dict[int, str] = {}
    after = plain
    try:
        lines = _Lines(parse(plain))
        for indexes in _rounds(changes):
            after = _apply_round(after, [(i, changes[i]) for i in indexes], reasons)
        if after != plain:
            after = unused.wrap_imports(unused.prune_imports(after, plain), plain)
    except Unsafe as unsafe:  # it cannot be parsed, before or after
        refused = tuple(Refusal(change, unsafe.line, unsafe.reason) for change in changes)
        return Patched(source, (), refused)
    return Patched(
        mark + after,
        tuple(change for i, change in enumerate(changes) if i not in reasons),
        tuple(Refusal(changes[i], lines.of(changes[i]), reasons[i]) for i in sorted(reasons)),
    )


class _Lines:
    """Finds the lines of columns in the original source."""

    def __init__(self, text: ParsedSource) -> None:
        self._text, self._names = text, names.read(text.module)

    def of(self, change: Change) -> int:
        """The line of a column, else of its class or table."""
        node = site.nearest(change, self._text.module, self._names)
        return 1 if node is self._text.module else self._text.line(node)


def _rounds(changes: Sequence[Change]) -> list[list[int]]:
    """The indexes of changes to apply together: no two of one column."""
    rounds: list[list[int]] = []
    seen: dict[tuple[str, str, str], int] = {}
    for index, change in enumerate(changes):
        number = seen.get(change.place, 0)
        seen[change.place] = number + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(index)
    return rounds


def _apply_round(source: str, changes: list[tuple[int, Change]], reasons: dict[int, str]) -> str:
    """The source with the safe changes; the others get an entry in `reasons`."""
    text = parse(source)
    known = names.read(text.module)
    edits: list[Edit] = []
    needed: list[Import] = []
    for index, change in changes:
        try:
            draft = _draft(change, text, known)
        except Unsafe as unsafe:
            reasons[index] = unsafe.reason
            continue
        edits += draft.edits()
        needed += draft.needed
    return imports.add_imports(apply_edits(source, edits), needed)


def _draft(change: Change, text: ParsedSource, known: Names) -> Draft:
    found = site.find(change, text.module, known)
    near = [arg.value for arg in found.call.args] if found.call else []
    near = [getattr(value, "func", value) for value in near]
    near += [found.call.func] if found.call else []
    draft = Draft(text, known, found, Speller(known, found.class_names, near))
    if found.by_field:
        sqlmodel.change(draft, change)
    else:
        column.change(draft, change)
    return draft
