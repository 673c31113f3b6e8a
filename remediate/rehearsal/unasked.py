"""Statements of which no SELECT tells whether the rows of the live database refuse them."""

from collections.abc import Iterator

from remediate.lint.expressions import strings
from remediate.lint.parser import nodes
from remediate.rehearsal import blocks, demands, sources
from remediate.rehearsal.demands import ALONE, Demand
from remediate.rehearsal.held import Rows, State, Unknown, Write
from remediate.snapshots.tables import Name

_ANY = Name("", "any table")


def of(state: State, node: nodes.AstNode) -> Iterator[Demand]:
    """One for each table whose rows they may be."""
    match node:
        case nodes.MergeStmt() if table := state.held(node.relation):
            there = table.sql if isinstance(table, Rows | Unknown) else ""
            read = sources.read(state, node.source_relation, node.with_clause)
            rows = sources.union([there, read])
            yield from _unknown(state.name(node.relation), rows, "what MERGE writes")
        case nodes.DoStmt():
            found = blocks.doubtful(state, node)
            for name in (_ANY,) if found is None else found:
                yield from _unknown(name, _rows(state, name), "what the DO block does")
        case nodes.CallStmt() | nodes.ExecuteStmt():
            yield from _unknown(_ANY, _rows(state, _ANY), "what it calls does")
        case nodes.SelectStmt(from_clause=[]) if state.writers & {*_called(node)}:
            yield from _unknown(_ANY, _rows(state, _ANY), "what it calls does")
        case _ if isinstance(node, Write) and node.relation and state.held(node.relation) is None:
            what = f"what is written by way of {node.relation.relname}"
            yield from _unknown(_ANY, _rows(state, _ANY), what)


def _rows(state: State, name: Name) -> str:
    """Those of the table, or of all of them."""
    named = [state.tables[name]] if name in state.tables else state.tables.values()
    return sources.union(one.sql for one in named if isinstance(one, Rows | Unknown))


def _unknown(name: Name, rows: str, what: str) -> Iterator[Demand]:
    if rows:
        yield demands.unknown(name, Unknown(ALONE, rows), what)


def _called(node: nodes.SelectStmt) -> Iterator[str]:
    """The functions that it only calls."""
    for target in node.target_list:
        match target:
            case nodes.ResTarget(val=nodes.FuncCall(funcname=names)):
                yield from strings(names)[-1:]
