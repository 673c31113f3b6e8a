"""What raw SQL does."""

import re
from collections.abc import Callable, Iterator

from remediate.lint import facts, sql_tables
from remediate.lint.facts import Fact
from remediate.lint.scope import HOLE, Text
from remediate.lint.sql_columns import sequence_type
from remediate.lint.tokens import Reader, Statement, listed, statements

Found = Iterator[tuple[Fact, int]]  # with where it stands in the text

_HARMLESS = {
    "insert", "update", "delete", "select", "set", "reset", "lock", "comment", "grant", "revoke",
    "truncate", "analyze", "vacuum", "reindex", "refresh", "with", "begin", "commit", "savepoint",
    "release", "rollback", "start", "end", "show", "copy", "values", "table", "notify", "explain",
}  # fmt: skip
_DYNAMIC = re.compile(r"\bexecute\b", re.IGNORECASE)
_MOVES_KEYS = re.compile(r"sequence|default|identity|\b(?:alter|rename|create)\b", re.IGNORECASE)


def several(text: Text) -> Found:
    """More than one statement in one text."""
    found = [s for s in statements(text.value) if HOLE not in s[0].text]
    if len(found) > 1:
        parts = tuple(text.value[s[0].start : s[-1].end] for s in found)
        yield facts.SeveralStatements(parts), found[1][0].start


def read(text: Text) -> Iterator[tuple[Fact, int, Text, int]]:
    """The facts of a text: where each stands, the one statement it is from, where that starts."""
    for statement in statements(text.value):
        start, end = statement[0].start, statement[-1].end
        one = text.part(start, end)
        for fact, offset in _statement(statement, text.value):
            yield fact, offset, one, start


def _statement(tokens: Statement, sql: str) -> Found:
    start = tokens[0].start
    reader = Reader(tokens)
    yield from ((fact, start) for fact in _cascaded(tokens, sql))
    for words, read_one in _READERS:
        if reader.take(*words):
            yield from read_one(reader, sql, start)
            return
    if tokens[0].is_word("do", "call", "execute") or HOLE in tokens[0].text:
        yield from ((fact, start) for fact in _code(tokens))
    elif not tokens[0].is_word(*_HARMLESS):
        yield facts.OtherDDL(), start


def _code(tokens: Statement) -> Iterator[Fact]:
    """A DO block or a call: it may do anything, unless its text speaks of no key."""
    text = " ".join(token.text for token in tokens)
    if not tokens[0].is_word("do") or HOLE in text or _DYNAMIC.search(text):
        yield facts.Opaque()
    elif _MOVES_KEYS.search(text):
        yield facts.Opaque(text)


def _cascaded(tokens: Statement, sql: str) -> Iterator[Fact]:
    """DROP ... CASCADE, also of a column or a constraint."""
    if not tokens[0].is_word("drop", "alter"):
        return
    for at, token in enumerate(tokens):
        drops = any(t.is_word("drop") for t in tokens[:at])
        if token.is_word("cascade") and drops and not tokens[at - 1].is_word("delete", "update"):
            whole = sql[tokens[0].start : tokens[-1].end]
            cut = token.start - tokens[0].start
            without = whole[:cut].rstrip() + whole[cut + len("cascade") :]
            yield facts.DropCascaded(" ".join(whole.split()), without)
            return


def _create_sequence(reader: Reader, _: str, start: int) -> Found:
    reader.take("if", "not", "exists")
    name = reader.name()
    yield facts.SequenceCreated(name, sequence_type(reader.rest) or "bigint"), start


def _alter_sequence(reader: Reader, _: str, start: int) -> Found:
    reader.take("if", "exists")
    name = reader.name()
    yield facts.SequenceAltered(name, sequence_type(reader.rest)), start


def _drop_sequence(reader: Reader, _: str, start: int) -> Found:
    reader.take("if", "exists")
    cascade = any(token.is_word("cascade") for token in reader.rest)
    for part in listed(reader.rest):
        yield facts.SequenceDropped(Reader(part).name(), cascade), start


def _drop_table(reader: Reader, _: str, start: int) -> Found:
    reader.take("if", "exists")
    for part in listed(reader.rest):
        yield facts.TableDropped(Reader(part).name()), start


def _create_type(reader: Reader, _: str, start: int) -> Found:
    name = reader.name()
    yield (facts.EnumCreated(name) if reader.take("as", "enum") else facts.OtherDDL()), start


def _insert(reader: Reader, _: str, start: int) -> Found:
    yield facts.RowsWritten(reader.name()), start


def _create_trigger(reader: Reader, _: str, start: int) -> Found:
    while reader.rest and not reader.take("on"):
        reader.rest = reader.rest[1:]
    yield facts.RowsWritten(reader.name()), start


_Reading = Callable[[Reader, str, int], Found]
_READERS: tuple[tuple[tuple[str, ...], _Reading], ...] = (
    (("alter", "table"), sql_tables.alter_table),
    (("create", "table"), sql_tables.create_table),
    (("create", "unlogged", "table"), sql_tables.create_table),
    (("create", "sequence"), _create_sequence),
    (("alter", "sequence"), _alter_sequence),
    (("drop", "sequence"), _drop_sequence),
    (("drop", "table"), _drop_table),
    (("create", "type"), _create_type),
    (("insert", "into"), _insert),
    (("copy",), _insert),
    (("create", "trigger"), _create_trigger),
    (("create", "or", "replace", "trigger"), _create_trigger),
)
