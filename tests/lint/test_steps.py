"""What a revision does, with the lines that do it."""

from remediate.lint import Known, facts, facts_of, learn, lint, read
from remediate.lint.facts import Change
from tests.lint.revisions import down, module, up


def steps(source: str) -> tuple[Change, ...]:
    return read(source).changes


SEVERAL = up("""
    op.create_foreign_key(
        "f", "pet", "owner", ["owner_id"], ["id"],
        source_schema="app", referent_schema="app",
    )
    op.alter_column("pet", "owner_id", type_=sa.Integer(), nullable=False)
    op.alter_column("pet", "owner_id", existing_type=sa.Text(), type_=sa.Integer(), existing_nullable=True)
""")


def test_lines_and_what_is_not_read() -> None:
    reference, several, alone = read(SEVERAL).changes
    assert reference.fact == facts.ReferenceAdded(
        "app.pet", ("owner_id",), "app.owner", ("id",), "f"
    )
    assert (reference.line, reference.step) == (10, (10, 13))
    assert [(one.function, one.certain, one.complete) for one in (reference, several, alone)] == [
        ("upgrade", True, True), ("upgrade", True, False), ("upgrade", True, True),
    ]  # fmt: skip


def test_what_may_not_run_is_not_certain() -> None:
    found = steps(
        up("""
        if context.get_x_argument():
            op.drop_constraint("f", "pet", schema="app")
        for table in ("a", "b"):
            op.drop_column(table, "x")
    """)
    )
    assert [one.fact for one in found] == [
        facts.ConstraintDropped("app.pet", "f"), facts.ColumnDropped("a", "x"), facts.ColumnDropped("b", "x"),
    ]  # fmt: skip
    assert [one.certain for one in found] == [False, True, True]


def test_what_a_helper_does_stands_in_the_helper() -> None:
    (found,) = steps(
        module("""
        def drop(name):
            op.drop_constraint(name, "pet")


        def upgrade():
            drop("f")
    """)
    )
    assert found.fact == facts.ConstraintDropped("pet", "f")
    assert found.step == (10, 10)


def test_both_ways_and_sql_of_several_actions() -> None:
    source = down(
        'op.execute("TRUNCATE a, b")',
        '''op.execute("""
        ALTER TABLE a
            DROP CONSTRAINT f,
            ADD CONSTRAINT g FOREIGN KEY (x, y) REFERENCES b
    """)''',
    )
    assert [(one.function, one.line, one.fact) for one in read(source).changes] == [
        ("upgrade", 12, facts.ConstraintDropped("a", "f")),
        ("upgrade", 13, facts.ReferenceAdded("a", ("x", "y"), "b", (), "g")),
        ("downgrade", 18, facts.RowsChanged("a", emptied=True)),
        ("downgrade", 18, facts.RowsChanged("b", emptied=True)),
    ]


def test_columns_that_an_insert_names() -> None:
    body = """
        roles = sa.table("roles", sa.column("id"), sa.column("name"))
        op.bulk_insert(roles, [{"name": "a"}, {"name": "b", "note": "c"}])
        op.bulk_insert(roles, rows())
        op.execute("INSERT INTO roles (name) VALUES ('a')")
        op.execute("INSERT INTO roles VALUES (1, 'a')")
        op.execute("INSERT INTO roles DEFAULT VALUES")
    """
    written = [
        one.fact for one in read(up(body)).changes if isinstance(one.fact, facts.RowsWritten)
    ]
    assert [one.columns for one in written] == [("name", "note"), None, ("name",), None, ()]


def test_facts_of_sql() -> None:
    assert facts_of("CREATE SEQUENCE IF NOT EXISTS s AS integer") == (
        facts.SequenceCreated("s", "integer", if_absent=True),
    )
    assert facts_of("UPDATE ONLY t SET a = 1; DELETE FROM u") == (
        facts.SeveralStatements(("UPDATE ONLY t SET a = 1", "DELETE FROM u")),
        facts.RowsChanged("t"), facts.RowsChanged("u", emptied=True),
    )  # fmt: skip


def test_types_that_the_database_has_do_not_matter() -> None:
    assert (
        read(SEVERAL, Known({("app.pet", "owner_id"): "integer"})).changes == read(SEVERAL).changes
    )


def test_names_in_a_batch_and_in_f() -> None:
    found = steps(
        up("""
        with op.batch_alter_table("pet", schema="app") as batch_op:
            batch_op.drop_constraint(batch_op.f("f"), type_="foreignkey")
            batch_op.create_foreign_key(None, "owner", ["a"], ["id"], postgresql_not_valid=True)
            batch_op.create_index(batch_op.f("ix"), ["a"])
            batch_op.drop_index("ix")
        op.create_index(op.f("ix"), "pet", ["a"], schema="app")
        op.execute("DROP INDEX app.ix")
    """)
    )
    assert [one.fact for one in found] == [
        facts.ConstraintDropped("app.pet", "f", "foreignkey"),
        facts.ReferenceAdded("app.pet", ("a",), "owner", ("id",), unchecked=True),
        facts.IndexCreated("app.pet", "ix"), facts.IndexDropped("app.ix"),
        facts.IndexCreated("app.pet", "ix"), facts.IndexDropped("app.ix"),
    ]  # fmt: skip


def test_a_revision_read_once_is_as_linted_and_learned() -> None:
    known = Known({("pet", "owner_id"): "text"})
    source = up('op.alter_column("pet", "owner_id", type_=sa.Integer())')
    once = read(source, known)
    assert once.unsafe == lint(source, known)
    assert once.after == learn([source], known)
    assert [one.kind for one in once.unsafe] == ["type-without-using"]
