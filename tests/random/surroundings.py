"""What hangs on a table: views, triggers, policies, and what else a repair has to leave as it was."""

from collections.abc import Callable, Iterator

from tests.random.names import literal, quoted
from tests.random.schema import Ingredient, Shape, Table

Statements = Callable[[Table, Ingredient], Iterator[str]]


def _columns(table: Table) -> str:
    names = (table.key.column, "note", *(r.column for r in table.references))
    return ", ".join(map(quoted, names))


def _touched(table: Table) -> str:
    """The column that most of this hangs on: a reference, where there is one."""
    return quoted(table.references[0].column if table.references else table.key.column)


def _view(table: Table, one: Ingredient) -> Iterator[str]:
    view = table.beside("view")
    yield f"CREATE VIEW {view} AS SELECT {_columns(table)} FROM {table.sql}"
    yield f"ALTER VIEW {view} OWNER TO {quoted(table.owner)}"
    yield f"GRANT SELECT, INSERT ON {view} TO {quoted(one.other)}"
    yield f"COMMENT ON VIEW {view} IS 'of 100% of %(rows)s, :all'"


def _view_over_view(table: Table, one: Ingredient) -> Iterator[str]:
    lower, upper = table.beside("lower"), table.beside("upper")
    yield f"CREATE VIEW {lower} AS SELECT *, {_touched(table)}::text AS copy FROM {table.sql}"
    yield f"CREATE VIEW {upper} AS SELECT copy, count(*) AS number FROM {lower} GROUP BY copy"
    yield f"GRANT SELECT ON {upper} TO {quoted(one.other)}"


def _materialized_view(table: Table, one: Ingredient) -> Iterator[str]:
    view = table.beside("kept")
    yield f"CREATE MATERIALIZED VIEW {view} AS SELECT {_columns(table)} FROM {table.sql}"
    yield f"CREATE UNIQUE INDEX ON {view} ({quoted(table.key.column)})"
    if table.ids:
        key = f"{quoted(table.key.column)} = {literal(table.ids[0])}"
        # Without a look at its foreign keys, to which orphans are new rows of this transaction.
        yield "SET LOCAL session_replication_role = replica"
        yield f"UPDATE {table.sql} SET note = 'after the snapshot' WHERE {key}"
        yield "SET LOCAL session_replication_role = origin"


def _trigger(table: Table, one: Ingredient) -> Iterator[str]:
    function = table.beside("upper_case")
    yield f"""CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $f$
BEGIN NEW.note := upper(NEW.note); RETURN NEW; END $f$"""
    yield (
        f"CREATE TRIGGER upper_case BEFORE INSERT OR UPDATE ON {table.sql}"
        f" FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


def _log_trigger(table: Table, one: Ingredient) -> Iterator[str]:
    function, log = table.beside("write_log"), table.beside("log")
    yield f"CREATE TABLE {log} (at bigserial PRIMARY KEY, what text)"
    yield f"""CREATE FUNCTION {function}() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $f$
BEGIN INSERT INTO {log} (what) VALUES (TG_OP || NEW.note); RETURN NULL; END $f$"""
    columns = f" OF {_touched(table)}" if table.references else ""
    yield (
        f"CREATE TRIGGER write_log AFTER INSERT OR UPDATE{columns} ON {table.sql}"
        f" FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


def _policy(table: Table, one: Ingredient) -> Iterator[str]:
    yield f"ALTER TABLE {table.sql} ENABLE ROW LEVEL SECURITY"
    yield (
        f"CREATE POLICY known ON {table.sql} TO {quoted(one.other)}"
        f" USING ({_touched(table)} IS NOT NULL) WITH CHECK (true)"
    )


def _check(table: Table, one: Ingredient) -> Iterator[str]:
    yield f"ALTER TABLE {table.sql} ADD CHECK ({_touched(table)}::text <> 'nothing' OR note <> '')"


def _partial_index(table: Table, one: Ingredient) -> Iterator[str]:
    yield f"CREATE INDEX ON {table.sql} (note) WHERE {_touched(table)} IS NOT NULL"
    yield f"CREATE INDEX ON {table.sql} (lower({_touched(table)}::text))"


def _comments(table: Table, one: Ingredient) -> Iterator[str]:
    text = literal('It\'s 100% of "all": :ids, %(x)s\nand\\more')
    yield f"COMMENT ON TABLE {table.sql} IS {text}"
    yield f"COMMENT ON COLUMN {table.sql}.{quoted(table.key.column)} IS {text}"
    yield f"COMMENT ON COLUMN {table.sql}.{_touched(table)} IS {text}"


def _statistics(table: Table, one: Ingredient) -> Iterator[str]:
    yield f"ALTER TABLE {table.sql} ALTER {_touched(table)} SET STATISTICS 77"
    yield f"ALTER TABLE {table.sql} ALTER {_touched(table)} SET (n_distinct = -0.5)"
    yield f"CREATE STATISTICS {table.beside('together')} ON {_touched(table)}, note FROM {table.sql}"


def _published(table: Table, one: Ingredient) -> Iterator[str]:
    if table.shape is not Shape.UNLOGGED:
        yield f"CREATE PUBLICATION {quoted(f'pub {table.label}')} FOR TABLE {table.sql}"
        yield f"ALTER TABLE {table.sql} REPLICA IDENTITY FULL"


def _rule(table: Table, one: Ingredient) -> Iterator[str]:
    yield (
        f"CREATE RULE keep AS ON DELETE TO {table.sql}"
        f" WHERE OLD.{_touched(table)} IS NOT NULL AND OLD.note = 'keep' DO INSTEAD NOTHING"
    )


def _generated_column(table: Table, one: Ingredient) -> Iterator[str]:
    yield (
        f"ALTER TABLE {table.sql} ADD COLUMN made text"
        f" GENERATED ALWAYS AS ({_touched(table)} || '-') STORED"
    )


def _storage(table: Table, one: Ingredient) -> Iterator[str]:
    yield f"ALTER TABLE {table.sql} ALTER note SET STORAGE EXTERNAL"
    if table.shape is not Shape.PARTITIONED:
        yield f"ALTER TABLE {table.sql} SET (fillfactor = 70, autovacuum_enabled = false)"


SURROUNDINGS: dict[str, Statements] = {
    "view": _view,
    "view over view": _view_over_view,
    "materialized view": _materialized_view,
    "trigger": _trigger,
    "log trigger": _log_trigger,
    "policy": _policy,
    "check": _check,
    "partial index": _partial_index,
    "comments": _comments,
    "statistics": _statistics,
    "published": _published,
    "rule": _rule,
    "generated column": _generated_column,
    "storage": _storage,
}
