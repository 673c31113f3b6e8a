"""Blocks of a revision that would be empty without some of its lines."""

import ast
from collections.abc import Collection, Iterator


def emptied(source: str, deleted: Collection[tuple[int, int]]) -> frozenset[int]:
    """The first line of each block of which these lines, first and last, leave no statement.

    Raises SyntaxError where the source is no Python.
    """
    gone = {line for first, last in deleted for line in range(first, last + 1)}
    tree = ast.parse(source.removeprefix("\ufeff"))
    return frozenset(
        block[0].lineno
        for block in _blocks(tree)
        if gone.issuperset(line for one in block for line in _lines(one))
    )


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        if node is tree:
            continue
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                yield value


def _lines(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)
