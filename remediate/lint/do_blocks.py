"""DO blocks to facts: what their text says, as far as it is written out."""

import re
from collections.abc import Iterator

from remediate.lint import facts
from remediate.lint.expressions import strings
from remediate.lint.facts import Fact
from remediate.lint.objects import Unclear
from remediate.lint.parser import Source, Token, nodes, pb
from remediate.lint.scope import HOLE, Text
from remediate.lint.values import name_parts, table_name

_DYNAMIC = re.compile(r"\bexecute\b(?! (?:function|procedure)\b)")
_CASCADES = re.compile(r"\bdrop [^;]*?(?<!on delete )(?<!on update )\bcascade\b")
_DROPS = re.compile(r"\bdrop\b")
_MOVES_KEYS = re.compile(r"sequence|default|identity|\b(?:alter|rename|create)\b")
_VERBS = {
    "alter", "comment", "create", "delete", "drop", "grant", "insert", "reset", "revoke", "set",
    "truncate", "update",
}  # fmt: skip
_TABLE = r'(?:[\w"]+ ?\. ?)?[\w"]+'
_EMPTIES = re.compile(
    rf"\b(?:truncate (?:table )?(?P<several>(?:only )?{_TABLE}(?: ?\*)?(?: , (?:only )?{_TABLE})*)"
    rf"(?: restart identity| continue identity)?(?: cascade| restrict)?"
    rf"|delete from (?:only )?(?P<one>{_TABLE})(?: (?:as )?(?!using|where|returning)\w+)?) ?;"
)


def read(node: nodes.DoStmt, source: Source) -> Iterator[Fact]:
    """A DO block: it may do anything, unless its text speaks of no key."""
    options = [one for one in node.args if isinstance(one, nodes.DefElem) and one.arg]
    given = {one.defname: " ".join(strings([one.arg])) for one in options if one.arg}
    body = _written_out(given.get("as", ""))
    text = _words(body)
    yield from (facts.DropCascaded(drop, "") for drop in _CASCADES.findall(text))
    foreign = given.get("language", "plpgsql") != "plpgsql"
    if not foreign and HOLE not in source.text.value:
        yield from _emptied(_run(body))
    if foreign or HOLE in source.text.value or _DYNAMIC.search(text):
        yield facts.Opaque()
    elif _MOVES_KEYS.search(text):
        yield facts.Opaque(text)
    elif _DROPS.search(text):
        yield Unclear()


def straight(node: nodes.DoStmt, source: Source) -> tuple[str, ...]:
    """The statements of a block that runs each of them, once; none where it may not."""
    given = {one.defname: one.arg for one in node.args if isinstance(one, nodes.DefElem)}
    if "language" in given or HOLE in source.text.value or given.get("as") is None:
        return ()
    body = _written_out(" ".join(strings([one for one in [given["as"]] if one])))
    first, *parts = [*_parts(body)] or [[]]
    if not first or _lower(body, first[0]) != "begin":
        return ()
    *parts, last = [first[1:], *parts]
    found = [_statement(body, part) for part in parts]
    end = [_lower(body, token) for token in last]
    whole = end[:1] == ["end"] and len(end) == 1 and None not in found
    return tuple(filter(None, found)) if whole else ()


def _parts(body: str) -> Iterator[list[Token]]:
    """The tokens between semicolons."""
    part: list[Token] = []
    for token in _tokens(body):
        if _lower(body, token) == ";":
            yield part
            part = []
        else:
            part.append(token)
    if part:
        yield part


def _statement(body: str, part: list[Token]) -> str | None:
    """One in SQL; "" for one that only speaks; None where it is of PL/pgSQL."""
    words = [_lower(body, token) for token in part[:2]]
    match words:
        case ["raise", "notice" | "info" | "log" | "debug" | "warning"]:
            return ""
        case ["perform", _]:
            return "SELECT " + body[part[1].start : part[-1].end]
        case [first, _] if first in _VERBS:
            return body[part[0].start : part[-1].end]
    return None


def _literal(text: str) -> str | None:
    """What a string without escapes holds."""
    if text.startswith("$"):
        tag = text[: text.index("$", 1) + 1]
        return text.removeprefix(tag).removesuffix(tag)
    return text[1:-1].replace("''", "'") if text.startswith("'") else None


def _lower(body: str, token: Token) -> str:
    return body[token.start : token.end].lower()


def without_emptying(text: str) -> str:
    """The words of a block without those that empty a table."""
    return _EMPTIES.sub("", text)


def _emptied(text: str) -> Iterator[Fact]:
    """TRUNCATE, and DELETE without WHERE, of tables that the block does nothing else with."""
    rest = without_emptying(text)
    for match in _EMPTIES.finditer(text):
        for one in (match["several"] or match["one"]).split(","):
            schema, name = name_parts(re.sub(r"\bonly |[ *]", "", one))
            if not re.search(rf"\b{re.escape(name)}\b", rest):
                yield facts.RowsChanged(table_name(name, schema), emptied=True)


def _words(body: str) -> str:
    """The text in lower case without comments, each word apart from the next by one space."""
    return " ".join(body[token.start : token.end].lower() for token in _tokens(body))


def _run(body: str) -> str:
    """The same without its strings."""
    kept = (one for one in _tokens(body) if one.kind not in (pb.SCONST, pb.USCONST))
    return " ".join(_lower(body, token) for token in kept)


def _written_out(body: str) -> str:
    """A body with the statements that EXECUTE runs, where they are mere strings."""
    for *_, word, string in reversed([[*part] for part in _parts(body) if len(part) > 1]):
        given = _literal(body[string.start : string.end]) if string.kind == pb.SCONST else None
        if given is not None and _lower(body, word) == "execute":
            body = body[: word.start] + given + body[string.end :]
    return body


def _tokens(body: str) -> tuple[Token, ...]:
    return Source(Text.at(body, 0)).tokens
