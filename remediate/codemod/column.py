"""A Column or mapped_column that is to say another type, with its annotation and defaults."""

import libcst as cst

from remediate.codemod import arguments, defaults, spelling
from remediate.codemod.annotation import Noted, noted
from remediate.codemod.arguments import Parts, is_word, parts
from remediate.codemod.draft import Draft
from remediate.codemod.spelling import SqlType
from remediate.codemod.values import Change, Unsafe

_COMPUTING = ("Computed", "DefaultClause", "ColumnDefault", "CheckConstraint")


def change(draft: Draft, wanted: Change) -> None:
    """Put every edit of a change into the draft; Unsafe where one of them is."""
    site = draft.site
    note = noted(site.annotation, draft.text, draft.names) if site.annotation else None
    if site.call is None and not (note and note.mapped):
        raise Unsafe("it is an annotation without Mapped or a column: write one by hand")
    if note and note.mapped and note.is_opaque:
        raise Unsafe(f"its annotation `{note.code}` may hold a column of its own: change that")
    found = parts(site.call, draft.names)
    type_ = wanted.type or _kept(draft, found, note, wanted)
    gone = _type(draft, found, note, type_, wanted) if type_ else frozenset[str]()
    arguments.change(draft, found, wanted, gone)
    if site.call is None:
        draft.make_call(draft.speller.mapped_column())


def _kept(draft: Draft, found: Parts, note: Noted | None, wanted: Change) -> str:
    """The type to write beside a new ForeignKey, which would otherwise bring that of its target."""
    if not wanted.references or found.type or not note or _is_implicit(draft, found):
        return ""
    return spelling.IMPLIED.get(note.python, "") if note.mapped else ""


def _type(
    draft: Draft, found: Parts, note: Noted | None, text: str, wanted: Change
) -> frozenset[str]:
    """Say the type; the defaults that went with the former one."""
    want, former = spelling.wanted(text), _former(draft, found, note)
    refers = bool(wanted.references) and not found.type
    if former is None or not former.is_same(want) or refers:
        _say(draft, found, note, text, refers=refers)
    before = former.python if former else note.python if note else ""
    follow(draft, note, want.python, before)
    if former and before == want.python and former.more and not former.is_same(want):
        raise Unsafe(f"its type has more to it than {text} says: write it by hand")
    if before == want.python:
        return frozenset()
    for arg in found.items:
        if name := next((n for n in _COMPUTING if draft.names.own_call(arg.value) == n), ""):
            raise Unsafe(f"its {name} may not suit {text}: change both by hand")
    return settle(draft, want.python)


def _former(draft: Draft, found: Parts, note: Noted | None) -> SqlType | None:
    """The type that it has; None where that is another column's, or unknown."""
    if found.type and not is_word(found.type.value, "None"):
        value = found.type.value
        return spelling.written(value, draft.names, draft.text.code(value))
    if not note or not note.mapped or _is_implicit(draft, found):
        return None
    implied = spelling.IMPLIED.get(note.python)
    if implied is None:
        raise Unsafe(f"its annotation `{note.code}` says which type it has: change that")
    return SqlType(implied)


def _is_implicit(draft: Draft, found: Parts) -> bool:
    """Whether the type comes from elsewhere than the annotation."""
    referenced = any(draft.names.own_call(arg.value) == "ForeignKey" for arg in found.items)
    return referenced or "type_annotation_map" in draft.text.source


def _say(draft: Draft, found: Parts, note: Noted | None, text: str, *, refers: bool) -> None:
    """Write the type, unless the annotation says it."""
    want = spelling.wanted(text)
    if found.type:
        spelled = spelling.spelled(text, draft.speller)
        call = draft.site.call
        assert call is not None  # noqa: S101
        draft.replace_value(call, found.type, draft.write(spelled))
        return
    implied = SqlType(spelling.IMPLIED[want.python])
    annotated = note and note.mapped and implied.is_same(want)
    if not annotated or refers or _is_implicit(draft, found):
        spelled = spelling.spelled(text, draft.speller)
        draft.positional(draft.write(spelled), behind=found.lead)


def follow(draft: Draft, note: Noted | None, python: str, former: str) -> None:
    """Make the annotation say the Python type of the column."""
    if not note or not note.follows(python, former):
        return
    if not note.can_follow():
        raise Unsafe(f"its annotation `{note.code}` would have to change too: write it by hand")
    draft.replace(note.start, note.end, draft.write(draft.speller.python(python)))


def settle(draft: Draft, python: str) -> frozenset[str]:
    """Take the defaults away that made UUIDs, from the column and its Field."""
    gone: set[str] = set()
    calls = dict.fromkeys(c for c in (draft.site.call, draft.site.field) if c)
    for call in calls:
        for arg in call.args:
            name = arg.keyword.value if arg.keyword else ""
            if name not in defaults.NAMES:
                continue
            if defaults.goes(name, arg.value, python, draft.text, draft.names):
                _take(draft, call, arg)
                gone.add(name)
    return frozenset(gone)


def _take(draft: Draft, call: cst.Call, arg: cst.Arg) -> None:
    """Remove a default; a dataclass then has the field outside of its constructor."""
    given = {a.keyword.value for a in call.args if a.keyword}
    factory = arg.keyword and arg.keyword.value == "default_factory"
    if factory and draft.names.own_call(call) == "mapped_column" and "init" not in given:
        draft.rewrite(call, arg, "init=False")
    else:
        draft.remove(call, arg)
