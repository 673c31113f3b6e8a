"""Operators of containment on a column, told from the text of a statement."""

import pytest

from remediate.analysis.containment import operators
from remediate.snapshots.tables import Name

DOCS = Name("public", "docs")
CASES = [
    ("SELECT * FROM docs WHERE data @> $1", {"@>"}),
    ("select docs.id from docs where docs.data @> $1::JSONB and docs.data ? $2", {"@>", "?"}),
    ('SELECT d.id FROM "docs" AS d WHERE (d."data") ?| $1', {"?|"}),
    ("SELECT 1 FROM public.docs d WHERE d.data::jsonb ?& array[$1]", {"?&"}),
    ("SELECT 1 FROM docs WHERE data @? $1 OR data @@ $2", {"@?", "@@"}),
    ("DELETE FROM Docs WHERE Data @> $1", {"@>"}),
    ("SELECT 1 FROM docs d JOIN other o ON true WHERE o.data @> $1", set()),
    ("SELECT 1 FROM docs WHERE data -> $1 @> $2", set()),
    ("SELECT 1 FROM docs WHERE data ->> $1 = $2", set()),
    ("SELECT 1 FROM docs WHERE to_tsvector(data) @@ $1", set()),
    ("SELECT 1 FROM other WHERE data @> $1", set()),
    ("SELECT 1 FROM docs_old WHERE data @> $1", set()),
    ("SELECT 1 FROM docs WHERE metadata @> $1", set()),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "found"), CASES, ids=[text for text, _ in CASES])
def test_what_stands_behind_the_column(statement: str, found: set[str]) -> None:
    assert operators(statement, DOCS, "data") == found


def test_names_in_quotes() -> None:
    table = Name("Odd", 'My "docs"')
    statement = 'SELECT 1 FROM "Odd"."My ""docs""" x WHERE x."Data" @> $1'
    assert operators(statement, table, "Data") == {"@>"}
    assert not operators(statement, table, "data")
