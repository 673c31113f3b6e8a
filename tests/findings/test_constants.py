"""Statements below the functions of a revision, put back where it runs them."""

from remediate.findings.constants import in_place


def test_a_statement_is_put_where_it_runs() -> None:
    source = 'def upgrade():\n    op.execute(_A)\n    op.execute(_B)\n\n\n_A = """\nDO $x$\n"""\n'
    assert in_place(source).startswith(
        'def upgrade():\n    op.execute("""\nDO $x$\n""")\n    op.execute(_B)\n'
    )


def test_all_else_is_left_as_it_is() -> None:
    for source in ("op.execute('SELECT 1')", "op.execute(_A)\ndef (", "op.execute(_A)\n_A = f()\n"):
        assert in_place(source) == source
