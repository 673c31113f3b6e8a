"""Change a field of SQLModel, by its annotation or by the arguments of Field."""

from dataclasses import dataclass

import libcst as cst

from remediate.codemod import arguments, column, defaults, spelling
from remediate.codemod.annotation import Annotation
from remediate.codemod.arguments import is_word, read_arguments
from remediate.codemod.draft import Draft
from remediate.codemod.spelling import SqlType
from remediate.codemod.values import Change, Unsafe


@dataclass(frozen=True, slots=True)
class Field:
    """The draft of a field, with its annotation and the arguments of Field."""

    draft: Draft
    annotation: Annotation
    keywords: dict[str, cst.Arg]

    def elements(self, name: str, *kinds: type[cst.CSTNode]) -> tuple[cst.CSTNode, ...]:
        """The elements of a list or dict argument; raises Unsafe if it is another expression."""
        arg = self.keywords.get(name)
        if arg is None:
            return ()
        if not isinstance(arg.value, kinds):
            raise Unsafe(f"its {name} is made elsewhere: change it there")
        return tuple(arg.value.elements)  # type: ignore[attr-defined]


def remove_elements(
    field: Field, name: str, elements: tuple[cst.CSTNode, ...], going: list[cst.CSTNode]
) -> None:
    """Remove elements, and the argument if none is left."""
    call = field.draft.site.call
    if not going or call is None:
        return
    if len(going) == len(elements):
        field.draft.remove(call, field.keywords[name])
        return
    for element in going:
        field.draft.remove(field.keywords[name].value, element)


def key(element: cst.CSTNode) -> str:
    """The key of an element of a dict; "" if it is no string literal."""
    key = element.key if isinstance(element, cst.DictElement) else None
    return str(key.evaluated_value) if isinstance(key, cst.SimpleString) else ""


def items_of(field: Field) -> list[cst.BaseExpression]:
    """The elements of sa_column_args."""
    elements = field.elements("sa_column_args", cst.List, cst.Tuple)
    return [element.value for element in elements if isinstance(element, cst.Element)]


def change_generator(field: Field, wanted: Change, removed: frozenset[str]) -> None:
    """Draft Identity() or a Sequence, or remove one."""
    if not wanted.identity and wanted.sequence is None:
        return
    there = {field.draft.names.library_call(value): value for value in items_of(field)}
    if "" in there:
        raise Unsafe("its sa_column_args hold what is made elsewhere: change it there")
    if wanted.identity and "Identity" not in there:
        _identity(field, wanted, removed, there)
    elif wanted.sequence:
        _sequence(field, wanted.sequence, there)
    elif wanted.sequence is not None and "Sequence" in there:
        elements = field.elements("sa_column_args", cst.List, cst.Tuple)
        remove_elements(field, "sa_column_args", elements, [_element(field, there["Sequence"])])


def _element(field: Field, value: cst.BaseExpression) -> cst.CSTNode:
    elements = field.elements("sa_column_args", cst.List, cst.Tuple)
    return next(e for e in elements if isinstance(e, cst.Element) and e.value is value)


def _identity(
    field: Field, wanted: Change, removed: frozenset[str], there: dict[str, cst.BaseExpression]
) -> None:
    """Draft Identity(), in the place of a Sequence that the change removes."""
    if wanted.sequence or ("Sequence" in there and wanted.sequence is None):
        raise Unsafe("it has a Sequence, which Identity() would contradict: remove it by hand")
    names = {key(element) for element in field.elements("sa_column_kwargs", cst.Dict)}
    factory = field.keywords.keys() & {"default_factory"}
    arguments.check_defaults((names | factory) - removed, "Identity()")
    said = f"{field.draft.write(field.draft.speller.sqlalchemy('Identity'))}()"
    if "Sequence" in there:
        holder = field.keywords["sa_column_args"].value
        field.draft.rewrite(holder, _element(field, there["Sequence"]), said)
    else:
        _add(field, said)


def _sequence(field: Field, name: str, there: dict[str, cst.BaseExpression]) -> None:
    if "Identity" in there:
        raise Unsafe("it has Identity(), which a Sequence would contradict: remove it by hand")
    if "Sequence" in there:
        arguments.rename_sequence(field.draft, there["Sequence"], name)
    else:
        _add(field, arguments.sequence(field.draft, name))


def _add(field: Field, text: str) -> None:
    if arg := field.keywords.get("sa_column_args"):
        field.draft.append(arg.value, text)
    else:
        field.draft.keyword("sa_column_args", f"[{text}]")


def autoincrement(field: Field, *, value: bool) -> None:
    """Draft autoincrement in sa_column_kwargs."""
    draft, arg = field.draft, field.keywords.get("sa_column_kwargs")
    name = arguments.quoted(draft, "autoincrement")
    if arg is None:
        draft.keyword("sa_column_kwargs", f"{{{name}: {value}}}")
        return
    for element in field.elements("sa_column_kwargs", cst.Dict):
        if isinstance(element, cst.DictElement) and key(element) == "autoincrement":
            if not is_word(element.value, str(value)):
                draft.replace_value(arg.value, element, str(value))
            return
    draft.append(arg.value, f"{name}: {value}")


# What pydantic validates of text and of numbers; with another type the class cannot be created.
_TEXT_ONLY = ("max_length", "min_length", "regex", "pattern")
_NUMBERS_ONLY = ("gt", "ge", "lt", "le", "multiple_of", "max_digits", "decimal_places")


def change(draft: Draft, wanted: Change) -> None:
    """Draft every edit of a change; raises Unsafe if one of them is."""
    site = draft.site
    annotation = column.annotated_type(draft)
    if annotation is None or annotation.mapped:
        raise Unsafe("a field of SQLModel needs an annotation with its type")
    if annotation.is_opaque:
        raise Unsafe(
            f"its annotation `{annotation.code}` may hold a column of its own: change that"
        )
    field = Field(draft, annotation, dict(read_arguments(site.call, draft.names).keywords))
    removed = _type(field, wanted.type) if wanted.type else frozenset[str]()
    if wanted.references:
        _reference(field, wanted)
    change_generator(field, wanted, removed)
    if wanted.index:
        arguments.check_index(draft, field.keywords, wanted.attribute)
        arguments.set_flag(draft, site.call, field.keywords.get("index"), "index", value=True)
    if wanted.autoincrement is not None:
        autoincrement(field, value=wanted.autoincrement)
    if site.call is None:
        draft.make_call(draft.speller.sqlmodel("Field"))


def _type(field: Field, text: str) -> frozenset[str]:
    """Draft the type; returns the names of the defaults that it removes."""
    draft, want, former = field.draft, spelling.parse_type(text), _former(field)
    if not former.is_same(want):
        _write_type(field, want, text)
    column.follow(draft, field.annotation, want.python, former.python)
    if former.python == want.python:
        return frozenset()
    text_only = () if want.python == "str" else _TEXT_ONLY
    numbers_only = _NUMBERS_ONLY if want.python in ("str", "uuid.UUID") else ()
    unfit = (*text_only, *numbers_only)
    if name := next((name for name in unfit if name in field.keywords), ""):
        raise Unsafe(f"its {name} does not suit {text}: change both by hand")
    _settle_plain(field, want.python)
    return column.remove_defaults(draft, want.python) | _settle_column(field, want.python)


def _former(field: Field) -> SqlType:
    if arg := field.keywords.get("sa_type"):
        return spelling.read_type(arg.value, field.draft.names, field.draft.text.code(arg.value))
    if implied := _implied(field, field.annotation.python):
        return implied
    raise Unsafe(f"its annotation `{field.annotation.code}` names its type: change that")


def _implied(field: Field, python: str) -> SqlType | None:
    """The type that SQLModel derives from an annotation."""
    kind = spelling.IMPLIED.get(python)
    names = {"String": ("max_length",), "Numeric": ("max_digits", "decimal_places")}.get(kind or "")
    given = [field.keywords[name].value for name in names or () if name in field.keywords]
    parameters = tuple(field.draft.text.code(value) for value in given)
    return SqlType(kind, parameters) if kind else None


def _write_type(field: Field, want: SqlType, text: str) -> None:
    """Draft the type, unless the annotation implies it."""
    implied, arg = _implied(field, want.python), field.keywords.get("sa_type")
    if arg is None and implied and implied.is_same(want):
        return
    spelled = field.draft.write(spelling.spell(text, field.draft.speller))
    if arg is None or field.draft.site.call is None:
        field.draft.keyword("sa_type", spelled)
    else:
        field.draft.replace_value(field.draft.site.call, arg, spelled)


def _settle_plain(field: Field, python: str) -> None:
    """Raises Unsafe if the first argument, or the value behind "=", does not fit the new type."""
    site = field.draft.site
    first = site.call.args[0] if site.call and site.call.args else None
    value = first.value if first and not first.keyword else site.value
    if value and defaults.must_go("default", value, python, field.draft.text, field.draft.names):
        raise Unsafe(f"its default `{field.draft.text.code(value)}` makes UUIDs: remove it by hand")


def _settle_column(field: Field, python: str) -> frozenset[str]:
    """Remove the defaults that make UUIDs from sa_column_kwargs; returns their names."""
    elements = field.elements("sa_column_kwargs", cst.Dict)
    going: list[cst.CSTNode] = []
    for element in elements:
        name = key(element)
        if isinstance(element, cst.DictElement) and name in defaults.NAMES:
            value, draft = element.value, field.draft
            if defaults.must_go(name, value, python, draft.text, draft.names):
                going.append(element)
    remove_elements(field, "sa_column_kwargs", elements, going)
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
        if draft.names.library_call(element) == "ForeignKey":
            arguments.same_target(element, wanted.references, draft)
            return
    arguments.check_reference(draft, {wanted.attribute})
    if wanted.on_delete.upper() == "SET NULL" and not field.annotation.optional:
        raise Unsafe("SET NULL needs an annotation that allows None")
    draft.keyword("foreign_key", arguments.quoted(draft, wanted.references))
    if wanted.on_delete:
        draft.keyword("ondelete", arguments.quoted(draft, wanted.on_delete))
