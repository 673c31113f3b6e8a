"""What a downgrade leaves changed, so that its upgrade fails when it runs again."""

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from remediate.lint import Known, read
from tests.lint.revisions import down

BASE = """
CREATE TABLE t (id serial PRIMARY KEY, a int, b text CONSTRAINT t_b_check CHECK (b <> ''));
CREATE TABLE u (id int PRIMARY KEY, t_id int CONSTRAINT u_t_id_fkey REFERENCES t);
CREATE TABLE keyless (a int);
CREATE INDEX t_b ON t (b);
CREATE TYPE mood AS ENUM ('sad');
CREATE SEQUENCE s;
CREATE SCHEMA app;
CREATE SCHEMA app2;
CREATE VIEW v AS SELECT 1 AS one;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'
"""
ST = 'sa.Enum("a", name="st")'
TABLE = f'op.create_table("n", sa.Column("id", sa.Integer), sa.Column("s", {ST}))'
Z, NO_Z = 'op.add_column("u", sa.Column("z", sa.Text))\n', 'op.drop_column("u", "z")\n'
AGAIN = "the upgrade fails when it runs again"


def sql(statement: str) -> str:
    return f'op.execute("""{statement}""")'


def stays(what: str, kind: str = "", more: str = "") -> str:
    there = f"the {kind or what.split()[1]} exists"
    return f"the downgrade leaves {what}, which the upgrade makes: {AGAIN}, because {there}{more}"


def renamed(what: str, old: str) -> str:
    return f"the downgrade leaves {what}, which the upgrade renames: {AGAIN}, because there is no {old}"


def gone(what: str, kind: str) -> str:
    return (
        f"the downgrade does not bring back {what}, which the upgrade drops: {AGAIN}, because the "
        f"{kind} does not exist"
    )


IN_TABLE = stays("the type st", more=" (op.drop_table drops no type)")
# The upgrade, a downgrade that does something else, and what is said.
TOLD = {
    "an enum of a table": (TABLE, 'op.drop_table("n")', IN_TABLE),
    "of an array": (TABLE.replace(ST, f"sa.ARRAY({ST})"), 'op.drop_table("n")', IN_TABLE),
    "by a name": (f"st = {ST}\n{TABLE.replace(ST, 'st')}", 'op.drop_table("n")', IN_TABLE),
    "two": (
        TABLE.replace("sa.Integer", 'postgresql.ENUM("a", name="su")'), 'op.drop_table("n")',
        f"the downgrade leaves the type su and the type st, which the upgrade makes: {AGAIN}, because they exist "
        "(op.drop_table drops no type)"),
    "an enum by itself": (f"{ST}.create(op.get_bind())", "", stays("the type st")),
    "in raw SQL": (sql("CREATE TYPE st AS ENUM ('a')"), "", stays("the type st")),
    "a domain": (sql("CREATE DOMAIN st AS text"), "", stays("the type st")),
    "a value": (
        sql("ALTER TYPE mood ADD VALUE 'gay'"), "",
        stays("the value 'gay' of the type mood", "value", " (ADD VALUE IF NOT EXISTS does not)")),
    "another value": (
        sql("ALTER TYPE mood RENAME VALUE 'sad' TO 'x'"), "", renamed("the value 'x' of the type mood", "sad")),
    "an index": ('op.create_index("i", "t", ["a"])', "", stays("the index i")),
    "a raw index": (sql("CREATE INDEX i ON t (a)"), "", stays("the index i")),
    "a unique constraint": (
        'op.create_unique_constraint("c", "t", ["a"])', "", stays("the constraint c of t")),
    "a check": ('op.create_check_constraint("c", "t", "a > 0")', "", stays("the constraint c of t")),
    "a check of one value": (sql("ALTER TABLE t ADD CONSTRAINT c CHECK (a = 1)"), "", stays("the constraint c of t")),
    "a foreign key": (
        'op.create_foreign_key("c", "t", "u", ["a"], ["id"])', "", stays("the constraint c of t")),
    "a key": ('op.create_primary_key("c", "keyless", ["a"])', "", stays("the primary key of keyless", "primary key")),
    "of a batch": (
        'with op.batch_alter_table("t") as b:\n    b.create_index("i", ["a"])\n    b.alter_column("b", '
        'new_column_name="c")', 'with op.batch_alter_table("t") as b:\n    b.drop_index("i")\n', renamed("t.c", "b")),
    "a table": ('op.rename_table("t", "n")', "", renamed("n", "t")),
    "a column": (sql("ALTER TABLE t RENAME a TO c"), "", renamed("t.c", "a")),
    "a constraint": (
        sql("ALTER TABLE t RENAME CONSTRAINT t_b_check TO c"), "", renamed("the constraint c of t", "t_b_check")),
    "an index's name": (sql("ALTER INDEX t_b RENAME TO c"), "", renamed("the index c", "t_b")),
    "a slip in the old name": (
        sql("ALTER INDEX t_b RENAME TO c"), sql("ALTER INDEX c RENAME TO t_bb"),
        gone("the index t_b", "index").replace("drops", "renames")),
    "a sequence's name": (sql("ALTER SEQUENCE s RENAME TO c"), "", renamed("the sequence c", "s")),
    "a type's name": (sql("ALTER TYPE mood RENAME TO c"), "", renamed("the type c", "mood")),
    "a view": (sql("CREATE VIEW w AS SELECT 1"), "", stays("the view w")),
    "a function": (sql("CREATE FUNCTION g() RETURNS int RETURN 1"), "", stays("the function g")),
    "a trigger": (
        sql("CREATE TRIGGER g BEFORE INSERT ON t EXECUTE FUNCTION f()"), "", stays("the trigger g of t")),
    "a policy": (sql("CREATE POLICY p ON t"), "", stays("the policy p of t")),
    "a schema": (sql("CREATE SCHEMA c"), "", stays("the schema c")),
    "a sequence": (sql("CREATE SEQUENCE c"), "", stays("the sequence c")),
    "a dropped index": ('op.drop_index("t_b")', "", gone("the index t_b", "index")),
    "a dropped column": ('op.drop_column("t", "a")', "", gone("t.a", "column")),
    "a dropped constraint": (
        'op.drop_constraint("u_t_id_fkey", "u")', "", gone("the constraint u_t_id_fkey of u", "constraint")),
    "a table in another schema": (
        sql("ALTER TABLE u SET SCHEMA app") + "\n" + sql("ALTER TABLE app.u SET SCHEMA public")
        + "\n" + sql("ALTER TABLE t SET SCHEMA app"), "",
        f"the downgrade leaves app.t in the schema that the upgrade moves it to: {AGAIN}, because t does not exist"),
    "a type in another schema": (
        sql("ALTER TYPE mood SET SCHEMA app"), "",
        f"the downgrade leaves app.mood in the schema that the upgrade moves it to: {AGAIN}, because mood does not "
            "exist"),
    "a function in a third one": (
        sql("ALTER FUNCTION f() SET SCHEMA app"), sql("ALTER FUNCTION app.f() SET SCHEMA app2"),
        f"the downgrade does not bring f back to the schema that the upgrade takes it from: {AGAIN}, because it does "
            "not exist"),
    "a dropped view": (sql("DROP VIEW v"), "", gone("the view v", "view")),
}  # fmt: skip
INDEXED = 'op.create_index("i", "t", ["a"])'
MIRRORED = {
    "schemas": (
        sql("ALTER TABLE t SET SCHEMA app") + "\n" + sql("ALTER SEQUENCE s SET SCHEMA app"),
        sql("ALTER SEQUENCE app.s SET SCHEMA public") + "\n" + sql("ALTER TABLE app.t SET SCHEMA public")),
    "a new table in another schema": (
        sql("CREATE TABLE n (a int)") + "\n" + sql("ALTER TABLE n SET SCHEMA app"), 'op.drop_table("n", schema="app")'),
    "by raw SQL": (TABLE, 'op.drop_table("n")\n' + sql("DROP TYPE IF EXISTS st")),
    "by its own method": (TABLE, 'op.drop_table("n")\nsa.Enum(name="st").drop(op.get_bind(), checkfirst=False)'),
    "in a loop": (TABLE, 'op.drop_table("n")\nfor n in ("st",):\n    op.execute(f"DROP TYPE {n}")'),
    "in a block": (TABLE, 'op.drop_table("n")\n' + sql("DO $$ BEGIN DROP TYPE st; END $$")),
    "not native": (TABLE.replace("name=", "native_enum=False, name="), 'op.drop_table("n")'),
    "a type of before": (
        TABLE.replace(ST, 'postgresql.ENUM(name="mood", create_type=False)'), 'op.drop_table("n")'),
    "a column makes no type": (
        'op.add_column("t", sa.Column("m", sa.Enum("sad", name="mood")))', 'op.drop_column("t", "m")'),
    "asked first": ('postgresql.ENUM("a", name="st").create(op.get_bind())', ""),
    "asked in SQL": (sql("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'gay'"), ""),
    "swapped": (
        "\n".join(map(sql, ("ALTER TYPE mood RENAME TO old", "CREATE TYPE mood AS ENUM ('a')", "DROP TYPE old"))), ""),
    "swapped back": (
        sql("ALTER TYPE mood ADD VALUE 'gay'"),
        "\n".join(map(sql, ("ALTER TYPE mood RENAME TO old", "CREATE TYPE mood AS ENUM ('a')", "DROP TYPE old")))),
    "with its table": (
        'op.create_table("n", sa.Column("a", sa.Integer))\nop.create_index("i", "n", ["a"])\n'
        'op.create_unique_constraint("c", "n", ["a"])', 'op.drop_table("n")'),
    "with its column": (
        'op.add_column("t", sa.Column("c", sa.Integer))\nop.create_index("i", "t", ["c"])\n'
        'op.create_foreign_key("k", "t", "u", ["c"], ["id"])', 'op.drop_column("t", "c")'),
    "renamed back": (
        'op.rename_table("t", "n")\nop.alter_column("n", "a", new_column_name="c")',
        'op.rename_table("n", "t")\nop.alter_column("t", "c", new_column_name="a")'),
    "written over": (sql("CREATE OR REPLACE FUNCTION g() RETURNS int RETURN 1"), ""),
    "dropped before it is made": (sql("DROP VIEW IF EXISTS v") + "\n" + sql("CREATE VIEW v AS SELECT 1"), ""),
    "made again": ('op.drop_index("t_b")\nop.create_index("t_b", "t", ["b", "a"])', ""),
    "no name": ('op.create_unique_constraint(None, "t", ["a"])', 'op.drop_constraint("t_a_key", "t")'),
    "no name, in SQL": (sql("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u"), 'op.drop_constraint("t_a_fkey", "t")'),
    "an index without a name": ('op.create_index(None, "t", ["a"])', 'op.drop_index("ix_t_a")'),
    "a convention's name": (
        'op.create_check_constraint("ck_t_a", "t", "a > 0")', 'op.execute("ALTER TABLE t DROP CONSTRAINT ck_t_a")'),
    "an index that becomes a key": (
        sql("CREATE UNIQUE INDEX i ON keyless (a)") + "\n" + sql("ALTER TABLE keyless ADD PRIMARY KEY USING INDEX i"),
        'op.drop_constraint("i", "keyless")'),
    "an owned sequence": (
        'op.create_table("n", sa.Column("a", sa.Integer))\n' + sql("CREATE SEQUENCE q OWNED BY n.a"),
        'op.drop_table("n")'),
    "with its materialized view": (
        sql("CREATE MATERIALIZED VIEW m AS SELECT 1 AS a") + '\nop.create_index("i", "m", ["a"])',
        sql("DROP MATERIALIZED VIEW m")),
    "what ends with the session": (
        "\n".join(map(sql, (
            "CREATE TEMP TABLE p (a int)", "CREATE INDEX i ON p (a)", "CREATE TEMPORARY VIEW w AS SELECT 1",
            "DROP VIEW w", "DROP TABLE p", "CREATE TABLE IF NOT EXISTS q (a int)", "DROP TABLE q"))), ""),
    "a partition": (
        "\n".join(map(sql, (
            "CREATE TABLE p (a int) PARTITION BY RANGE (a)", "CREATE TABLE p1 PARTITION OF p DEFAULT",
            "CREATE INDEX i ON p1 (a)"))), 'op.drop_table("p")'),
    "back with its column": (
        'op.drop_constraint("u_t_id_fkey", "u")\nop.drop_column("u", "t_id")',
        'op.add_column("u", sa.Column("t_id", sa.Integer, sa.ForeignKey("t.id")))'),
}  # fmt: skip
LEFT_ALONE = {
    "what says why": down("# PostgreSQL cannot remove a value.\npass", sql("ALTER TYPE mood ADD VALUE 'gay'")),
    "in a docstring": down('"""The index stays."""', INDEXED),
    "after the last line": down("pass\n# It is kept.", INDEXED),
    "what raises in the end": down('op.drop_table("n")\nraise NotImplementedError("types")', TABLE),
    "an operation of others": down('op.drop_table("n")\nop.drop_enum("st")', TABLE),
    "a thing of others": down('op.drop_table("n")\nfor e in enums():\n    e.drop(op.get_bind())', TABLE),
    "a view of the session": down(NO_Z, Z + sql("CREATE TEMP VIEW w AS SELECT 1")),
    "an index of the session": down(
        NO_Z, Z + sql("CREATE TEMP TABLE p (a int)") + '\nop.create_index("i", "p", ["a"])'),
    "a table of the session": down(
        NO_Z, Z + 'op.create_table("p", sa.Column("a", sa.Integer), prefixes=["TEMPORARY"])'),
    "behind a return": down(NO_Z, f"{Z}if sa.inspect(op.get_bind()).has_table('t'):\n    return\n{INDEXED}"),
    **{
        f"behind a return in {name}": down(NO_Z, f"{Z}{above}\n        return\n{INDEXED}")
        for name, above in {
            "a dialect's branch": "if op.get_bind().dialect.name == 'postgresql':\n    if asked():",
            "a case": "match asked():\n    case 1:",
            "a handler": "try:\n    asked()\nexcept LookupError:\n    if True:",
            "a loop": "for one in asked():\n    if True:",
        }.items()
    },
    "behind a continue": down(
        NO_Z, f"{Z}for t in ('t', 'u'):\n    if asked(t):\n        continue\n    op.create_index('i', t, ['a'])"),
    "a question in a loop": down(NO_Z, f"if not has('i'):\n    {INDEXED}\n{Z}").replace(
        "def upgrade", "def has(name):\n    for one in names():\n        if one == name:\n            return True\n"
        "    return False\n\n\ndef upgrade"),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_told(name: str) -> None:
    upgrade, downgrade, message = TOLD[name]
    found = [one.message for one in read(down(NO_Z + downgrade, Z + upgrade)).remarks]
    assert found == [message]


@pytest.mark.parametrize("name", MIRRORED)
def test_mirrored(name: str) -> None:
    upgrade, downgrade = MIRRORED[name]
    assert [one.kind for one in read(down(NO_Z + downgrade, Z + upgrade)).remarks] == []


@pytest.mark.parametrize("name", LEFT_ALONE)
def test_left_alone(name: str) -> None:
    assert read(LEFT_ALONE[name]).remarks == ()


def test_a_second_one_without_a_name() -> None:
    for upgrade, what in (
        ('op.create_foreign_key(None, "t", "u", ["a"], ["id"])', "a constraint of t"),
        (sql("ALTER TABLE t ADD UNIQUE (a)"), "a constraint of t"),
        (sql("CREATE INDEX ON t (a)"), "an index of t"),
    ):
        (one,) = read(down(NO_Z, Z + upgrade)).remarks
        assert one.message.startswith(
            f"the downgrade leaves {what} without a name: when the upgrade"
        )
        (one,) = read(down("pass", upgrade)).remarks
        assert f"makes {what} without a name: it stays" in one.message


RETYPED = sql("ALTER TABLE t ALTER a TYPE bigint, ALTER b TYPE varchar(9)")
TYPES = {
    "pass": ["the downgrade does nothing, and the types that t.a and 1 more had before the upgrade do not come back"],
    Z: [
        "the downgrade leaves t.a bigint, which was integer before the upgrade: its former type does not come back "
        "(and 1 more on this line)"],
    sql("ALTER TABLE t ALTER a TYPE int, ALTER b TYPE varchar(20)"): [
        "the downgrade changes t.b to character varying, but before the upgrade it was text"],
    sql("ALTER TABLE t ALTER a TYPE int, ALTER b TYPE text"): [],
    'op.drop_column("t", "b")\nop.alter_column("t", "a", type_=sa.Integer())': [],
    'op.drop_table("t")': [],
    "raise NotImplementedError": [],
    f"if asked():\n    {RETYPED}": [],
}  # fmt: skip


@pytest.mark.parametrize("downgrade", TYPES)
def test_types_that_do_not_come_back(downgrade: str) -> None:
    known = Known({("t", "a"): "integer", ("t", "b"): "text"})
    found = read(down(downgrade, RETYPED), known).remarks
    assert [one.message for one in found] == TYPES[downgrade]
    assert all(one.note for one in found)


def test_what_leaves_something_else_is_no_condition() -> None:
    for before in (
        "for t in ('t', 'u'):\n    if asked(t):\n        break",
        "if op.get_bind().dialect.name != 'postgresql':\n    return",
        "if asked():\n    if op.get_bind().dialect.name == 'sqlite':\n        return",
        "if asked():\n    for one in (1, 2):\n        if one:\n            break",
        "def has(t):\n    if t:\n        return True",
    ):
        assert len(read(down(NO_Z, f"{Z}{before}\n{INDEXED}")).remarks) == 1, before


def test_nothing_but_work_is_no_reason() -> None:
    for why in ("# TODO: do not forget", "# op.drop_index('i')", '"""Downgrade schema."""'):
        (one,) = read(down(f"{why}\npass", INDEXED)).remarks
        assert one.kind == "downgrade-empty"


@pytest.mark.newest_in_ci
def test_the_next_upgrade_fails_as_told(url: sa.URL) -> None:
    engine = sa.create_engine(url.set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        for upgrade, downgrade, *message in [*TOLD.values(), *MIRRORED.values()]:
            with connection.begin() as transaction:
                connection.exec_driver_sql(BASE)
                both = [Z + upgrade, NO_Z + downgrade]
                for body in both:
                    _run(body, connection)
                if message:
                    with pytest.raises(sa.exc.DBAPIError):
                        _run(both[0], connection)
                else:
                    _run(both[0], connection)
                transaction.rollback()


def _run(body: str, connection: sa.Connection) -> None:
    with Operations.context(MigrationContext.configure(connection)):
        exec(
            "import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import postgresql\n"
            + body
        )
