"""SQL text to statements, each a tuple of tokens; only what it takes to read DDL."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from remediate.lint.scope import HOLE

_TOKEN = re.compile(
    rf"""
    (?P<skip> \s+ | --[^\n]* | \\(?=:) )
  | (?P<comment> /\* )
  | (?P<dollar> \$(?P<tag>(?:[^\W\d]\w*)?)\$ .*? (?:\$(?P=tag)\$|\Z) )
  | (?P<escaped> [eE]'(?:[^'\\]|\\.|'')*(?:'|\Z) )
  | (?P<string> (?:[uU]&|[bBxXnN])?'(?:[^']|'')*(?:'|\Z) )
  | (?P<name> (?P<odd>[uU]&)?"(?:[^"]|"")*(?:"|\Z) )
  | (?P<word> (?:[^\W\d]|{HOLE})(?:[\w$]|{HOLE})* )
  | (?P<number> \d[\w.]* )
  | (?P<sign> ::|. )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT = re.compile(r"/\*|\*/")


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is folded as PostgreSQL does it, and without quotes."""

    kind: str  # word, name, string, dollar, number, sign
    text: str
    start: int
    end: int

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.text in words


Statement = tuple[Token, ...]


def statements(sql: str) -> tuple[Statement, ...]:
    """The statements of a text, without their semicolons; comments alone are none."""
    found: list[Statement] = []
    current: list[Token] = []
    depth = body = 0
    for token in _tokens(sql):
        depth += (token.text == "(") - (token.text == ")") if token.kind == "sign" else 0
        body = _body_depth(body, current, token)
        if token.kind == "sign" and token.text == ";" and depth <= 0 and not body:
            found.append(tuple(current))
            current, depth = [], 0
        else:
            current.append(token)
    return tuple(statement for statement in (*found, tuple(current)) if statement)


def _body_depth(depth: int, before: Sequence[Token], token: Token) -> int:
    """How deep in BEGIN ATOMIC ... END: its semicolons end no statement."""
    if token.is_word("atomic") and before and before[-1].is_word("begin"):
        return 1
    if depth and token.is_word("case"):
        return depth + 1
    return depth - 1 if depth and token.is_word("end") else depth


def _tokens(sql: str) -> Iterator[Token]:
    position = 0
    while match := _TOKEN.match(sql, position):
        position = match.end()
        if match["comment"]:
            position = _after_comment(sql, position)
        elif match["skip"] is None:
            yield _token(match)


def _token(match: re.Match[str]) -> Token:
    text, span = match[0], match.span()
    if match["name"] is not None:
        return Token("name", HOLE if match["odd"] else text[1:-1].replace('""', '"'), *span)
    if match["word"] is not None:
        return Token("word", text.lower(), *span)
    if match["escaped"] is not None or match["string"] is not None:
        return Token("string", text[text.index("'") + 1 : -1].replace("''", "'"), *span)
    if match["dollar"] is not None:
        tag = len(match["tag"]) + 2
        return Token("dollar", text[tag:-tag], *span)
    return Token("number" if match["number"] else "sign", text, *span)


def _after_comment(sql: str, position: int) -> int:
    """Where a comment ends; they nest."""
    depth = 1
    while depth and (match := _COMMENT.search(sql, position)):
        depth += 1 if match[0] == "/*" else -1
        position = match.end()
    return len(sql) if depth else position


def listed(tokens: Sequence[Token]) -> tuple[Statement, ...]:
    """The parts between commas that stand in no brackets."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        if token.kind == "sign":
            depth += (token.text in "([") - (token.text in ")]")
        if token.kind == "sign" and token.text == "," and not depth:
            parts.append([])
        else:
            parts[-1].append(token)
    return tuple(tuple(part) for part in parts if part)


class Reader:
    """Reads a statement from left to right."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.rest = tuple(tokens)

    def take(self, *words: str) -> bool:
        """Whether these words come next; then they are read."""
        if len(self.rest) < len(words):
            return False
        if not all(token.is_word(word) for token, word in zip(self.rest, words, strict=False)):
            return False
        self.rest = self.rest[len(words) :]
        return True

    def sign(self, text: str) -> bool:
        """Whether this sign comes next; then it is read."""
        if self.rest and self.rest[0].kind == "sign" and self.rest[0].text == text:
            self.rest = self.rest[1:]
            return True
        return False

    def name(self) -> str:
        """A name with or without its schema; HOLE in it where it is not known, "" if none."""
        parts = []
        while self.rest and self.rest[0].kind in {"word", "name"}:
            parts.append(self.rest[0].text)
            self.rest = self.rest[1:]
            if not self.sign("."):
                break
        return ".".join(parts).removeprefix("public.")

    def bracketed(self) -> Statement:
        """What stands in the round brackets that come next; () if none do."""
        if not self.sign("("):
            return ()
        depth, size = 1, 0
        while size < len(self.rest) and depth:
            token = self.rest[size]
            depth += (token.text == "(") - (token.text == ")") if token.kind == "sign" else 0
            size += 1
        inside, self.rest = self.rest[: size - (not depth)], self.rest[size:]
        return inside
