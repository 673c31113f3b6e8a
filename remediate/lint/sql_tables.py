"""CREATE TABLE and ALTER TABLE."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from remediate.lint import facts
from remediate.lint.facts import Fact
from remediate.lint.scope import HOLE
from remediate.lint.sql_columns import AFTER_TYPE, between, column, names
from remediate.lint.tokens import Reader, Statement, listed
from remediate.lint.types import named

Found = Iterator[tuple[Fact, int]]

_TABLE_WIDE = {"constraint", "primary", "foreign", "unique", "check", "exclude", "like"}


def create_table(reader: Reader, sql: str, start: int) -> Found:
    reader.take("if", "not", "exists")
    table = reader.name()
    inside = reader.bracketed()
    if reader.take("as"):
        yield facts.TableCreated(table, (), copied=True, source=_selected(reader.rest)), start
        return
    if reader.rest and reader.rest[0].is_word("partition", "of", "inherits"):
        yield facts.TableCreated(table, (), whole=False), start  # its columns come from another
        return
    yield _made(table, listed(inside), sql), start


def _selected(tokens: Statement) -> str:
    """The only table that a query reads."""
    names = []
    reader = Reader(tokens)
    while reader.rest:
        if reader.take("from") or reader.take("join"):
            names.append(reader.name())
        else:
            reader.rest = reader.rest[1:]
    return names[0] if len(names) == 1 else ""


def _made(table: str, parts: Sequence[Statement], sql: str) -> facts.TableCreated:
    wide = [p for p in parts if p[0].kind == "word" and p[0].text in _TABLE_WIDE]
    columns = tuple(column(part, sql) for part in parts if part not in wide)
    key = tuple(one.name for one in columns if one.key)
    references: tuple[str, ...] = ()
    for part in wide:
        reader = _unnamed(part)
        if reader.take("primary", "key"):
            key = names(reader.bracketed())
        elif reader.take("foreign", "key"):
            references += names(reader.bracketed())
    likes = [part for part in wide if part[0].is_word("like")]
    whole = not any(HOLE in token.text for part in parts for token in part[:1])
    return facts.TableCreated(
        table, columns, key, references,
        copied=bool(likes) and not any(_keeps_defaults(part) for part in likes),
        source=Reader(likes[0][1:]).name() if len(likes) == 1 else "",
        whole=whole and not likes,
    )  # fmt: skip


def _unnamed(part: Statement) -> Reader:
    """A constraint without CONSTRAINT name."""
    reader = Reader(part)
    if reader.take("constraint"):
        reader.name()
    return reader


def _keeps_defaults(part: Statement) -> bool:
    """LIKE ... INCLUDING DEFAULTS, IDENTITY or ALL."""
    kept = {"defaults", "identity", "all"}
    return any(a.is_word("including") and b.text in kept for a, b in pairwise(part))


def alter_table(reader: Reader, sql: str, _: int) -> Found:
    reader.take("if", "exists")
    reader.take("only")
    table = reader.name()
    reader.sign("*")
    for action in listed(reader.rest):
        for fact in _action(table, Reader(action), sql):
            yield fact, action[0].start


def _action(table: str, reader: Reader, sql: str) -> Iterator[Fact]:
    if reader.take("alter"):
        reader.take("column")
        yield from _alter_column(table, reader.name(), reader, sql)
    elif reader.take("add"):
        yield from _add(table, reader, sql)
    elif reader.take("drop", "constraint"):
        yield facts.OtherDDL()
    elif reader.take("drop"):
        reader.take("column")
        reader.take("if", "exists")
        yield facts.ColumnDropped(table, reader.name())
    elif reader.take("rename"):
        yield from _rename(table, reader)
    else:
        yield facts.OtherDDL()


def _alter_column(table: str, name: str, reader: Reader, sql: str) -> Iterator[Fact]:
    if reader.take("type") or reader.take("set", "data", "type"):
        rest = reader.rest
        size = next((n for n, t in enumerate(rest) if t.is_word(*AFTER_TYPE)), len(rest))
        using = any(token.is_word("using") for token in rest)
        yield facts.TypeChanged(table, name, named(between(rest[:size], sql)), using=using)
    elif reader.take("set", "default"):
        written = between(reader.rest, sql)
        if written.lower() == "null":
            yield facts.GeneratorDropped(table, name)
            return
        yield facts.DefaultSet(table, name, "" if HOLE in written else written)
    elif reader.take("drop", "default"):
        yield facts.GeneratorDropped(table, name)
    elif reader.take("drop", "identity"):
        yield facts.GeneratorDropped(table, name, identity=True)
    elif reader.take("add", "generated"):
        yield facts.IdentityAdded(table, name)
    else:
        yield facts.OtherDDL()


def _add(table: str, reader: Reader, sql: str) -> Iterator[Fact]:
    reader.take("column")
    reader.take("if", "not", "exists")
    if not reader.rest or not reader.rest[0].is_word(*_TABLE_WIDE):
        if reader.rest:
            yield facts.ColumnAdded(table, column(reader.rest, sql))
        return
    constraint = _unnamed(reader.rest)
    if constraint.take("primary", "key"):
        yield facts.KeyAdded(table, names(constraint.bracketed()))
    elif constraint.take("foreign", "key"):
        yield facts.ReferenceAdded(table, names(constraint.bracketed()))
    else:
        yield facts.OtherDDL()


def _rename(table: str, reader: Reader) -> Iterator[Fact]:
    if reader.take("to"):
        schema = table.rpartition(".")[0]
        new = reader.name()
        yield facts.TableRenamed(table, f"{schema}.{new}" if schema else new)
    elif not reader.take("constraint"):
        reader.take("column")
        name = reader.name()
        reader.take("to")
        yield facts.ColumnRenamed(table, name, reader.name())
