"""Columns that are patched: the text before, and the text after."""

import ast

import pytest

from remediate.codemod import Change, patched
from tests.codemod.cases import Case, cases

FILES = ("core", "annotated", "sqlmodel", "layout", "imports")
CASES = [case for name in FILES for case in cases(name)]
COOKIE = "# -*- coding: latin-1 -*- \xe9\n\n"
VARIANTS = {
    "Windows and tabs": lambda text: text.replace("    ", "\t").replace("\n", "\r\n"),
    "marks and feeds, and no end": lambda text: (
        "\ufeff" + COOKIE + text.replace("\n\n\nclass", "\n\n\n\x0cclass").removesuffix("\n")
    ),
}


def test_there_are_many() -> None:
    assert len(CASES) >= 70
    assert len({case.title for case in CASES}) > len(CASES) - len(FILES)  # titles may meet


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_the_source_says_what_was_asked(case: Case) -> None:
    result = patched(case.before, case.changes)
    assert result.refused == ()
    assert result.source == case.after
    assert result.done == case.changes
    assert case.before != case.after
    ast.parse(result.source)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_second_time_nothing_is_left_to_do(case: Case) -> None:
    again = patched(case.after, case.changes)
    assert again.source == case.after
    assert again.done == case.changes


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_one_change_after_the_other_says_the_same(case: Case) -> None:
    source = case.before
    for change in case.changes:
        source = patched(source, [change]).source
    assert ast.dump(ast.parse(bare(source))) == ast.dump(ast.parse(bare(case.after)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_other_lines_stay_as_they_are(case: Case) -> None:
    assert others(case.before, case.changes) == others(case.after, case.changes)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_every_byte_around_survives(case: Case, variant: str) -> None:
    vary = VARIANTS[variant]
    assert patched(vary(case.before), case.changes).source == vary(case.after)


def bare(source: str) -> str:
    """A source without imports, whose order depends on which change came first."""
    tree = ast.parse(source)
    tree.body = [n for n in tree.body if not isinstance(n, ast.Import | ast.ImportFrom)]
    return ast.unparse(tree)


def others(source: str, changes: tuple[Change, ...]) -> list[str]:
    """The lines of a source that are no import and no part of a column to be changed."""
    names = {change.attribute for change in changes}
    own = {
        line for node in ast.walk(ast.parse(source)) if concerns(node, names)
        for line in range(node.lineno, (node.end_lineno or 0) + 1)
    }  # fmt: skip
    lines = enumerate(source.splitlines(), 1)
    return [line for number, line in lines if number not in own and line.strip()]


def concerns(node: ast.AST, names: set[str]) -> bool:
    """Whether a node is an import, or a statement or call that writes one of these columns."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(isinstance(target, ast.Name) and target.id in names for target in targets)
    if isinstance(node, ast.Call) and node.args:
        return isinstance(node.args[0], ast.Constant) and node.args[0].value in names
    if isinstance(node, ast.FunctionDef):
        return node.name in names
    return isinstance(node, ast.Import | ast.ImportFrom)


def test_a_form_feed_in_front_of_what_changes_survives() -> None:
    before = '\x0cimport sqlalchemy as sa\n\x0cusers = sa.Table("users", m, sa.Column("id", sa.Integer))\n'
    result = patched(before, [Change("", "users", "id", type="BigInteger")])
    assert result.source == before.replace("sa.Integer", "sa.BigInteger")
