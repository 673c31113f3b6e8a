"""Read the columns of jsonb without a GIN index, and what asks them for containment.

Texts of statements and functions stay here: the operators in them are all that is kept.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from sys import intern

from remediate.analysis.containment import operators
from remediate.catalog.batches import Question, ask
from remediate.catalog.session import configure, read_only, rows
from remediate.postgres.direct import Connection
from remediate.postgres.queries import query
from remediate.postgres.sql import ident
from remediate.snapshots.documents import Containment, Documents, JsonColumn
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name

_Text = tuple[str, str, int]  # a statement, where it was met, and how often


def enrich(connection: Connection, live: Live) -> Live:
    """The snapshot with these columns; statements are read only where there are some."""
    with read_only(connection):
        configure(connection)
        found = rows(connection, "json_columns")
        columns = [
            JsonColumn(table.name, intern(r["column"]))
            for r in found
            if (table := live.table_of.get(Name(r["schema"], r["name"])))
        ]
        if not columns:
            return live
        statements = _statements(connection, found[0]["statements"])
        texts = [*(statements or ()), *_functions(connection)]
    asked = _asked(columns, texts)
    documents = Documents(
        tuple(replace(one, asked=asked.get((one.table, one.column))) for one in columns),
        counted=statements is not None,
    )
    return replace(live, documents=documents)


def _statements(connection: Connection, schema: str | None) -> list[_Text] | None:
    """Those of pg_stat_statements; None where it is not loaded, or the role cannot read all."""
    if schema is None:
        return None
    select = query(__package__, "json_statements", statements=ident(schema, "pg_stat_statements"))
    answers, _ = ask(connection, [Question("statements", select, 0)])
    if "statements" not in answers:
        return None
    texts, calls = answers["statements"]
    return [(text, "pg_stat_statements", n) for text, n in zip(texts, calls, strict=True)]


def _functions(connection: Connection) -> Iterator[_Text]:
    for r in rows(connection, "json_functions"):
        yield r["body"], f"function {Name(r['schema'], r['name'])}", 0


def _asked(
    columns: Iterable[JsonColumn], texts: Iterable[_Text]
) -> Mapping[tuple[Name, str], Containment]:
    """What is known of each column, from the first source that tells."""
    known: dict[tuple[Name, str], Containment] = {}
    several = [(one.table.name.lower(), (one.table, one.column)) for one in columns]
    for text, source, calls in texts:
        lowered = text.lower()
        for place in (place for name, place in several if name in lowered):
            before = known.get(place, Containment((), source))
            if before.source == source and (met := operators(text, *place)):
                both = tuple(sorted({*before.operators, *met}))
                known[place] = Containment(both, source, before.calls + calls)
    return known
