"""A note at the end of a revision's docstring, and the program without it."""

import ast


def with_note(source: str, note: str) -> str:
    """The revision with `note` at the end of its docstring, and otherwise as it was."""
    text = note.replace("\\", "/").replace('"""', "'''").strip()
    tree = ast.parse(source)
    old = ast.get_docstring(tree)
    if old is None:
        return f'"""{text}\n"""\n{source}'
    start, end = _span(source, tree.body[0])
    kept = old.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    changed = f'{source[:start]}"""{kept}\n\n{text}\n"""{source[end:]}'
    if code_of(changed) != code_of(source):
        raise ValueError("the note would change the revision's code")
    return changed


def _span(source: str, node: ast.stmt) -> tuple[int, int]:
    """Where a node starts and ends in the text; ast counts columns in bytes."""
    lines = [line + "\n" for line in source.split("\n")]

    def offset(line: int, column: int) -> int:
        before = lines[line - 1].encode()[:column].decode()
        return sum(map(len, lines[: line - 1])) + len(before)

    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or 0
    return offset(node.lineno, node.col_offset), offset(end_line, end_column)


def code_of(source: str) -> str:
    """The program without its docstring and layout, for comparison."""
    tree = ast.parse(source)
    if ast.get_docstring(tree) is not None:
        tree.body = tree.body[1:]
    return ast.dump(tree)
