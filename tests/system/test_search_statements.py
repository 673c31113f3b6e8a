"""Credentials in a revision's own statements: no command quotes them."""

import json
import time
from pathlib import Path

import pytest

from remediate.system.credentials import found, holds_secret, masked
from tests.support.project import Project
from tests.system.test_search import pieces

SECRET = "QzvKxwJ7VbzqXkw9Pq"
# Each fails on a scratch server, so that a rehearsal quotes it; the linter quotes it in a chain.
STATEMENTS = [
    f"SELECT dblink_connect('postgresql://secu:{SECRET}@127.0.0.1/sec')",
    f"SELECT dblink_connect('host=10.0.0.1 user=u password={SECRET} dbname=d')",
    f"SELECT dblink_connect('host=h password=''{SECRET}'' dbname=d')",
    f"CREATE USER pg_x PASSWORD '{SECRET}'",
    f"CREATE USER pg_x WITH ENCRYPTED PASSWORD E'{SECRET}' VALID UNTIL '2030-01-01'",
    f"ALTER ROLE nobody_here PASSWORD '{SECRET}'",
    f"ALTER ROLE nobody_here PASSWORD $p${SECRET}$p$",
    f"CREATE USER MAPPING FOR nobody_here SERVER s OPTIONS (user 'u', password '{SECRET}')",
    f"ALTER USER MAPPING FOR nobody_here SERVER s OPTIONS (SET password '{SECRET}')",
    f"CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 password={SECRET} dbname=d' PUBLICATION p",
    f"DO $$BEGIN EXECUTE 'ALTER ROLE nobody_here PASSWORD ''{SECRET}'''; END$$",
    f"DO $$BEGIN EXECUTE format('ALTER ROLE nobody_here PASSWORD %L', '{SECRET}'); END$$",
    f"INSERT INTO nowhere (email, password) VALUES ('a@b', '{SECRET}')",
    f"UPDATE nowhere SET api_key = '{SECRET}' WHERE id = 1",
    f"UPDATE nowhere SET v = 'sk_live_{SECRET}'",
    f"SELECT nothing('AKIA{SECRET.upper()}', 'ghp_{SECRET}')",
    f"SELECT set_config('app.url', 'https://user:{SECRET}@example.org', 1)",
    f"ALTER SYSTEM SET primary_conninfo = 'host=x password={SECRET}'",
    f"SELECT 1 WHERE password = '{SECRET}'::integer",
]
INNOCENT = [
    "ALTER TABLE password_resets ALTER id SET DEFAULT nextval('password_resets_id_seq')",
    "INSERT INTO tokens (id) VALUES (nextval('tokens_id_seq'::regclass))",
    "ALTER TABLE users ALTER COLUMN password TYPE varchar(20) USING 'x'",
    'op.add_column("users", sa.Column("password", sa.String(40), server_default="x"))',
    'op.create_index("ix_api_key", "secrets", ["token"])',
    'column "password" of relation "users" does not exist',
    'FATAL: password authentication failed for user "app"',
    "see https://example.org/a:b@c",
    "CHECK ((password <> ''::text))",
    "UPDATE users SET name = 'Ann' WHERE email = 'ann@example.org'",
    "Can't locate revision identified by 'zz'",
    "COMMENT ON COLUMN users.password IS 'hashed'",
]
REVISION = '''"""add {first}

Revision ID: {id}
"""
from alembic import op
revision = "{id}"
down_revision = {parent}
def upgrade():
    op.execute({sql!r})
def downgrade():
    op.execute({sql!r})
'''


def leaked(text: str) -> set[str]:
    return {piece for piece in pieces(SECRET) | pieces(SECRET.upper()) if piece in text}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_statement_is_shown_without_it(statement: str) -> None:
    assert not leaked(masked(statement))
    assert masked(statement).split()[0] == statement.split(maxsplit=1)[0]


@pytest.mark.parametrize("text", INNOCENT)
def test_what_holds_none_is_shown_as_it_is(text: str) -> None:
    assert masked(text) == text
    assert [*found(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "password" * 9000, "a" * 100_000 + "@", ":/a:" * 30_000 + "@", "'a://b:" * 10_000 + "@",
        ("password" + " " * 300) * 300, "password='" * 9000, "xpk_live_ " * 9000,
    ],
    ids=range(7),
)  # fmt: skip
def test_a_text_of_any_kind_takes_no_time(text: str) -> None:
    started = time.process_time()
    masked(text)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("text", [*INNOCENT, "((t.password)::text = 'x'::text)", "password = 'x'"])
def test_a_definition_without_one_may_be_written(text: str) -> None:
    assert not holds_secret(text)


def write(project: Project, number: int, sql: str) -> None:
    """A revision with this statement, after others that nothing but the linter looks at."""
    table = f"t{number} (id integer PRIMARY KEY, code text)"
    chain = f"{sql}; CREATE TABLE {table}; ALTER TABLE t{number} ALTER COLUMN code TYPE integer"
    text = REVISION.format(
        id=f"a{number}", parent=repr(f"a{number - 1}") if number else None, sql=chain,
        first=f"postgresql://app:{SECRET}@db/shop",
    )  # fmt: skip
    (project.versions / f"a{number:02}.py").write_text(text)


def test_no_command_quotes_them(project: Project) -> None:
    for number, sql in enumerate(STATEMENTS):
        write(project, number, sql)
    read = {path: path.read_text() for path in project.versions.iterdir()}
    for words in (
        ("plan",), ("plan", "-v"), ("plan", "-f", "json"), ("plan", "-f", "markdown"),
        ("plan", "-f", "html"), ("plan", "-f", "sarif"), ("plan", "-f", "github"),
        ("plan", "--save", "plan.json"), ("check", "--versions-only"),
        ("check", "--versions-only", "-f", "json"), ("check", "--update-baseline"), ("doctor",),
        ("runbook",), ("generate", "--approve", "all", "--reviewer", "Ann"),
    ):  # fmt: skip
        result = project.run("remediate", *words, expected=None)
        assert not leaked(result.stdout + result.stderr), words
    assert "CREATE TABLE t2 (" in (project.folder / "plan.json").read_text()
    written = [p for p in project.folder.rglob("*") if p.is_file() and p not in read]
    assert not [p for p in written if "__pycache__" not in p.parts and leaked(p.read_text())]


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(number, marks=() if number in (0, 3, 9, 12, 18) else (pytest.mark.soak,))
        for number in range(len(STATEMENTS))
    ],
)
def test_a_rehearsal_does_not_quote_them(project: Project, number: int, tmp_path: Path) -> None:
    sql = STATEMENTS[number]
    text = REVISION.format(
        id="a0", parent=None, sql=sql, first=f"postgresql://app:{SECRET}@db/shop"
    )
    text = text.replace("def upgrade():\n", f"def upgrade():\n    print({sql!r})\n")
    (project.versions / "a0.py").write_text(text)
    written = project.folder / "rehearsed.json"
    words = ("rehearse", "-f", "json", "-o", str(written))
    result = project.run("remediate", *words, expected=4)
    assert not leaked(result.stdout + result.stderr + written.read_text())
    (made,) = json.loads(written.read_text())["revisions"]
    assert made["defects"]
