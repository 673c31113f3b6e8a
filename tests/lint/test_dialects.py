"""Conditions on the database that a revision runs on."""

import ast

import pytest

from remediate.lint.dialects import holds_on_postgresql

CONDITIONS = {
    'x == "mysql"': False,
    'x != "sqlite"': True,
    'x in ("mysql", "postgresql")': True,
    'x not in ["mysql", "oracle"]': True,
    'x == "other"': None,
    'x == "mysql" == y': None,
    "isinstance(bind.dialect, MySQLDialect)": False,
    "isinstance(bind.dialect, (MySQLDialect, SQLiteDialect))": False,
    "not isinstance(bind.dialect, SQLiteDialect)": True,
    "isinstance(bind.dialect, PGDialect)": True,
    "isinstance(bind.dialect, postgresql.dialect)": True,
    "isinstance(column.type, postgresql.TIMESTAMP)": None,
    "isinstance(x, A)": None,
    "engine.name == MYSQL_ENGINE": False,
    "source == ORACLE": None,
    "is_postgres": True,
    "_is_sqlite()": False,
    "self.is_mysql(bind)": False,
    "_is_mysql_index_error(error)": None,
    'x == "postgresql" and not offline()': None,
    'x == "mysql" and offline()': False,
    'x == "postgresql" and not is_sqlite': True,
    'x != "postgresql" or offline()': None,
    'x == "mysql" or is_sqlite': False,
    'x == "postgresql" or offline()': True,
    "a and b": None,
    'bind.dialect.driver in ("pysqlite", "aiosqlite")': False,
    'bind.dialect.driver in ("pysqlite", "psycopg2")': None,
    "isinstance(bind.connection.connection, sqlite3.Connection)": False,
    "1": None,
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_holds_on_postgresql(condition: str) -> None:
    test = ast.parse(condition, mode="eval").body
    assert holds_on_postgresql(test) is CONDITIONS[condition]
