"""The commands: a list as the help groups them, and a page of each with every option."""

from collections.abc import Iterator
from functools import cache
from typing import Any, cast

import typer
from typer.main import get_command

from remediate.cli.app import app
from remediate.cli.grouped import GROUPS, OTHERS, panel_of
from scripts.site_pages.markdown import Page, block, code, joined, link, prose, table

INDEX = "commands/index.md"
PROGRAM = "remediate"


@cache
def commands() -> dict[str, Any]:
    """Every command by its name, in the order of the help."""
    group: Any = get_command(app)
    context = typer.Context(group)
    return {name: group.commands[name] for name in group.list_commands(context)}


def index() -> Page:
    """Every command in the groups of the help, and the options of the program itself."""
    parts = [
        "# Commands",
        "The groups are those of `remediate --help`. Every command has `-h`.",
    ]
    for panel in (*GROUPS, OTHERS):
        rows = [
            (link(code(name), path(name), INDEX), prose(_summary(command), INDEX))
            for name, command in commands().items()
            if panel_of(name) == panel
        ]
        parts += [f"## {panel}", table(("Command", "What it does"), rows)] if rows else []
    group = get_command(app)
    context = typer.Context(group, info_name=PROGRAM)
    return Page(INDEX, joined([*parts, "## The program itself", *_options(group, context, INDEX)]))


def _summary(command: Any) -> str:
    return " ".join((command.help or "").split())


def path(name: str) -> str:
    """Where the page of a command is."""
    return f"commands/{name}.md"


def page(name: str) -> Page:
    """The usage of a command, its arguments, and its options in the groups of its help."""
    command, here = commands()[name], path(name)
    context = typer.Context(command, info_name=f"{PROGRAM} {name}")
    usage = " ".join(command.collect_usage_pieces(context))
    return Page(
        here,
        joined(
            [
                f"# {PROGRAM} {name}",
                prose(_summary(command), here),
                block(f"{PROGRAM} {name} {usage}".strip(), "console"),
                *_options(command, context, here),
                f"What its exit code reports: {link('exit codes', 'exit-codes.md', here)}.",
            ]
        ),
    )


def _options(command: Any, context: typer.Context, here: str) -> Iterator[str]:
    """A table for each group of the help."""
    panels: dict[str, list[tuple[str, str, str]]] = {"Arguments": [], "Options": []}
    for parameter in command.get_params(context):
        if (record := parameter.get_help_record(context)) is not None:
            own = "Arguments" if parameter.param_type_name == "argument" else "Options"
            panel = cast("str | None", getattr(parameter, "rich_help_panel", None)) or own
            panels.setdefault(panel, []).append(_row(parameter, record, here))
    for panel, rows in panels.items():
        if rows:
            yield f"### {panel}" if here == INDEX else f"## {panel}"
            yield table(("Option" if panel != "Arguments" else "Argument", "Value", "Use"), rows)


def _row(parameter: Any, record: tuple[str, str], here: str) -> tuple[str, str, str]:
    """The names of an option, or of an argument, then what follows it, then its help."""
    if parameter.param_type_name == "argument":
        name, _, value = record[0].partition(" ")
        return code(name), _value(value), prose(record[1], here)
    names = [*parameter.opts, *parameter.secondary_opts]
    long = [name for name in names if name.startswith("--")] or names
    anchors = "".join(f'<span id="{name}"></span>' for name in long)
    value = record[0].removeprefix(", ".join(names)).strip()
    return anchors + ", ".join(map(code, names)), _value(value), prose(record[1], here)


def _value(text: str) -> str:
    """What follows an option: its choices, or the word that the help has for it."""
    return ", ".join(map(code, text.strip("<>").split("|"))) if text else ""


def pages() -> tuple[Page, ...]:
    """The list, and each command."""
    return (index(), *map(page, commands()))
