"""The arguments of a column, told apart."""

from collections.abc import Mapping
from dataclasses import dataclass

import libcst as cst

from remediate.codemod.names import Names
from remediate.codemod.values import Unsafe

# What may stand among the arguments of a Column behind its name and its type.
ITEMS = (
    "ForeignKey", "Identity", "Sequence", "Computed", "CheckConstraint", "FetchedValue",
    "DefaultClause", "ColumnDefault",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parts:
    """Name and type, items such as ForeignKey, and keywords."""

    lead: int  # where the type stands, or would
    type: cst.Arg | None
    items: tuple[cst.Arg, ...]
    keywords: Mapping[str, cst.Arg]

    @property
    def positional(self) -> int:
        """How many arguments stand before the keywords."""
        own_type = self.type is not None and self.type.keyword is None
        return self.lead + own_type + len(self.items)

    def item(self, name: str, names: Names) -> cst.Arg | None:
        """The item of this kind; Unsafe where there are several."""
        found = [arg for arg in self.items if names.own_call(arg.value) == name]
        if len(found) > 1:
            raise Unsafe(f"it has {len(found)} of {name}: keep one by hand")
        return found[0] if found else None

    def unclear(self, names: Names) -> cst.Arg | None:
        """An item that is made elsewhere, and may be anything."""
        return next((a for a in self.items if names.own_call(a.value) not in ITEMS), None)


def parts(call: cst.Call | None, names: Names) -> Parts:
    """The arguments of a Column, a mapped_column or a Field."""
    args = call.args if call else ()
    keywords = {arg.keyword.value: arg for arg in args if arg.keyword}
    positional = [arg for arg in args if not arg.keyword]
    text = (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString)
    lead = 1 if positional and isinstance(positional[0].value, text) else 0
    rest = positional[lead:]
    typed = bool(rest) and names.own_call(rest[0].value) not in ITEMS
    type_ = rest[0] if typed else keywords.get("type_")
    return Parts(lead, type_, tuple(rest[1:] if typed else rest), keywords)


def is_word(node: cst.BaseExpression, word: str) -> bool:
    """Whether an expression is True, False or None, as asked."""
    return isinstance(node, cst.Name) and node.value == word
