"""A field of SQLModel that is to say another type, by its annotation or the arguments of Field."""

import libcst as cst

from remediate.codemod import column, defaults, items, sqltypes
from remediate.codemod.annotation import noted
from remediate.codemod.draft import Draft
from remediate.codemod.parts import parts
from remediate.codemod.sqlmodel_items import Field, autoincrement, generated, items_of, key, take
from remediate.codemod.sqltypes import SqlType
from remediate.codemod.values import Change, Unsafe

# What pydantic checks of text and of numbers; the class fails to load with another type.
_TEXT_ONLY = ("max_length", "min_length", "regex", "pattern")
_NUMBERS_ONLY = ("gt", "ge", "lt", "le", "multiple_of", "max_digits", "decimal_places")


def change(draft: Draft, wanted: Change) -> None:
    """Put every edit of a change into the draft; Unsafe where one of them is."""
    site = draft.site
    note = noted(site.annotation, draft.text, draft.names) if site.annotation else None
    if note is None or note.mapped:
        raise Unsafe("a field of SQLModel needs an annotation that says its type")
    if note.is_opaque:
        raise Unsafe(f"its annotation `{note.code}` may hold a column of its own: change that")
    field = Field(draft, note, dict(parts(site.call, draft.names).keywords))
    gone = _type(field, wanted.type) if wanted.type else frozenset[str]()
    if wanted.references:
        _reference(field, wanted)
    generated(field, wanted, gone)
    if wanted.index:
        items.check_index(draft, field.keywords, wanted.attribute)
        items.set_flag(draft, site.call, field.keywords.get("index"), "index", value=True)
    if wanted.autoincrement is not None:
        autoincrement(field, value=wanted.autoincrement)
    if site.call is None:
        draft.make_call(draft.speller.sqlmodel("Field"))


def _type(field: Field, text: str) -> frozenset[str]:
    """Say the type; the defaults that went with the former one."""
    draft, want, former = field.draft, sqltypes.wanted(text), _former(field)
    if not former.is_same(want):
        _say(field, want, text)
    column.follow(draft, field.note, want.python, former.python)
    if former.python == want.python:
        return frozenset()
    text_only = () if want.python == "str" else _TEXT_ONLY
    numbers_only = _NUMBERS_ONLY if want.python in ("str", "uuid.UUID") else ()
    unfit = (*text_only, *numbers_only)
    if name := next((name for name in unfit if name in field.keywords), ""):
        raise Unsafe(f"its {name} does not suit {text}: change both by hand")
    _settle_plain(field, want.python)
    return column.settle(draft, want.python) | _settle_column(field, want.python)


def _former(field: Field) -> SqlType:
    if arg := field.keywords.get("sa_type"):
        return sqltypes.written(arg.value, field.draft.names, field.draft.text.code(arg.value))
    if implied := _implied(field, field.note.python):
        return implied
    raise Unsafe(f"its annotation `{field.note.code}` says which type it has: change that")


def _implied(field: Field, python: str) -> SqlType | None:
    """The type that SQLModel makes of an annotation."""
    kind = sqltypes.IMPLIED.get(python)
    names = {"String": ("max_length",), "Numeric": ("max_digits", "decimal_places")}.get(kind or "")
    given = [field.keywords[name].value for name in names or () if name in field.keywords]
    arguments = tuple(field.draft.text.code(value) for value in given)
    return SqlType(kind, arguments) if kind else None


def _say(field: Field, want: SqlType, text: str) -> None:
    """Write the type, unless the annotation says it."""
    implied, arg = _implied(field, want.python), field.keywords.get("sa_type")
    if arg is None and implied and implied.is_same(want):
        return
    spelled = field.draft.write(sqltypes.spelled(text, field.draft.speller))
    if arg is None or field.draft.site.call is None:
        field.draft.keyword("sa_type", spelled)
    else:
        field.draft.replace_value(field.draft.site.call, arg, spelled)


def _settle_plain(field: Field, python: str) -> None:
    """Unsafe where the default that stands first, or behind "=", does not fit the new type."""
    site = field.draft.site
    first = site.call.args[0] if site.call and site.call.args else None
    value = first.value if first and not first.keyword else site.value
    if value and defaults.goes("default", value, python, field.draft.text, field.draft.names):
        raise Unsafe(
            f"its default `{field.draft.text.code(value)}` makes UUIDs: take it away by hand"
        )


def _settle_column(field: Field, python: str) -> frozenset[str]:
    """Take the defaults away that made UUIDs in sa_column_kwargs."""
    elements = field.elements("sa_column_kwargs", cst.Dict)
    going: list[cst.CSTNode] = []
    for element in elements:
        name = key(element)
        if isinstance(element, cst.DictElement) and name in defaults.NAMES:
            value, draft = element.value, field.draft
            going += [element] * defaults.goes(name, value, python, draft.text, draft.names)
    take(field, "sa_column_kwargs", elements, going)
    return frozenset(key(element) for element in going)


def _reference(field: Field, wanted: Change) -> None:
    draft, declared = field.draft, field.keywords.get("foreign_key")
    if declared and isinstance(declared.value, cst.SimpleString):
        said = str(declared.value.evaluated_value)
        if said == wanted.references:
            return
        raise Unsafe(f"it references `{said}` already: change that by hand")
    if declared:
        raise Unsafe(f"its foreign_key is `{draft.text.code(declared.value)}`: change it there")
    for element in items_of(field):
        if draft.names.own_call(element) == "ForeignKey":
            items.same_target(element, wanted.references, draft)
            return
    items.check_reference(draft, {wanted.attribute})
    if wanted.on_delete.upper() == "SET NULL" and not field.note.optional:
        raise Unsafe("SET NULL needs an annotation that allows None")
    draft.keyword("foreign_key", items.quoted(draft, wanted.references))
    if wanted.on_delete:
        draft.keyword("ondelete", items.quoted(draft, wanted.on_delete))
