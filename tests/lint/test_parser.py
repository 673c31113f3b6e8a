"""The parser against PostgreSQL: what one refuses, the other refuses; and what it costs."""

import ast
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

import remediate
from remediate.lint import lint
from remediate.lint.parser import Source
from remediate.lint.scope import Text
from remediate.rehearsal.scratch import Server
from tests.lint.innocent import INNOCENT
from tests.lint.revisions import up
from tests.lint.unsafe import REFUSED_SQL, UNSAFE
from tests.support import helpers

PACKAGE = Path(remediate.__file__).parent
STATEMENTS = {
    "SELECT 1": ["SELECT 1"],
    ";; SELECT 1 ; -- one\n; SELECT 2 /* two */": ["SELECT 1", "SELECT 2"],
    "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2); SELECT 3": [
        "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)",
        "SELECT 3",
    ],
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3": [
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
        "SELECT 3",
    ],
    "SELECT 'é;'; CREAT (a; b); SELECT $x$;$x$": ["SELECT 'é;'", "CREAT (a; b)", "SELECT $x$;$x$"],
    "-- nothing": [],
    "SELECT 'not closed; SELECT 1": ["SELECT 'not closed; SELECT 1"],
}


def test_what_the_parser_refuses_postgresql_refuses(server: Server) -> None:
    with server.database() as url, helpers.connected(url) as connection:
        connection.execute("CREATE TABLE users (id serial PRIMARY KEY, age text, name text)")
        for sql in REFUSED_SQL.values():
            with pytest.raises(psycopg.errors.SyntaxError):
                connection.execute(sql.replace(r"\\", "\\").encode())


def test_the_parser_refuses_no_other_text_of_these_cases() -> None:
    refused = {case.name for case in UNSAFE if case.kinds == ("statement-not-read",)}
    found = {
        case.name
        for case in (*UNSAFE, *INNOCENT)
        if any(one.kind == "statement-not-read" for one in lint(case.source, case.known))
    }
    assert found == refused
    assert len(refused) >= 10


def test_one_objection_a_text() -> None:
    dump = "COPY users FROM stdin;\n1 Ada;\n2 Eve;\n\\\\."
    found = [
        one for one in lint(up(f'op.execute("""{dump}""")')) if one.kind == "statement-not-read"
    ]
    assert [one.line for one in found] == [11]
    assert 'syntax error at or near "1"' in found[0].message


def test_nested_too_deep_is_said_otherwise() -> None:
    case = next(case for case in UNSAFE if case.name.endswith("nested too deep"))
    (found,) = lint(case.source)
    assert found.message == (
        "this statement is nested too deeply for remediate to read, so remediate has not checked it"
    )


@pytest.mark.parametrize("sql", STATEMENTS)
def test_statements(sql: str) -> None:
    source = Source(Text.at(sql, 1))
    assert [sql[start:end] for start, end in source.statements()] == STATEMENTS[sql]


def test_one_file_knows_the_parser() -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (*(alias.name for alias in node.names), getattr(node, "module", "") or "")
        if name.partition(".")[0] in {"postgast", "google"}
    }
    assert users == {"lint/parser.py"}


@pytest.mark.parametrize(
    ("program", "imported"),
    [
        ("import remediate", False),
        ("import remediate.lint; remediate.lint.NOTHING", False),
        ("import remediate.rules", False),
        ("from remediate.__main__ import main; sys.argv = ['remediate', '--help']; main()", False),
        ("from remediate.lint import lint; lint('')", True),
    ],
)
def test_it_is_imported_where_something_is_linted(program: str, *, imported: bool) -> None:
    ending = "sys.stderr.write(str('postgast' in sys.modules))"
    source = (
        f"import sys\ntry:\n    {program.replace('; ', chr(10) + '    ')}\nfinally:\n    {ending}"
    )
    ran = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=False
    )
    assert ran.stderr == str(imported)
