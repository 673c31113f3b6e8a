"""One text for schemas of any name: where the name is in it, and what is there for each of them."""

import re
from collections.abc import Callable
from functools import cache, partial

from remediate.findings.marks import PLACEHOLDER
from remediate.postgres.sql import ident, literal, quote, quoted, spelled

NAME = f'"{PLACEHOLDER}"'  # an identifier
QUOTED = "{tenant.quoted}"  # within a string, as regclass reads it
SPELLED = "{tenant.spelled}"  # within a string, as a guard prints it

_TOKEN = re.compile(  # a comment, which may hold quotes; a name; a string
    r"--[^\n]*|((?:U&)?)\"((?:[^\"]|\"\")*)\"|(E?)'((?:[^']|'')*)'", re.DOTALL
)
_QUALIFIED = r"\.(?:[\"\w]|\Z)"  # what follows a schema, up to a token of its own
_ESCAPE = re.compile(r"\\(?:u?([0-9A-F]{4})|\+([0-9A-F]{6})|U([0-9A-F]{8}))")


def of_any(text: str, schema: str) -> str:
    """The statement with placeholders for the name of this schema."""
    after = re.compile(rf"(?<![\w$.\"]){re.escape(schema)}(?={_QUALIFIED})")
    plain = quote(schema) == schema
    found, end = [], 0
    for token in _TOKEN.finditer(text):
        between = text[end : token.start()]
        found.append(after.sub(NAME, between) if plain else between)
        found.append(_token(token, schema))
        end = token.end()
    found.append(after.sub(NAME, text[end:]) if plain else text[end:])
    return "".join(found)


def _token(token: "re.Match[str]", schema: str) -> str:
    if token[2] is not None:
        return NAME if _value(token) == schema else token[0]
    if token[4] is None:
        return _within(schema).sub(lambda m: QUOTED if m["quoted"] else m[0], token[0])
    content = _value(token)
    changed = _within(schema).sub(_place, content)
    return token[0] if changed == content else literal(changed)


@cache
def _within(schema: str) -> "re.Pattern[str]":
    """Finds the name in the content of a string."""
    bare, marked = re.escape(schema), _marked(schema)
    named = "|".join(map(re.escape, {marked, ident(schema)} - {schema}))
    printed = "|".join(rf"(?<={before})" for before in ("owned by ", "default from ", r"\) to "))
    return re.compile(
        rf"(?:{printed})(?P<spelled>{named}|{bare})(?=\.)"
        rf"|(?P<quoted>{named}|(?<![\w$.\"]){bare}(?={_QUALIFIED}))"
        rf"|(?<![\w$.]){bare}(?![\w$])"
    )


def _place(found: "re.Match[str]") -> str:
    if found["spelled"]:
        return SPELLED
    return QUOTED if found["quoted"] else PLACEHOLDER


def _value(token: "re.Match[str]") -> str:
    """What a name or a string is, whatever it is escaped by."""
    if token[2] is not None:
        name = token[2].replace('""', '"')
        return _ESCAPE.sub(_character, name) if token[1] else name
    content = token[4].replace("''", "'")
    return _ESCAPE.sub(_character, content).replace("\\\\", "\\") if token[3] else content


def _character(escape: "re.Match[str]") -> str:
    return chr(int(escape[1] or escape[2] or escape[3], 16))


def holds(text: str, schema: str) -> bool:
    """Whether the text of any is still about this schema: it says so outside of comments."""
    named = "|".join(map(re.escape, {schema, ident(schema), _marked(schema)}))
    pattern = rf"(?<![\w$.\"{{])(?:{named})\s*\.|\b(?i:schema)\s+(?:{named})(?![\w$\"])"
    return re.search(pattern, unescaped(text)) is not None


def _marked(schema: str) -> str:
    return '"' + schema.replace('"', '""') + '"'


def escaping(text: str) -> str:
    """The text of any, with strings in which the characters of a name can be escaped."""
    return _TOKEN.sub(_escaping, text)


def _escaping(token: "re.Match[str]") -> str:
    plain = token[4] is not None and not token[3]
    return f"E{token[0]}" if plain and "{tenant" in token[0] else token[0]


def filled(text: str, schema: str) -> str:
    """The text of any for this schema: where no character needs an escape, as it is made for it."""
    inside = {QUOTED: quote(schema), SPELLED: spelled(schema), PLACEHOLDER: schema}
    if not is_plain(schema):
        text = escaping(text)
        inside = {mark: _inside(name) for mark, name in inside.items()}
    for mark, name in {NAME: ident(schema), **inside}.items():
        text = text.replace(mark, name)
    return text


def _inside(name: str) -> str:
    """The name within a string after E, as the revision writes it."""
    return literal(name).removeprefix("E")[1:-1]


def is_plain(schema: str) -> bool:
    """Whether no character of the name is written otherwise within a string."""
    return literal(schema) == f"'{schema}'"


def unescaped(text: str) -> str:
    """The statement without escapes and comments, for comparison: what it does, however written."""
    return _TOKEN.sub(partial(_as_it_is, quote), text)


def _as_it_is(named: Callable[[str], str], token: "re.Match[str]") -> str:
    if token[2] is not None:
        return named(_value(token))
    if token[4] is None:
        return ""
    # Within a string, quotes around a plain name may be read as text.
    return quoted(_TOKEN.sub(partial(_as_it_is, '"{}"'.format), _value(token)))
