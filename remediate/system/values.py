"""Whether a value is one that a setting can have, and the sentence where it is not."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_KINDS = {
    "string": "a text",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list of texts",
    "object": "a table",
}


def problem_of(name: str, value: object, schema: Mapping[str, Any]) -> str:
    """Why the setting of this name cannot have the value; "" where it can."""
    if schema == {"type": "string"} and isinstance(value, str):
        return ""
    from jsonschema import Draft202012Validator  # noqa: PLC0415  (a tenth of a second)

    value = [*value] if isinstance(value, tuple) else value
    mistyped = f"{name} must be {_KINDS[schema['type']]}, not {shown(value)}"
    if isinstance(value, float):  # JSON takes 1.0 for a whole number
        return mistyped
    for problem in Draft202012Validator(schema).iter_errors(value):  # the type comes first
        if problem.validator == "type" and not problem.path:
            return mistyped
        return _sentence(name, problem)
    return ""


def _sentence(name: str, problem: "ValidationError") -> str:
    """What is wrong with the value of a setting that has its type, or with one of those in it."""
    wanted: Any = problem.validator_value
    wrong = shown(problem.instance)
    if problem.validator == "minimum":
        return f"{name} must be {wanted} or more, not {wrong}"
    valued = "texts only" if problem.validator == "type" else _either(wanted)
    if not problem.path:
        return f"{name} must be {valued}, not {wrong}"
    if name.endswith("flows"):
        return f"{name} must map each flow to a list of tables (globs), not {wrong}"
    if isinstance(problem.path[0], int):
        return f"{name} must hold {valued}, not {wrong}"
    of = "table" if name.endswith(("tiers", "features")) else "column"
    return f"{name} must map each {of} to {valued}, not {wrong}"


def _either(wanted: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(map(repr, wanted[:-1])), repr(wanted[-1]))))


def shown(value: object) -> str:
    """The value as Python writes it, in ASCII, and cut where it is long."""
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:60]} ..."
