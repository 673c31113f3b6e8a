"""SQL on a terminal: no wider than that, and the same for psql."""

import psycopg
import pytest

from remediate.render.lines import WIDTH, sql

LONG = (
    "SELECT 'a  b', \"it's  a\", 1 FROM (SELECT 1 AS \"it's  a\") t WHERE 'x  ''y' <> "
    "'z                                                       z' AND 1 = 1 AND 2 = 2 AND 3 = 3"
)


@pytest.mark.newest_in_ci
def test_long_lines_go_on_below(connection: psycopg.Connection) -> None:
    shown = [*sql(f"-- {LONG}\n{LONG}\n  AND true", "      ")]
    assert shown[0] == f"      -- {LONG}"
    assert max(map(len, shown[1:])) <= WIDTH
    assert len(shown) > 3
    rows = [connection.execute(text.encode()).fetchall() for text in ("\n".join(shown[1:]), LONG)]
    assert rows[0] == rows[1] == [("a  b", 1, 1)]


def test_a_name_with_a_line_end_stays_as_it_is() -> None:
    text = 'SELECT "two' + " x" * 50 + '\nlines" FROM t'
    assert "\n".join(line[2:] for line in sql(text, "  ")) == text
