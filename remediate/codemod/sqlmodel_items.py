"""What Field of SQLModel hands on to its Column: sa_column_args and sa_column_kwargs."""

from dataclasses import dataclass

import libcst as cst

from remediate.codemod import items
from remediate.codemod.annotation import Noted
from remediate.codemod.draft import Draft
from remediate.codemod.parts import is_word
from remediate.codemod.values import Change, Unsafe


@dataclass(frozen=True, slots=True)
class Field:
    """The draft of a field, with its annotation and the arguments of Field."""

    draft: Draft
    note: Noted
    keywords: dict[str, cst.Arg]

    def elements(self, name: str, *kinds: type[cst.CSTNode]) -> tuple[cst.CSTNode, ...]:
        """What is in the list or dict of an argument; Unsafe where only running it would tell."""
        arg = self.keywords.get(name)
        if arg is None:
            return ()
        if not isinstance(arg.value, kinds):
            raise Unsafe(f"its {name} is made elsewhere: change it there")
        return tuple(arg.value.elements)  # type: ignore[attr-defined]


def take(
    field: Field, name: str, elements: tuple[cst.CSTNode, ...], going: list[cst.CSTNode]
) -> None:
    """Remove elements, and their list with the last one."""
    call = field.draft.site.call
    if not going or call is None:
        return
    if len(going) == len(elements):
        field.draft.remove(call, field.keywords[name])
        return
    for element in going:
        field.draft.remove(field.keywords[name].value, element)


def key(element: cst.CSTNode) -> str:
    """The literal text under which a dict holds an element; "" for any other key."""
    key = element.key if isinstance(element, cst.DictElement) else None
    return str(key.evaluated_value) if isinstance(key, cst.SimpleString) else ""


def items_of(field: Field) -> list[cst.BaseExpression]:
    """What sa_column_args holds."""
    elements = field.elements("sa_column_args", cst.List, cst.Tuple)
    return [element.value for element in elements if isinstance(element, cst.Element)]


def generated(field: Field, wanted: Change, gone: frozenset[str]) -> None:
    """Say Identity() or a Sequence, or no longer say one."""
    if not wanted.identity and wanted.sequence is None:
        return
    there = {field.draft.names.own_call(value): value for value in items_of(field)}
    if "" in there:
        raise Unsafe("its sa_column_args hold what is made elsewhere: change it there")
    if wanted.identity and "Identity" not in there:
        _identity(field, wanted, gone, there)
    elif wanted.sequence:
        _sequence(field, wanted.sequence, there)
    elif wanted.sequence is not None and "Sequence" in there:
        elements = field.elements("sa_column_args", cst.List, cst.Tuple)
        take(field, "sa_column_args", elements, [_element(field, there["Sequence"])])


def _element(field: Field, value: cst.BaseExpression) -> cst.CSTNode:
    elements = field.elements("sa_column_args", cst.List, cst.Tuple)
    return next(e for e in elements if isinstance(e, cst.Element) and e.value is value)


def _identity(
    field: Field, wanted: Change, gone: frozenset[str], there: dict[str, cst.BaseExpression]
) -> None:
    """Say Identity(), in the place of a Sequence that is to go."""
    if wanted.sequence or ("Sequence" in there and wanted.sequence is None):
        raise Unsafe("it has a Sequence, which Identity() would contradict: take it away by hand")
    names = {key(element) for element in field.elements("sa_column_kwargs", cst.Dict)}
    factory = field.keywords.keys() & {"default_factory"}
    items.check_defaults((names | factory) - gone, "Identity()")
    said = f"{field.draft.write(field.draft.speller.own('Identity'))}()"
    if "Sequence" in there:
        holder = field.keywords["sa_column_args"].value
        field.draft.rewrite(holder, _element(field, there["Sequence"]), said)
    else:
        _add(field, said)


def _sequence(field: Field, name: str, there: dict[str, cst.BaseExpression]) -> None:
    if "Identity" in there:
        raise Unsafe("it has Identity(), which a Sequence would contradict: take it away by hand")
    if "Sequence" in there:
        items.rename_sequence(field.draft, there["Sequence"], name)
    else:
        _add(field, items.sequence(field.draft, name))


def _add(field: Field, text: str) -> None:
    if arg := field.keywords.get("sa_column_args"):
        field.draft.append(arg.value, text)
    else:
        field.draft.keyword("sa_column_args", f"[{text}]")


def autoincrement(field: Field, *, value: bool) -> None:
    """Say autoincrement among what is handed on."""
    draft, arg = field.draft, field.keywords.get("sa_column_kwargs")
    name = items.quoted(draft, "autoincrement")
    if arg is None:
        draft.keyword("sa_column_kwargs", f"{{{name}: {value}}}")
        return
    for element in field.elements("sa_column_kwargs", cst.Dict):
        if isinstance(element, cst.DictElement) and key(element) == "autoincrement":
            if not is_word(element.value, str(value)):
                draft.replace_value(arg.value, element, str(value))
            return
    draft.append(arg.value, f"{name}: {value}")
