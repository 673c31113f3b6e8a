"""Change a Column or mapped_column: its type, with its annotation and defaults."""

import libcst as cst

from remediate.codemod import arguments, defaults, spelling
from remediate.codemod.annotation import Annotation, read_annotation
from remediate.codemod.arguments import Arguments, is_word, read_arguments
from remediate.codemod.draft import Draft
from remediate.codemod.spelling import SqlType
from remediate.codemod.values import Change, Unsafe

_COMPUTING = ("Computed", "DefaultClause", "ColumnDefault", "CheckConstraint")


def change(draft: Draft, wanted: Change) -> None:
    """Draft every edit of a change; raises Unsafe if one of them is."""
    site = draft.site
    annotation = annotated_type(draft)
    if site.call is None and not (annotation and annotation.mapped):
        raise Unsafe("it is an annotation without Mapped or a column: write one by hand")
    if annotation and annotation.mapped and annotation.is_opaque:
        raise Unsafe(
            f"its annotation `{annotation.code}` may hold a column of its own: change that"
        )
    found = read_arguments(site.call, draft.names)
    type_ = wanted.type or _kept(draft, found, annotation, wanted)
    removed = _type(draft, found, annotation, type_, wanted) if type_ else frozenset[str]()
    arguments.change(draft, found, wanted, removed)
    if site.call is None:
        draft.make_call(draft.speller.mapped_column())


def annotated_type(draft: Draft) -> Annotation | None:
    """The type in the annotation of the column; None without one."""
    node = draft.site.annotation
    return read_annotation(node, draft.text, draft.names) if node else None


def _kept(draft: Draft, found: Arguments, annotation: Annotation | None, wanted: Change) -> str:
    """The type to write beside a new ForeignKey, which would otherwise imply its target's."""
    if not wanted.references or found.type or not annotation or _is_implicit(draft, found):
        return ""
    return spelling.IMPLIED.get(annotation.python, "") if annotation.mapped else ""


def _type(
    draft: Draft, found: Arguments, annotation: Annotation | None, text: str, wanted: Change
) -> frozenset[str]:
    """Draft the type; returns the names of the defaults that it removes."""
    want, former = spelling.parse_type(text), _former(draft, found, annotation)
    refers = bool(wanted.references) and not found.type
    if former is None or not former.is_same(want) or refers:
        _write_type(draft, found, annotation, text, refers=refers)
    before = former.python if former else annotation.python if annotation else ""
    follow(draft, annotation, want.python, before)
    if former and before == want.python and former.more and not former.is_same(want):
        raise Unsafe(f"its type is more specific than {text}: write it by hand")
    if before == want.python:
        return frozenset()
    for arg in found.items:
        if name := next((n for n in _COMPUTING if draft.names.library_call(arg.value) == n), ""):
            raise Unsafe(f"its {name} may not suit {text}: change both by hand")
    return remove_defaults(draft, want.python)


def _former(draft: Draft, found: Arguments, annotation: Annotation | None) -> SqlType | None:
    """The present type; None if another column determines it, or it is unknown."""
    if found.type and not is_word(found.type.value, "None"):
        value = found.type.value
        return spelling.read_type(value, draft.names, draft.text.code(value))
    if not annotation or not annotation.mapped or _is_implicit(draft, found):
        return None
    implied = spelling.IMPLIED.get(annotation.python)
    if implied is None:
        raise Unsafe(f"its annotation `{annotation.code}` names its type: change that")
    return SqlType(implied)


def _is_implicit(draft: Draft, found: Arguments) -> bool:
    """Whether something else than the annotation determines the type."""
    referenced = any(draft.names.library_call(arg.value) == "ForeignKey" for arg in found.items)
    return referenced or "type_annotation_map" in draft.text.source


def _write_type(
    draft: Draft, found: Arguments, annotation: Annotation | None, text: str, *, refers: bool
) -> None:
    """Draft the type, unless the annotation implies it."""
    want = spelling.parse_type(text)
    if found.type and draft.site.call:
        spelled = spelling.spell(text, draft.speller)
        draft.replace_value(draft.site.call, found.type, draft.write(spelled))
        return
    implied = SqlType(spelling.IMPLIED[want.python])
    annotated = annotation and annotation.mapped and implied.is_same(want)
    if not annotated or refers or _is_implicit(draft, found):
        spelled = spelling.spell(text, draft.speller)
        draft.positional(draft.write(spelled), behind=found.lead)


def follow(draft: Draft, annotation: Annotation | None, python: str, former: str) -> None:
    """Give the annotation the Python type of the column."""
    if not annotation or not annotation.must_follow(python, former):
        return
    if not annotation.can_follow():
        raise Unsafe(
            f"its annotation `{annotation.code}` would have to change too: write it by hand"
        )
    draft.replace(annotation.start, annotation.end, draft.write(draft.speller.python(python)))


def remove_defaults(draft: Draft, python: str) -> frozenset[str]:
    """Remove the defaults that make UUIDs from the column and its Field; returns their names."""
    removed: set[str] = set()
    calls = dict.fromkeys(c for c in (draft.site.call, draft.site.field) if c)
    for call in calls:
        for arg in call.args:
            name = arg.keyword.value if arg.keyword else ""
            if name not in defaults.NAMES:
                continue
            if defaults.must_go(name, arg.value, python, draft.text, draft.names):
                _remove(draft, call, arg)
                removed.add(name)
    return frozenset(removed)


def _remove(draft: Draft, call: cst.Call, arg: cst.Arg) -> None:
    """Remove a default; in a dataclass the field then needs init=False."""
    given = {a.keyword.value for a in call.args if a.keyword}
    factory = arg.keyword and arg.keyword.value == "default_factory"
    if factory and draft.names.library_call(call) == "mapped_column" and "init" not in given:
        draft.rewrite(call, arg, "init=False")
    else:
        draft.remove(call, arg)
