"""Templates filled in: what `%` and `.format` make of a text."""

import re
from collections.abc import Callable, Iterator, Mapping

from remediate.lint.scope import Pairs, Plain, Value
from remediate.lint.text import HOLE, Text

_PERCENT = re.compile(r"%(?:\((\w+)\))?([sdr%])")
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")


def written(value: Value, line: int) -> Text:
    """A value as str() writes it, standing on this line."""
    if isinstance(value, Text):
        return value
    return Text.at(str(value.value) if isinstance(value, Plain) else HOLE, line)


def by_name(given: Value) -> Mapping[str, Value]:
    """The values of a dictionary under the keys that are known."""
    items = given.items if isinstance(given, Pairs) else ()
    return {key.value: value for key, value in items if isinstance(key, Text)}


def percent(template: Text, given: Value) -> Text:
    """What `template % given` makes."""
    queue = iter(given if isinstance(given, tuple) else (given,))
    named = by_name(given)

    def value(match: re.Match[str]) -> Value:
        if match[2] == "%":
            return Text.at("%", 0)
        return named.get(match[1]) if match[1] else next(queue, None)

    return _filled(template, _PERCENT.finditer(template.value), value)


def braces(template: Text, given: list[Value], named: Mapping[str, Value]) -> Text:
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
    made, done = Text("", ()), 0
    for match in places:
        line = template.line(match.start())
        filled = written(value(match), line).value
        made += template.part(done, match.start()) + Text.at(filled, line)
        done = match.end()
    return made + template.part(done)
