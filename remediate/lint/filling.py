"""Templates filled in: `%`, str.format(), and what str() makes of a value."""

import re
from collections.abc import Callable, Iterator, Mapping

from remediate.lint.scope import HOLE, Constant, Dictionary, Text, Value

_PERCENT = re.compile(r"%(?:\((\w+)\))?([sdr%])")
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")


def as_text(value: Value, line: int) -> Text:
    """A value as str() writes it, standing on this line."""
    if isinstance(value, Text):
        return value
    return Text.at(str(value.value) if isinstance(value, Constant) else HOLE, line)


def by_key(given: Value) -> Mapping[str, Value]:
    """The values of a dictionary under the keys that are known."""
    items = given.items if isinstance(given, Dictionary) else ()
    return {key.value: value for key, value in items if isinstance(key, Text)}


def fill_percent(template: Text, given: Value) -> Text:
    """What `template % given` makes."""
    queue = iter(given if isinstance(given, tuple) else (given,))
    named = by_key(given)

    def value(match: re.Match[str]) -> Value:
        if match[2] == "%":
            return Text.at("%", 0)
        return named.get(match[1]) if match[1] else next(queue, None)

    return _filled(template, _PERCENT.finditer(template.value), value)


def fill_braces(template: Text, given: list[Value], named: Mapping[str, Value]) -> Text:
    """What `template.format(*given, **named)` makes."""
    numbers = iter(range(len(given)))

    def value(match: re.Match[str]) -> Value:
        if match[0] in {"{{", "}}"}:
            return Text.at(match[0][0], 0)
        field = match[1] or str(next(numbers, -1))
        if field.isdigit():
            return given[int(field)] if int(field) < len(given) else None
        return named.get(field)

    return _filled(template, _BRACES.finditer(template.value), value)


def _filled(
    template: Text, places: Iterator[re.Match[str]], value: Callable[[re.Match[str]], Value]
) -> Text:
    result, done = Text("", ()), 0
    for match in places:
        line = template.line(match.start())
        filled = as_text(value(match), line).value
        result += template.part(done, match.start()) + Text.at(filled, line)
        done = match.end()
    return result + template.part(done)
