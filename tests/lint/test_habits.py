"""What revisions of old projects do: guards, other databases, errors raised again, one-row tables."""

import pytest

from remediate.lint import Known, lint, read
from tests.lint.revisions import Case, module, up

AGE = Known({("users", "age"): "text"})
REFUSED = 'op.execute("ALTER TABLE users MODIFY age integer")'  # by PostgreSQL


def case(name: str, source: str, known: Known = Known()) -> Case:
    return Case(name, source, (), known)


GUARDS = (
    case("tables", up('''
        if "users" not in sa.inspect(op.get_bind()).get_table_names():
            op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))''')),
    case("columns", up('''
        columns = {c["name"] for c in sa.inspect(op.get_bind()).get_columns("users")}
        if "age" not in columns:
            op.add_column("users", sa.Column("age", sa.Integer()))''')),
    case("a loop over constraints", up('''
        inspector = sa.inspect(op.get_bind())
        for key in inspector.get_foreign_keys("users"):
            if key["referred_table"] == "teams":
                op.drop_constraint(key["name"], "users", type_="foreignkey")''')),
    case("a helper", module('''
        def has_index(table, name):
            inspector = sa.inspect(op.get_bind())
            return any(i["name"] == name for i in inspector.get_indexes(table))
        def upgrade():
            if not has_index("users", "ix"):
                op.create_index("ix", "users", ["age"])''')),
    case("to_regclass", up('''
        if not op.get_bind().execute(sa.text("SELECT to_regclass('users')")).scalar():
            op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))''')),
    case("information_schema", up('''
        sql = "SELECT 1 FROM information_schema.columns WHERE table_name = 'users' AND column_name = :c"
        if op.get_bind().execute(sa.text(sql), {"c": "age"}).first() is None:
            op.add_column("users", sa.Column("age", sa.Integer()))''')),
    case("a name from the catalog", up('''
        name = op.get_bind().execute(sa.text("SELECT conname FROM pg_constraint LIMIT 1")).scalar_one()
        op.drop_constraint(name, "users")''')),
    case("a server's version", up('''
        if op.get_bind().execute(sa.text("SHOW server_version_num")).scalar() >= "150000":
            op.execute("ALTER TABLE users ADD UNIQUE NULLS NOT DISTINCT (email)")''')),
)  # fmt: skip
OTHER_DATABASES = (
    case("starts with", up(f'''
        if op.get_bind().engine.name.startswith("mysql"):
            {REFUSED}''')),
    case("starts with one of", up(f'''
        if str(op.get_bind().engine.url).startswith(("sqlite", "mysql+pymysql")):
            {REFUSED}''')),
    case("in the description", up(f'''
        if "sqlite" in sa.inspect(op.get_bind()).dialect.dialect_description:
            {REFUSED}''')),
    case("the other way round", up(f'''
        if "mysql" == op.get_context().dialect.name:
            {REFUSED}''')),
    case("a name for the condition", up(f'''
        dialect = op.get_bind().dialect
        is_postgres = dialect.name == "postgresql"
        if not is_postgres:
            {REFUSED}''')),
    case("a name of the module", module(f'''
        OTHERS = ("mysql", "mariadb")
        def upgrade():
            name = op.get_context().dialect.name
            if name in OTHERS:
                {REFUSED}''')),
    case("a helper of the module", module(f'''
        def _runs_on_a_file():
            bind = op.get_bind()
            return bind.dialect.name == "sqlite"
        def upgrade():
            if _runs_on_a_file():
                {REFUSED}''')),
    case("a helper with branches", module(f'''
        def needs_batch(bind):
            """Whether tables have to be made anew."""
            if bind.dialect.name == "postgresql":
                return False
            return True
        def upgrade():
            if needs_batch(op.get_bind()):
                {REFUSED}
                return''')),
    case("a helper that is given the names", module(f'''
        def runs_on(bind, name):
            return bind.dialect.name == name
        def one_of(names):
            return op.get_bind().dialect.name in names
        def upgrade():
            if runs_on(bind=op.get_bind(), name="mysql") or one_of(("sqlite", "mssql")):
                {REFUSED}''')),
    case("an early return", up(f'''
        dialect = op.get_bind().dialect.name
        if dialect not in ("mysql", "mariadb"):
            return
        {REFUSED}''')),
    case("match", up(f'''
        match op.get_bind().dialect.name:
            case "postgresql":
                op.execute("ALTER TABLE users ADD age integer")
            case "mysql" | "mariadb":
                {REFUSED}
            case _:
                {REFUSED}''')),
    case("match without a case for it", up(f'''
        match op.get_bind().dialect.name:
            case "mysql":
                {REFUSED}''')),
    case("one of two expressions", up(f'''
        name = op.get_bind().dialect.name
        {REFUSED} if name == "mysql" else op.execute("SELECT 1")
        op.execute("ALTER TABLE users MODIFY x int" if name == "mysql" else "SELECT 1")''')),
    case("and", up(f'''
        op.get_bind().dialect.name == "mysql" and {REFUSED}''')),
    case("a dictionary", up('''
        name = op.get_bind().dialect.name
        op.execute({"mysql": "ALTER TABLE users MODIFY x int", "postgresql": "SELECT 1"}[name])
        op.execute({"mysql": "ALTER TABLE users MODIFY x int", "postgresql": "SELECT 2"}.get(name))''')),
    case("functions of their own", module(f'''
        def upgrade_mysql():
            {REFUSED}
        def upgrade():
            globals()["upgrade_" + op.get_bind().dialect.name]()''')),
    case("what PostgreSQL can do", up(f'''
        if not op.get_bind().dialect.supports_sequences:
            {REFUSED}''')),
    case("a flag of the module", module(f'''
        FOR_MYSQL = False
        def upgrade():
            if FOR_MYSQL:
                {REFUSED}''')),
)  # fmt: skip
FAILURES = (
    case("raised on all but SQLite", up('''
        bind = op.get_bind()
        try:
            op.drop_column("users", "age")
        except Exception:
            if bind.dialect.name != "sqlite":
                raise
            print("kept")''')),
    case("raised either way", up('''
        try:
            op.drop_column("users", "age")
        except Exception as error:
            if "locked" in str(error):
                raise RuntimeError("try again later") from error
            else:
                raise''')),
    case("raised by a helper", module('''
        import sys
        def fail(error):
            print(error)
            sys.exit(1)
        def upgrade():
            try:
                op.drop_column("users", "age")
            except Exception as error:
                fail(error)''')),
    case("never run", up('''
        if op.get_bind().engine.name.startswith("mysql"):
            try:
                op.drop_column("users", "age")
            except Exception:
                pass''')),
    case("back to a savepoint", up('''
        savepoint = op.get_bind().begin_nested()
        try:
            op.drop_column("users", "age")
            savepoint.commit()
        except Exception:
            savepoint.rollback()''')),
    case("back to a savepoint in SQL", up('''
        op.execute("SAVEPOINT before")
        try:
            op.drop_column("users", "age")
        except Exception:
            op.execute("ROLLBACK TO SAVEPOINT before")''')),
    case("in a savepoint of a helper", module('''
        from contextlib import contextmanager
        @contextmanager
        def guarded():
            with op.get_bind().begin_nested():
                yield
        def upgrade():
            try:
                with guarded():
                    op.drop_column("users", "age")
            except Exception:
                pass''')),
    case("errors of Python alone", up('''
        try:
            op.drop_column("users", "age")
        except (ImportError, KeyError):
            pass
        try:
            sa.Table("users", sa.MetaData(), autoload_with=op.get_bind())
            op.drop_column("users", "age")
        except sa.exc.NoSuchTableError:
            pass''')),
    case("errors of other databases", up('''
        try:
            op.drop_index("ix", "users")
        except sa.exc.OperationalError:
            pass''')),
    case("suppressed errors of Python", module('''
        from contextlib import suppress
        def upgrade():
            with suppress(KeyError):
                op.drop_column("users", "age")''')),
    case("what need not be there", up('''
        try:
            op.execute("DROP INDEX IF EXISTS ix")
            op.drop_index("ix", "users", if_exists=True)
        except Exception:
            pass''')),
    case("nothing is asked of the database", module('''
        import json
        from app.utils import shorten
        def upgrade():
            bind = op.get_bind()
            for row in bind.execute(sa.text("SELECT id, body FROM notes")).fetchall():
                try:
                    body = shorten(json.loads(row.body))
                except Exception:
                    continue''')),
    case("what runs after a failure", up(f'''
        try:
            op.alter_column("users", "age", type_=sa.Integer(), postgresql_using="age::integer")
        except TypeError:
            op.alter_column("users", "age", existing_type=sa.String(), type_=sa.Integer())
            {REFUSED}'''), AGE),
)  # fmt: skip
STATEMENTS = (
    case("several, by psycopg2", up('op.execute("CREATE SCHEMA a; CREATE SCHEMA b")'), Known(driver="psycopg2")),
    case("several, by psycopg", up('op.execute("CREATE SCHEMA a; CREATE SCHEMA b")'), Known(driver="psycopg")),
    case("several, by whatever there is", up('op.execute("CREATE SCHEMA a; CREATE SCHEMA b")')),
    case("a former type that was never so", module('''
        def kind():
            """An enum, made anew for each table."""
            values = ("hour", "day")
            return postgresql.ENUM(*values, name="span")
        def upgrade():
            span = kind()
            op.create_table("a", sa.Column("id", sa.Integer, primary_key=True), sa.Column("s", span))
            op.create_table("b", sa.Column("id", sa.Integer, primary_key=True), sa.Column("s", kind()))
            for table in ("a", "b"):
                op.alter_column(table, "s", existing_type=postgresql.INTERVAL(), type_=sa.Enum(name="span"))''')),
)  # fmt: skip
ONE_ROW = (
    case("a check", up('''
        op.create_table("version_row",
            sa.Column("version_row_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.CheckConstraint("version_row_id = 1"), sa.PrimaryKeyConstraint("version_row_id"))''')),
    case("a check of the column", up('''
        op.create_table("instance",
            sa.Column("id", sa.Integer(), sa.CheckConstraint("id = 1 AND true"), primary_key=True, autoincrement=False))
        op.create_table("site", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
            sa.CheckConstraint(sa.column("id") == 1))''')),
    case("raw checks", up('''
        op.execute("CREATE TABLE a (id integer PRIMARY KEY CHECK (id = 1), level integer)")
        op.execute("CREATE TABLE b (id integer PRIMARY KEY, CONSTRAINT one CHECK (1 = id))")
        op.execute("CREATE TABLE c (id integer PRIMARY KEY, CHECK (id IN (1)))")
        op.execute("CREATE TABLE d (id integer PRIMARY KEY, CHECK (id > 0 AND id < 2))")''')),
    case("checks that come later", up('''
        op.execute("CREATE TABLE a (id integer PRIMARY KEY)")
        op.execute("ALTER TABLE a ADD CONSTRAINT one CHECK (id = 1)")
        op.execute("CREATE TABLE b (id integer PRIMARY KEY)")
        op.create_check_constraint("one", "b", "id = 1")''')),
    case("settings", up('''
        op.execute("CREATE TABLE app_settings (id integer PRIMARY KEY, theme text, retries integer)")
        op.create_table("config", sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
            sa.Column("debug", sa.Boolean()))''')),
)  # fmt: skip


@pytest.mark.parametrize(
    "case",
    [*GUARDS, *OTHER_DATABASES, *FAILURES, *STATEMENTS, *ONE_ROW],
    ids=lambda case: case.name,
)
def test_no_defect(case: Case) -> None:
    assert lint(case.source, case.known) == ()


FOUND = {
    "settings with rows": (
        'op.execute("CREATE TABLE settings (id integer PRIMARY KEY, key text, value text)")',
        "key-without-default",
    ),
    "settings of users": (
        'op.execute("CREATE TABLE settings (id integer PRIMARY KEY, user_id integer, theme text)")',
        "key-without-default",
    ),
    "a check of another column": (
        'op.execute("CREATE TABLE a (id integer PRIMARY KEY, n integer CHECK (n = 1), CHECK (id > 0))")',
        "key-without-default",
    ),
    "the rest, after another database's branch": (
        f'if op.get_bind().dialect.name == "sqlite":\n    return\n{REFUSED}',
        "statement-not-read",
    ),
    "a case for PostgreSQL": (
        f'match op.get_bind().dialect.name:\n    case "postgresql" | "mysql":\n        {REFUSED}',
        "statement-not-read",
    ),
    "a case for all others": (
        f'match op.get_bind().dialect.name:\n    case "mysql":\n        pass\n    case _:\n        {REFUSED}',
        "statement-not-read",
    ),
    "a case of something else": (
        f'match op.get_context().as_sql:\n    case True:\n        {REFUSED}',
        "statement-not-read",
    ),
    "a flag that a failure sets": (
        f"there = False\ntry:\n    there = True\nexcept Exception:\n    there = False\nif not there:\n    {REFUSED}",
        "statement-not-read",
    ),
    "for SQLite, whatever else it does": (
        f'op.execute("PRAGMA foreign_keys=OFF")\n{REFUSED}\nop.execute("PRAGMA foreign_keys=ON")',
        "statement-not-read",
    ),
    "for SQLite as far as nobody knows": (
        f'if lite():\n    op.execute("PRAGMA foreign_keys=OFF")\n    {REFUSED}',
        "statement-not-read",
    ),
    "raised on SQLite alone": (
        'try:\n    op.drop_table("a")\nexcept Exception:\n    if bind.dialect.name == "sqlite":\n        raise',
        "failure-swallowed",
    ),
    "an early return before it is raised": (
        'try:\n    op.drop_table("a")\nexcept Exception as e:\n    if "exist" in str(e):\n        return\n    raise',
        "failure-swallowed",
    ),
    "one of two handlers": (
        'try:\n    op.drop_table("a")\nexcept KeyError:\n    raise\nexcept sa.exc.ProgrammingError:\n    pass',
        "failure-swallowed",
    ),
    "rows refused": (
        'try:\n    op.execute("INSERT INTO a VALUES (1)")\nexcept sa.exc.IntegrityError:\n    pass',
        "failure-swallowed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_still_found(name: str) -> None:
    body, kind = FOUND[name]
    assert [one.kind for one in lint(up(body))] == [kind]


@pytest.mark.parametrize(
    ("driver", "call", "error"),
    [
        ("asyncpg", 'op.execute("CREATE SCHEMA a; CREATE SCHEMA b")', "asyncpg refuses them"),
        ("psycopg", 'bind.execute(sa.text("SELECT :a; SELECT 1"), {"a": 1})', "psycopg with parameters refuses them"),
        ("psycopg", 'op.execute(sa.text("SELECT :a; SELECT 1").bindparams(a=1))', "psycopg with parameters refuses "
         "them"),
        ("psycopg2", 'bind.execute(sa.text("SELECT :a; SELECT 1"), {"a": 1})', ""),
    ],
)  # fmt: skip
def test_several_statements_by_driver(driver: str, call: str, error: str) -> None:
    found = lint(up(f"bind = op.get_bind()\n{call}"), Known(driver=driver))
    expected = [f"2 statements in one execute: {error} (42601)"] if error else []
    assert [one.message for one in found] == expected


def test_a_former_type_that_only_the_step_tells() -> None:
    """Unknown otherwise: a hazard. Of a column whose type cannot be read: information."""
    step = 'op.alter_column("t", "c", existing_type=sa.String(), type_=sa.Uuid())'
    (hazard,) = lint(up(step))
    assert (hazard.error, hazard.note) == (False, False)
    made = 'op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("c", GUID()))'
    (note,) = lint(up(f"{made}\n{step}"))
    assert (note.error, note.note) == (False, True)
    assert lint(up(step), Known({("t", "c"): "app.code"})) == ()  # as the database has it
    (error,) = lint(up(step), Known({("t", "c"): "text"}))
    assert (error.error, error.note) == (True, False)


def test_the_driver_is_passed_on() -> None:
    assert read(up("pass"), Known(driver="asyncpg")).after.driver == "asyncpg"
