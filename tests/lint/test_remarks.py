"""What to change in a revision as long as it can be changed, and what needs no remark."""

import pytest

from remediate.lint import KINDS, REMARKS, lint, read
from tests.lint.revisions import HEAD, down, up

T = 'op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True))'
ADD = 'op.add_column("t", sa.Column("a", sa.Integer()))'
FK = 'op.create_foreign_key(None, "t", "u", ["a"], ["id"])'
DROP_FK = 'op.drop_constraint(None, "t", type_="foreignkey")'
FOUND = {
    "a table and what hangs on it": (
        "upgrade-cascades", up('op.execute("DROP TABLE users CASCADE")'),
        "DROP TABLE users CASCADE also drops every view, foreign key and default that depends on it, and the "
        "revision names none of them",
    ),
    "a sequence": ("upgrade-cascades", up('op.execute("DROP SEQUENCE IF EXISTS s CASCADE")'), ""),
    "a constraint": (
        "upgrade-cascades", up('op.execute("ALTER TABLE users DROP CONSTRAINT users_email_key CASCADE")'), ""),
    "a table of an earlier revision": (
        "table-dropped", up('op.drop_table("users")'),
        "users was there before this revision: its rows are lost, and a downgrade can make no more than an empty "
        "table",
    ),
    "in raw SQL": ("table-dropped", up('op.execute("DROP TABLE IF EXISTS app.users")'), ""),
    "a schema with all that is in it": (
        "upgrade-cascades", up('op.execute("DROP SCHEMA app CASCADE")'),
        "DROP SCHEMA app CASCADE also drops every table, view and function in it, with all rows, and the revision "
        "names none of them",
    ),
    "a type with its columns": (
        "upgrade-cascades", up('op.execute("drop type if exists st cascade")'),
        "drop type if exists st cascade also drops every column, function and view of that type, with all values, "
        "and the revision names none of them",
    ),
    "what a role owns": (
        "upgrade-cascades", up('op.execute("DROP OWNED BY app")'),
        "DROP OWNED BY app also drops every table, view and function that the role owns here, with all rows, and the "
        "revision names none of them",
    ),
    "in a block": (
        "upgrade-cascades", up('op.execute("DO $$ BEGIN DROP VIEW IF EXISTS v CASCADE; END $$")'),
        "DROP VIEW IF EXISTS v CASCADE also drops every view, foreign key and default that depends on it, and the "
        "revision names none of them",
    ),
    "all rows": (
        "rows-lost", up('op.execute("DELETE FROM users")'),
        "every row of users is lost, and no downgrade brings them back",
    ),
    "of several tables": (
        "rows-lost", up('op.execute("TRUNCATE users, orders")'),
        "every row of users is lost, and no downgrade brings them back (and 1 more on this line)",
    ),
    "of all that refer to it": (
        "rows-lost", up('op.execute("TRUNCATE TABLE users RESTART IDENTITY CASCADE")'),
        "every row of users is lost, and no downgrade brings them back; CASCADE also empties every table with a "
        "foreign key to it",
    ),
    "all rows in a block": (
        "rows-lost", up('op.execute("DO $$ BEGIN IF x() THEN DELETE FROM users u; END IF; CREATE ROLE a; END $$")'),
        "every row of users is lost, and no downgrade brings them back",
    ),
    "of a string in a block": (
        "rows-lost", up('op.execute("DO $$ BEGIN IF x() THEN EXECUTE \'TRUNCATE users\'; END IF; END $$")'),
        "every row of users is lost, and no downgrade brings them back",
    ),
    "of a string that a block runs": (
        "rows-lost", up('op.execute("DO $$ BEGIN EXECUTE $a$TRUNCATE users$a$; END $$")'),
        "every row of users is lost, and no downgrade brings them back",
    ),
    "of several tables in a block": (
        "rows-lost", up('op.execute("DO $$ BEGIN TRUNCATE TABLE ONLY public.users, app.b CASCADE; END $$")'),
        "every row of users is lost, and no downgrade brings them back (and 1 more on this line)",
    ),
    "from Python": ("rows-lost", up('users = sa.table("users")\nop.execute(users.delete())'), ""),
    "as autogenerate writes it": (
        "constraint-unnamed", down(DROP_FK, FK),
        "t loses a constraint that is not named: Alembic cannot write the statement, and the downgrade fails",
    ),
    "in an upgrade": (
        "constraint-unnamed", up(DROP_FK),
        "t loses a constraint that is not named: Alembic cannot write the statement, and the upgrade fails",
    ),
    "of a batch": (
        "constraint-unnamed",
        down('with op.batch_alter_table("t") as b:\n    b.drop_constraint(None, type_="foreignkey")', FK), ""),
    "a key": ("constraint-unnamed", up('op.drop_constraint(None, "t", type_="primary")'), ""),
    "unique": (
        "constraint-unnamed",
        down('op.drop_constraint(None, "t", type_="unique")', 'op.create_unique_constraint(None, "t", ["a"])'),
        "t loses a constraint that is not named: Alembic cannot write the statement, and the downgrade fails, unless "
        "a naming convention makes the right name",
    ),
    "nothing": (
        "downgrade-empty", down("pass", T),
        "the downgrade does nothing, and the upgrade makes t: it stays, and the upgrade fails when it runs again",
    ),
    "the template's sentence": ("downgrade-empty", down('"""Downgrade schema."""\nreturn', ADD), ""),
    "nothing, after an index": (
        "downgrade-empty", down("pass", 'op.create_index("ix", "t", ["a"])'),
        "the downgrade does nothing, and the upgrade makes the index ix: it stays, and the upgrade fails when it runs "
        "again",
    ),
    "another column": (
        "downgrade-differs", down('op.drop_column("t", "b")', f'{ADD}\nop.add_column("t", sa.Column("b", sa.Text))'),
        "the downgrade leaves t.a, which the upgrade makes: the upgrade fails when it runs again, because the "
        "column exists",
    ),
    "another table": (
        "downgrade-differs", down('op.drop_table("t")', f'{T}\nop.execute("CREATE TABLE u (n integer)")'), ""),
}  # fmt: skip
GENERATED = HEAD + (
    "def upgrade():\n    op.rename_table('users', 'users_old')\n\n\n"
    "def downgrade():\n    op.rename_table('users_old', 'users')\n"
)
SILENT = {
    "a constraint in a block": up(
        'op.execute("DO $$ BEGIN ALTER TABLE t DROP CONSTRAINT y, ADD CONSTRAINT y FOREIGN KEY (a) REFERENCES u '
        'ON UPDATE CASCADE ON DELETE CASCADE; END $$")'),
    "rows of this session": up(
        'op.execute("CREATE TEMP TABLE s AS SELECT 1")\nop.execute("DELETE FROM s")\n'
        'op.execute("SELECT 1 AS a INTO TEMPORARY v")\nop.execute("TRUNCATE v")'),
    "mirrored": down('op.drop_column("t", "a")\nop.drop_table("t")', f"{T}\n{ADD}"),
    "the table goes with its column": down('op.drop_table("t")', f"{T}\n{ADD}"),
    "raw SQL": down('op.execute("DROP TABLE app.t, public.u")', 'op.execute("CREATE TABLE app.t (a int)")'),
    "one that says that it cannot": down('raise NotImplementedError("restore the backup")', T),
    "none": up(T),
    "a merge": down("pass"),
    "rows only": down("pass", 'op.execute("UPDATE t SET a = 1")'),
    "nothing of what is there already": down("pass", 'op.execute("CREATE TABLE IF NOT EXISTS t (a int)")'),
    "asked before": down("pass", f"if not sa.inspect(op.get_bind()).has_table('t'):\n    {T}"),
    "a downgrade in a loop over names of a run": down("for t in tables():\n    op.drop_table(t)", T),
    "a downgrade elsewhere": down("undo()", T).replace("import sqlalchemy", "from app import undo\nimport sqlalchemy"),
    "all of a metadata": down("Base.metadata.drop_all(op.get_bind())\nop.drop_index('x')", T),
    "a whole schema": down('op.execute("DROP SCHEMA app CASCADE")', 'op.execute("CREATE TABLE app.t (a int)")'),
    "renamed": GENERATED,
    "renamed after it was made": down('op.drop_table("u")', f'{T}\nop.rename_table("t", "u")'),
    "made and dropped": up(f'{T}\nop.drop_table("t")'),
    "a copy in its place": up('''
        op.execute("CREATE TABLE new AS SELECT * FROM users")
        op.drop_table("users")
        op.rename_table("new", "users")'''),
    "its rows are taken": up('''
        op.execute("INSERT INTO people SELECT * FROM users")
        op.drop_table("users")'''),
    "rows are moved by code": up('move_rows()\nop.drop_table("users")').replace(
        "def upgrade", "from app.rows import move_rows\n\n\ndef upgrade"),
    "rows are moved, then deleted": up('''
        op.execute("INSERT INTO people SELECT * FROM users")
        op.execute("DELETE FROM users")'''),
    "rows are moved in a block": up(
        'op.execute("DO $$ BEGIN INSERT INTO b SELECT * FROM users; DELETE FROM users; END $$")'),
    "words about rows": up(
        """op.execute("DO $$ BEGIN RAISE NOTICE 'truncate users;'; /* delete from users; */ END $$")"""),
    "some rows in a block": up('op.execute("DO $$ BEGIN DELETE FROM users USING b WHERE b.id = users.id; END $$")'),
    "some rows": up('op.execute("DELETE FROM users WHERE id < 0")'),
    "rows of its own": up(f'{T}\nop.execute("DELETE FROM t")'),
    "rows on the way back": down('op.execute("TRUNCATE users CASCADE")'),
    "a backup": up('op.drop_table("users_backup_2024")\nop.drop_table("tmp_ids")'),
    "a constraint with a name": down('op.drop_constraint("t_a_fkey", "t", type_="foreignkey")', FK),
    "in raw SQL it has a name": down('op.execute("ALTER TABLE t DROP CONSTRAINT t_a_fkey")', FK),
    "unnamed, and nobody names it": up(f"{FK}\nop.create_unique_constraint(None, 't', ['a'])"),
    "the table takes its constraints along": down('op.drop_table("t")', T.replace(
        "primary_key=True", "sa.ForeignKey('u.id')")),
    "for another database": down('''
        if op.get_bind().dialect.name == "sqlite":
            op.execute("DROP TABLE users CASCADE")'''),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_remarked(name: str) -> None:
    kind, source, message = FOUND[name]
    (one,) = read(source).remarks
    assert one.kind == kind
    assert not message or one.message == message
    assert one.error is one.message.endswith("and the upgrade fails")
    hazard = "CASCADE" in one.message
    assert one.note is (kind in ("table-dropped", "rows-lost", "downgrade-empty") and not hazard)
    assert lint(source) == ()  # it is nothing that breaks a key


@pytest.mark.parametrize("name", SILENT)
def test_no_remark(name: str) -> None:
    assert read(SILENT[name]).remarks == ()


def test_every_kind_is_met() -> None:
    assert {kind for kind, *_ in FOUND.values()} == REMARKS <= KINDS.keys()


def test_a_line_has_one_remark_and_none_where_worse_is_said() -> None:
    twice = read(up('op.execute("DROP TABLE a CASCADE")')).remarks
    both = read(up('op.execute("DROP TABLE a CASCADE; DROP TABLE b CASCADE")')).remarks
    assert [one.rewritten for one in (*twice, *both)] == ['op.execute("DROP TABLE a")', ""]
    assert [one.kind for one in twice] == ["upgrade-cascades"]
    worse = read(up('try:\n    op.execute("DROP TABLE a CASCADE")\nexcept Exception:\n    pass'))
    assert [one.kind for one in worse.unsafe] == ["failure-swallowed"]


def test_each_database_has_its_own_way_back() -> None:
    source = HEAD + "".join(
        f"def {name}():\n    {body}\n\n\n"
        for name, body in [
            ("upgrade_one", T), ("downgrade_one", "pass"),
            ("upgrade_two", "pass"), ("downgrade_two", "pass"),
        ]
    )  # fmt: skip
    assert [(one.kind, one.function) for one in read(source).remarks] == [
        ("downgrade-empty", "downgrade_one")
    ]
