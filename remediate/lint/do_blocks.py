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
    text = _words(given.get("as", ""))
    yield from (facts.DropCascaded(drop, "") for drop in _CASCADES.findall(text))
    foreign = given.get("language", "plpgsql") != "plpgsql"
    if not foreign and HOLE not in source.text.value:
        yield from _emptied(_run(given.get("as", "")))
    if foreign or HOLE in source.text.value or _DYNAMIC.search(text):
        yield facts.Opaque()
    elif _MOVES_KEYS.search(text):
        yield facts.Opaque(text)
    elif _DROPS.search(text):
        yield Unclear()


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
    return " ".join(body[token.start : token.end].lower() for token in kept)


def _tokens(body: str) -> tuple[Token, ...]:
    return Source(Text.at(body, 0)).tokens
