"""Change the arguments of a Column besides its type: ForeignKey, Identity, Sequence, index."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import libcst as cst
import libcst.matchers as m

from remediate.codemod.draft import Draft
from remediate.codemod.names import Names
from remediate.codemod.values import Change, Unsafe

# The positional arguments of a Column after its name and its type.
ITEMS = (
    "ForeignKey", "Identity", "Sequence", "Computed", "CheckConstraint", "FetchedValue",
    "DefaultClause", "ColumnDefault",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call: name and type, items such as ForeignKey, and keywords."""

    lead: int  # the position of the type
    type: cst.Arg | None
    items: tuple[cst.Arg, ...]
    keywords: Mapping[str, cst.Arg]

    @property
    def positional(self) -> int:
        """How many positional arguments there are."""
        own_type = self.type is not None and self.type.keyword is None
        return self.lead + own_type + len(self.items)

    def item(self, name: str, names: Names) -> cst.Arg | None:
        """The item of this kind; raises Unsafe if there are several."""
        found = [arg for arg in self.items if names.library_call(arg.value) == name]
        if len(found) > 1:
            raise Unsafe(f"it has {len(found)} of {name}: keep one by hand")
        return found[0] if found else None

    def unclear(self, names: Names) -> cst.Arg | None:
        """An item that is not a call of a known kind, and may be anything."""
        return next((a for a in self.items if names.library_call(a.value) not in ITEMS), None)


def read_arguments(call: cst.Call | None, names: Names) -> Arguments:
    """The arguments of a Column, a mapped_column or a Field."""
    args = call.args if call else ()
    keywords = {arg.keyword.value: arg for arg in args if arg.keyword}
    positional = [arg for arg in args if not arg.keyword]
    text = (cst.SimpleString, cst.ConcatenatedString, cst.FormattedString)
    lead = 1 if positional and isinstance(positional[0].value, text) else 0
    rest = positional[lead:]
    typed = bool(rest) and names.library_call(rest[0].value) not in ITEMS
    type_ = rest[0] if typed else keywords.get("type_")
    return Arguments(lead, type_, tuple(rest[1:] if typed else rest), keywords)


def is_word(node: cst.BaseExpression, word: str) -> bool:
    """Whether an expression is this word: True, False or None."""
    return isinstance(node, cst.Name) and node.value == word


def change(draft: Draft, found: Arguments, wanted: Change, removed: frozenset[str]) -> None:
    """Draft a change without its type; `removed` are the defaults that the type removed."""
    says_item = wanted.references or wanted.identity or wanted.sequence is not None
    if says_item and (arg := found.unclear(draft.names)):
        raise Unsafe(f"its argument `{draft.text.code(arg)}` is made elsewhere: change it there")
    if wanted.references:
        _reference(draft, found, wanted)
    if wanted.identity:
        _identity(draft, found, wanted, removed)
    if wanted.sequence:
        _sequence(draft, found, wanted.sequence)
    if wanted.index:
        check_index(draft, found.keywords, wanted.attribute)
        _flag(draft, found, "index", value=True)
    if wanted.autoincrement is not None:
        _flag(draft, found, "autoincrement", value=wanted.autoincrement)
    if wanted.sequence == "":
        _no_sequence(draft, found)


def reference(draft: Draft, wanted: Change) -> str:
    """The code of ForeignKey("users.id"), with its ondelete."""
    on_delete = f", ondelete={quoted(draft, wanted.on_delete)}" if wanted.on_delete else ""
    name = draft.write(draft.speller.sqlalchemy("ForeignKey"))
    return f"{name}({quoted(draft, wanted.references)}{on_delete})"


def sequence(draft: Draft, name: str) -> str:
    """The code of Sequence("name"), with its schema."""
    schema, _, plain = name.rpartition(".")
    more = f", schema={quoted(draft, schema)}" if schema else ""
    return f"{draft.write(draft.speller.sqlalchemy('Sequence'))}({quoted(draft, plain)}{more})"


def quoted(draft: Draft, text: str) -> str:
    """A string literal in the quotes that the module uses most."""
    source = draft.text.source
    quote = "'" if source.count("'") > source.count('"') else '"'
    escaped = text.replace("\\", "\\\\").replace(quote, "\\" + quote)
    return f"{quote}{escaped}{quote}"


def check_reference(draft: Draft, columns: set[str]) -> None:
    """Raises Unsafe if a ForeignKeyConstraint of the table has one of the columns."""
    for call in _calls(draft, "ForeignKeyConstraint"):
        if columns & _texts(call.args[:1]):
            raise Unsafe("a ForeignKeyConstraint of its table names it: change that by hand")


def check_index(draft: Draft, keywords: Mapping[str, cst.Arg], attribute: str) -> None:
    """Raises Unsafe if the column has an index that index=True would duplicate or change."""
    for name in ("primary_key", "unique"):
        if name in keywords and not is_word(keywords[name].value, "False"):
            raise Unsafe(f"it has {name}, which creates an index already: keep that one")
    for call in _calls(draft, "Index"):
        if attribute in _texts(call.args[1:2]):
            raise Unsafe("an Index of its table begins with it: keep that one")


def _calls(draft: Draft, name: str) -> Iterator[cst.Call]:
    """The calls of a name of SQLAlchemy within the class or Table."""
    for call in m.findall(draft.site.container, m.Call()):
        if isinstance(call, cst.Call) and draft.names.library_call(call) == name:
            yield call


def same_target(call: cst.BaseExpression, target: str, draft: Draft) -> bool:
    """True if a ForeignKey has this target; raises Unsafe if it has another."""
    said = first_text(call)
    if said != target:
        code = said or draft.text.code(call)
        raise Unsafe(f"it references `{code}` already: change that by hand")
    return True


def first_text(call: cst.BaseExpression | None) -> str:
    """The string literal that is the first argument of a call; "" if there is none."""
    args = call.args if isinstance(call, cst.Call) else ()
    value = args[0].value if args and not args[0].keyword else None
    return str(value.evaluated_value) if isinstance(value, cst.SimpleString) else ""


def _texts(args: Sequence[cst.Arg]) -> set[str]:
    """Every string literal and every name in the arguments."""
    found: set[str] = set()
    for arg in args:
        for node in m.findall(arg.value, m.SimpleString() | m.Name()):
            if isinstance(node, cst.SimpleString):
                found.add(str(node.evaluated_value))
            elif isinstance(node, cst.Name):
                found.add(node.value)
    return found


def _reference(draft: Draft, found: Arguments, wanted: Change) -> None:
    declared = found.item("ForeignKey", draft.names)
    if declared and same_target(declared.value, wanted.references, draft):
        return
    check_reference(draft, {wanted.attribute, first_text(draft.site.call)})
    draft.positional(reference(draft, wanted), behind=found.positional)


def _identity(draft: Draft, found: Arguments, wanted: Change, removed: frozenset[str]) -> None:
    if found.item("Identity", draft.names):
        return
    if wanted.sequence or (found.item("Sequence", draft.names) and wanted.sequence is None):
        raise Unsafe("it has a Sequence, which Identity() would contradict: remove it by hand")
    check_defaults(found.keywords.keys() - removed, "Identity()")
    if found.item("Computed", draft.names):
        raise Unsafe("it is Computed")
    name = draft.write(draft.speller.sqlalchemy("Identity"))
    draft.positional(f"{name}()", behind=found.positional)


def check_defaults(names: set[str], what: str) -> None:
    """Raises Unsafe if a default fills the column."""
    for name in ("server_default", "default", "insert_default", "default_factory"):
        if name in names:
            raise Unsafe(f"it has a {name}, which {what} would contradict: remove it by hand")


def _sequence(draft: Draft, found: Arguments, name: str) -> None:
    if found.item("Identity", draft.names):
        raise Unsafe("it has Identity(), which a Sequence would contradict: remove it by hand")
    declared = found.item("Sequence", draft.names)
    if declared is None:
        draft.positional(sequence(draft, name), behind=found.positional)
    else:
        rename_sequence(draft, declared.value, name)


def rename_sequence(draft: Draft, call: cst.BaseExpression, name: str) -> None:
    """Give a Sequence another name."""
    args = call.args if isinstance(call, cst.Call) else ()
    schema = [a.value for a in args if a.keyword and a.keyword.value == "schema"]
    read = [str(s.evaluated_value) for s in schema if isinstance(s, cst.SimpleString)]
    plain = first_text(call)
    if not plain or len(read) < len(schema):
        raise Unsafe(f"its Sequence `{draft.text.code(call)}` has no name that can be read")
    former = ".".join([*read, plain])
    if former == name:
        return
    if schema or "." in name:
        raise Unsafe(f"its Sequence is {former}: change it to {name} by hand")
    draft.replace_value(call, args[0], quoted(draft, name))


def _no_sequence(draft: Draft, found: Arguments) -> None:
    default = found.keywords.get("server_default")
    if default and "next_value" in draft.text.code(default):
        raise Unsafe("its server_default draws from a Sequence: remove it by hand")
    declared = found.item("Sequence", draft.names)
    if declared and draft.site.call:
        draft.remove(draft.site.call, declared)


def _flag(draft: Draft, found: Arguments, name: str, *, value: bool) -> None:
    """Draft name=value."""
    set_flag(draft, draft.site.call, found.keywords.get(name), name, value=value)


def set_flag(
    draft: Draft, call: cst.Call | None, arg: cst.Arg | None, name: str, *, value: bool
) -> None:
    """Draft name=value in a call, whose present value has to be a literal; else raises Unsafe."""
    if arg is None or call is None:
        draft.keyword(name, str(value))
    elif not is_word(arg.value, str(value)):
        plain = any(is_word(arg.value, word) for word in ("True", "False", "None"))
        if not plain and not isinstance(arg.value, cst.SimpleString):
            raise Unsafe(f"its {name} is `{draft.text.code(arg.value)}`: change that by hand")
        draft.replace_value(call, arg, str(value))
