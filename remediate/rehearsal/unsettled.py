"""Statements after which the live database cannot be asked in the words of a revision.

It knows other types and functions by their names, takes other tables for them, or reads values in
another way: whatever depends on that is not known any more.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes, pb, walk_typed
from remediate.rehearsal import blocks
from remediate.rehearsal.held import Fresh, State, Unknown
from remediate.snapshots.tables import Name

# Settings that change neither what a name means nor what becomes of a value.
_HARMLESS = re.compile(
    r"\w+_timeout|\w*_mem|(?:log|client|enable|jit|max|vacuum|transaction|auto_explain)_?\w*|"
    r"default_(?:table\w+|transaction\w+|with_oids|toast_compression)|synchronous_commit|"
    r"application_name|check_function_bodies|row_security|standard_conforming_strings|xmloption|"
    r"constraint_exclusion|transaction|session characteristics|"
    r"(?:auto_explain|pg_stat_statements|pgaudit)\.\w+",
    re.IGNORECASE,
)
# Any other name with a dot is a custom setting: it changes only what reads it, which is never
# asked. These are read by extensions, when operators and casts of theirs are evaluated.
_CUSTOM = re.compile(
    r"(?!(?:isn|orafce|pg_trgm|pgroonga|plperl|plpgsql|pltcl|plv8|postgis)\.)[^.]+\..+",
    re.IGNORECASE,
)
# Where revisions that generate writes keep the search_path while they rebuild what they took down:
# they set it for names that have their schema, and set it back.
_SAVED = "remediate.search_path"
_TYPES = {pb.OBJECT_TYPE, pb.OBJECT_DOMAIN, pb.OBJECT_ATTRIBUTE, pb.OBJECT_DOMCONSTRAINT}
_FUNCTIONS = {pb.OBJECT_FUNCTION, pb.OBJECT_PROCEDURE, pb.OBJECT_ROUTINE, pb.OBJECT_EXTENSION}
_OTHERS = {
    pb.OBJECT_AGGREGATE, pb.OBJECT_CAST, pb.OBJECT_COLLATION, pb.OBJECT_OPERATOR,
    pb.OBJECT_OPCLASS, pb.OBJECT_OPFAMILY, pb.OBJECT_SCHEMA, pb.OBJECT_TRANSFORM,
    pb.OBJECT_TSCONFIGURATION, pb.OBJECT_TSDICTIONARY, pb.OBJECT_RULE,
}  # fmt: skip

_MADE: dict[type, object] = {
    **dict.fromkeys(
        (
            nodes.CreateEnumStmt, nodes.CreateRangeStmt, nodes.CreateDomainStmt,
            nodes.CompositeTypeStmt, nodes.AlterEnumStmt, nodes.AlterDomainStmt,
            nodes.AlterTypeStmt,
        ),
        pb.OBJECT_TYPE,
    ),
    nodes.AlterFunctionStmt: pb.OBJECT_FUNCTION,
    nodes.CreateExtensionStmt: pb.OBJECT_EXTENSION,
    nodes.AlterExtensionStmt: pb.OBJECT_EXTENSION,
    nodes.CreateCastStmt: pb.OBJECT_CAST,
    nodes.CreateOpClassStmt: pb.OBJECT_OPCLASS,
    nodes.AlterOperatorStmt: pb.OBJECT_OPERATOR,
    nodes.CreateTransformStmt: pb.OBJECT_TRANSFORM,
    nodes.AlterCollationStmt: pb.OBJECT_COLLATION,
    nodes.DropOwnedStmt: pb.OBJECT_SCHEMA,
}  # fmt: skip


def after(state: State, node: nodes.AstNode) -> State:
    """What is left to know when a statement has run; of its own rows, others tell."""
    state = _called(state, node)
    match node:
        case nodes.VariableSetStmt(name=name):
            return _set(state, name)
        case nodes.DiscardStmt():
            return _set(state, "")
        case nodes.DoStmt():
            for name in blocks.settings(node):
                state = _set(state, name)
            return state
        case nodes.CreateTrigStmt(relation=relation) | nodes.RuleStmt(relation=relation):
            return replace(state, fires=state.fires | {state.name(relation)})
        case nodes.CreateFunctionStmt():
            return _function(state, node)
    return _defined(state, node)


def _called(state: State, node: nodes.AstNode) -> State:
    """With what functions may do that a statement calls."""
    calls = [inner for _, inner in walk_typed(node) if isinstance(inner, nodes.FuncCall)]
    for call in calls:
        name = strings(call.funcname)[-1]
        state = state.all_lost() if name in state.writers else state
    configured = [c for c in calls if strings(c.funcname)[-1] == "set_config"]
    if _SAVED in {text for call in configured for text in _texts(call)}:
        return state
    for call in configured:
        match call.args:
            case [nodes.A_Const(val=nodes.String(sval=setting)), *_]:
                state = _set(state, setting)
            case _:
                state = _set(state, "")
    return state


def _texts(call: nodes.FuncCall) -> Iterator[str]:
    """The texts in what a function is given."""
    for _, inner in walk_typed(call):
        if isinstance(inner, nodes.A_Const) and isinstance(inner.val, nodes.String):
            yield inner.val.sval


def _set(state: State, name: str) -> State:
    """With a setting; "" for one that is not known."""
    if _HARMLESS.fullmatch(name) or _CUSTOM.fullmatch(name):
        return state
    why = f"the revision changes {name}" if name else "the revision changes settings"
    state = state.all_lost(why)
    tables = dict(state.tables)
    for called in {n.name for n in state.tables}:
        sources = [
            f"SELECT 1 FROM {held.sql} AS held"
            for n, held in state.tables.items()
            if n.name == called and isinstance(held, Unknown)
        ]
        anyone = (
            Unknown(why, f"({' UNION ALL '.join(sources)})") if sources else Fresh(written=True)
        )
        tables[Name("", called)] = anyone
    return replace(state, tables=tables, search_path=("",))


def _function(state: State, node: nodes.CreateFunctionStmt) -> State:
    given = [o for o in node.options if isinstance(o, nodes.DefElem) and o.defname == "volatility"]
    volatile = not given or strings([given[0].arg] if given[0].arg else [])[-1:] == ("volatile",)
    match node.return_type:
        case nodes.TypeName(names=[*_, nodes.String(sval="trigger")]):
            return state
    writers = {*strings(node.funcname)[-1:]} if volatile else set()
    return replace(state, writers=state.writers | writers, functions=False)


def _defined(state: State, node: nodes.AstNode) -> State:
    """With types and functions that are not those of the live database any more."""
    kind = _kind(node)
    if kind in _FUNCTIONS:
        return replace(state, functions=False)
    if kind in _OTHERS:
        return state.all_lost()
    if kind not in _TYPES:
        return state
    named = frozenset(_names(node))
    tables = [n for name in named for n in state.types.get(name, ())]
    return replace(state, defined=state.defined | named).lost(tables)


def _kind(node: nodes.AstNode) -> object:
    """Of what a statement makes, alters or drops; None: of something that no value depends on."""
    if type(node) in _MADE:
        return _MADE[type(node)]
    match node:
        case nodes.RenameStmt(rename_type=kind) | nodes.DropStmt(remove_type=kind):
            return kind
        case nodes.AlterObjectSchemaStmt(object_type=kind) | nodes.DefineStmt(kind=kind):
            return kind
        case nodes.AlterTableStmt(objtype=kind):
            return kind
    return None


def _names(node: nodes.AstNode) -> Iterator[str]:
    """By which a type is called, before and after."""
    for field in ("type_name", "domainname", "defnames"):
        given = getattr(node, field, None)
        if isinstance(given, list | tuple):
            yield from strings(given)[-1:]
    relation = getattr(node, "typevar", None) or getattr(node, "relation", None)
    if isinstance(relation, nodes.RangeVar):
        yield relation.relname
    if newname := getattr(node, "newname", ""):
        yield newname
    for one in (getattr(node, "object", None), *(getattr(node, "objects", None) or ())):
        match one:
            case nodes.List(items=items) | nodes.TypeName(names=items):
                yield from strings(items)[-1:]
