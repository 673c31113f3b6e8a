"""A revision with another parent, or without some of its steps; every other byte is as it was."""

import pytest

from remediate.codemod import revision
from remediate.codemod.values import Unsafe

PLAIN = '''\
"""owner as a number

Revision ID: 0002
Revises: 0001
Create Date: 2026-01-01
"""
from alembic import op

revision = '0002'  # not 0001
down_revision = '0001'
depends_on = '0001'


def upgrade():
    op.execute("SELECT '0001'")
'''
REPOINTED = PLAIN.replace("Revises: 0001", "Revises: new").replace(
    "down_revision = '0001'", "down_revision = 'new'"
)
ONE_LINE = {
    'down_revision: Union[str, None] = "a"  # why': 'down_revision: Union[str, None] = "new"  # why',
    "down_revision = ('b', 'a')": "down_revision = ('b', 'new')",
    "down_revision = ['a',\n    'b',  # kept\n]": "down_revision = ['new',\n    'b',  # kept\n]",
    "revision, x = 'r', 1; down_revision = 'a'": "revision, x = 'r', 1; down_revision = 'new'",
    "revision, down_revision = 'r', 'a'": "revision, down_revision = 'r', 'new'",
    "(revision, [down_revision]) = 'r', ['a']": "(revision, [down_revision]) = 'r', ['new']",
    "parent = down_revision = 'a'": "parent = down_revision = 'new'",
    "down_revision = 'a'\r\nx = 1\r\n": "down_revision = 'new'\r\nx = 1\r\n",
    "\ufeffdown_revision = (\n    'a'\n)": "\ufeffdown_revision = (\n    'new'\n)",
    '"""x\n\nRevises: b, a\n"""\ndown_revision = "b", "a"': '"""x\n\nRevises: b, new\n"""\ndown_revision = "b", "new"',
    '"""x\n\nRevises: something else\n"""\ndown_revision = "a"': (
        '"""x\n\nRevises: something else\n"""\ndown_revision = "new"'
    ),
}


def test_the_parent_and_the_docstring_change() -> None:
    assert revision.with_parent(PLAIN, "0001", "new") == REPOINTED


@pytest.mark.parametrize("before", ONE_LINE)
def test_the_parent_alone_changes(before: str) -> None:
    assert revision.with_parent(before, "a", "new") == ONE_LINE[before]


def test_a_root_gets_a_parent() -> None:
    before = '"""x\n\nRevises: \n"""\ndown_revision: str | None = None\n'
    after = '"""x\n\nRevises: new\n"""\ndown_revision: str | None = "new"\n'
    assert revision.with_parent(before, None, "new") == after


@pytest.mark.parametrize(
    "source",
    [
        "down_revision = PARENT", "down_revision = f'a'", "down_revision = 'a' ''", "down_revision = 'b'",
        "x = 'a'", "down_revision = 'a'\ndown_revision = 'a'", "if x:\n    down_revision = 'a'",
        "down_revision = None", "down_revision = 'a'\ndef f():\n    down_revision = 'a'", "down_revision = (",
    ],
)  # fmt: skip
def test_what_is_not_written_out_is_refused(source: str) -> None:
    with pytest.raises(Unsafe):
        revision.with_parent(source, "a", "new")


STEPS = """\
def upgrade():
    # the type first
    op.alter_column(
        "pet", "owner_id",  # to a number
        type_=sa.Integer(),
    )
    op.create_index("ix", "pet", ["owner_id"])  # kept

    op.create_foreign_key(None, "pet", "owner", ["owner_id"], ["id"])


def downgrade():
    with op.batch_alter_table("pet") as batch:
        batch.drop_constraint("f")
    if x: op.a(); op.b()
"""


def test_statements_go_and_lines_keep_their_numbers() -> None:
    made = revision.without(STEPS, [(3, 6), (9, 9), (14, 14)])
    before, after = STEPS.splitlines(), made.splitlines()
    assert [after[n - 1].strip() for n in (3, 4, 5, 6, 9, 14)] == [
        "pass",
        "",
        "",
        "",
        "pass",
        "pass",
    ]
    assert [line for line in after if "pass" not in line and line] == [
        line for n, line in enumerate(before, 1) if n not in (3, 4, 5, 6, 9, 14) and line
    ]
    compile(made, "r.py", "exec")


@pytest.mark.parametrize("lines", [(3, 5), (4, 4), (15, 15), (1, 1), (40, 40)])
def test_lines_that_are_no_statement_are_refused(lines: tuple[int, int]) -> None:
    with pytest.raises(Unsafe):
        revision.without(STEPS, [lines])
