"""Which sequences the source of a function names, and whether it can do without them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_COMMENT = re.compile(r"('(?:[^']|'')*')|--[^\n]*|/\*.*?\*/", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)"""
    r"|(?P<call>\bnextval\s*\()|(?P<execute>\bexecute\b)",
    re.DOTALL | re.IGNORECASE,
)
_PIECE = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[(),]|\|\|""")
_CASTS = r"(?:\s*::\s*[\w. ]+|\s*\))*\s*"
_LITERAL = re.compile(rf"\s*\(*\s*(?:regclass\s+)?'((?:[^']|'')+)'{_CASTS}", re.IGNORECASE)
_WORD = re.compile(rf"\s*\(*\s*(\$?\w+){_CASTS}")
_SERIAL = re.compile(
    rf"\s*pg_get_serial_sequence\s*\(\s*'([^']+)'{_CASTS},\s*'([^']+)'{_CASTS}", re.IGNORECASE
)
_CHOOSES = re.compile(
    r"\b(?:if|case|loop|while|exception|create|coalesce|execute|to_regclass)\b", re.IGNORECASE
)
_NOTHING_ELSE = re.compile(
    r"\s*(?:begin\s+return|select)\s+(?:pg_catalog\.)?nextval\s*\(\s*'(?:[^']|'')+'"
    r"(?:\s*::\s*\w+)*\s*\)\s*;?(?:\s*end\s*;?)?\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A call of nextval(): the name of its sequence, or that of a column which owns it."""

    name: str = ""  # as it is written; "" where the source puts it together
    serial: tuple[str, str] = ("", "")  # table and column, of pg_get_serial_sequence()


def drawn(source: str, values: Mapping[str, str] = {}) -> tuple[Drawn, ...]:
    """The calls of nextval(), where the arguments of the function have these values."""
    return tuple(dict.fromkeys(_drawn(_plain(source), values)))


def _drawn(source: str, values: Mapping[str, str]) -> Iterator[Drawn]:
    tokens = [*_TOKEN.finditer(source)]
    executes = any(token["execute"] for token in tokens)
    for token in tokens:
        if token["call"]:
            argument = _pieces(source[token.end() :], ",")[0]
            if serial := _SERIAL.fullmatch(argument):
                yield Drawn(serial=(serial[1], serial[2]))
            else:
                yield Drawn(_told(argument, values))
        elif token["text"] and executes and "nextval" in token["text"].lower():
            yield Drawn()


def _told(argument: str, values: Mapping[str, str]) -> str:
    """What a concatenation of literals and known words gives; "" where more is in it."""
    parts = []
    for piece in _pieces(argument, "||"):
        literal, word = _LITERAL.fullmatch(piece), _WORD.fullmatch(piece)
        if literal:
            parts.append(literal[1].replace("''", "'"))
        elif word and word[1].lower() in values:
            parts.append(values[word[1].lower()])
        else:
            return ""
    return "".join(parts)


def _pieces(text: str, separator: str) -> list[str]:
    """The text up to the end of its parentheses, cut where the separator stands in it.

    Parentheses around all of it are none.
    """
    depth, start = 0, 0
    found: list[str] = []
    for match in _PIECE.finditer(text):
        depth += (match[0] == "(") - (match[0] == ")")
        if depth < 0:
            return [*found, text[start : match.start()]]
        if match[0] == separator and (depth == 0 or separator == "||"):
            found.append(text[start : match.start()])
            start = match.end()
    return [*found, text[start:]]


def arguments(call: str, function: str, names: Sequence[str]) -> dict[str, str]:
    """The values that a default gives to a function by literals, by name and as $1, $2, ..."""
    start = f"{function.partition('(')[0]}("
    if not call.startswith(start) or not call.endswith(")"):
        return {}
    found: dict[str, str] = {}
    for number, written in enumerate(_pieces(call[len(start) :], ",")):
        if literal := _LITERAL.fullmatch(written):
            value = literal[1].replace("''", "'")
            found[f"${number + 1}"] = value
            found |= {names[number].lower(): value} if number < len(names) else {}
    return found


def _plain(source: str) -> str:
    return _COMMENT.sub(lambda match: match[1] or " ", source)


def draws_always(source: str) -> bool:
    """Whether every call runs all of the source, so that one missing sequence stops it."""
    return not _CHOOSES.search(_plain(source))


def fills_always(source: str, column: str) -> bool:
    """The same of a trigger, for a row in which the column is NULL; False where it has no part."""
    plain = _plain(source)
    new = rf"""\bnew\s*\.\s*(?:{re.escape(column)}|"{re.escape(column)}")"""
    if not re.search(new, plain, re.IGNORECASE):
        return False
    guard = rf"\bif\s*\(?\s*{new}\s+is\s+null\s*\)?\s*then\b(?P<then>.*?)\bend\s+if\b"
    bare = re.sub(guard, lambda match: match["then"], plain, flags=re.DOTALL | re.IGNORECASE)
    bare = re.sub(rf"\bcoalesce\s*\(\s*{new}\s*,", "(", bare, flags=re.IGNORECASE)
    return not _CHOOSES.search(bare) and not re.search(r"\bels(?:e|if|eif)\b", bare, re.IGNORECASE)


def draws_only(source: str) -> bool:
    """Whether it gives the next value of a sequence, and does nothing else."""
    return _NOTHING_ELSE.fullmatch(_plain(source)) is not None
