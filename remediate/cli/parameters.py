"""Groups of options become parameters of a command: Typer reads options from these only."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Any, get_args, get_type_hints

from remediate.errors import UsageProblem
from remediate.findings.lists import parts


def with_groups(command: Callable[..., None]) -> Callable[..., None]:
    """The command with the fields of its option groups as parameters of its own.

    Commands share groups of options, and Typer reads options from single parameters only.
    """
    signature, hints = inspect.signature(command), get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}
    parameters = [
        parameter
        for name, own in signature.parameters.items()
        for parameter in (_parameters(groups[name]) if name in groups else [own])
    ]

    @wraps(command)
    def with_values(**values: Any) -> None:
        _check_words(values)
        for name, group in groups.items():
            values[name] = group(**{one.name: values.pop(one.name) for one in fields(group)})
        command(**values)

    with_values.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return with_values


def _check_words(values: Mapping[str, Any]) -> None:
    """Raises UsageProblem for an option that names nothing, which would mean everything."""
    for name, words in values.items():
        names = isinstance(words, list) and name not in _NO_NAMES
        if names and not all(parts([word]) for word in words):
            raise UsageProblem(
                f"--{name.replace('_', '-')} is given, and names nothing",
                "Name something, or leave it out. A variable that is not set is empty in a shell.",
            )


_NO_NAMES = ("x", "logs", "results", "revisions")


def _parameters(group: Any) -> list[inspect.Parameter]:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    hints = get_type_hints(group, include_extras=True)
    for one in fields(group):
        get_args(hints[one.name])[1].rich_help_panel = group.panel
    return [
        inspect.Parameter(one.name, kind, default=one.default, annotation=hints[one.name])
        for one in fields(group)
    ]
