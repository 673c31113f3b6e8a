"""Help in groups: commands by when they are needed, options by what they are about.

In plain text, as Typer prints it without rich: to import that takes longer than to print the help.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from typer.core import TyperCommand, TyperGroup

GROUPS = {
    "Look": ("plan", "check", "status", "audit", "doctor"),
    "Decide": ("review", "report"),
    "Write": ("generate", "rehearse", "models", "tests"),
    "After the deploy": ("verify", "merge"),
    "At 3 a.m.": ("runbook", "triage", "explain"),
    "Learn": ("rules", "demo"),
}
OTHERS = "More"


def panel_of(command: str, groups: Mapping[str, tuple[str, ...]] = GROUPS) -> str:
    """The group of the help in which a command is listed."""
    return next((panel for panel, names in groups.items() if command in names), OTHERS)


class GroupedCommands(TyperGroup):
    """The program: its commands in groups."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The commands in the order of their groups."""
        known = super().list_commands(ctx)
        listed = [name for names in GROUPS.values() for name in names if name in known]
        return [*listed, *(name for name in known if name not in listed)]

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        names = self.list_commands(ctx)
        room = formatter.width - 6 - max(map(len, names))
        width = max(map(len, names))
        for panel in (*GROUPS, OTHERS):
            rows = [
                (f"{name:{width}}", self.commands[name].get_short_help_str(room))
                for name in names
                if panel_of(name) == panel
            ]
            _section(formatter, panel, rows)


class GroupedOptions(TyperCommand):
    """A command: its options in groups, its own ones first."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        records: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            own = "Arguments" if parameter.param_type_name == "argument" else "Options"
            panel = cast("str | None", getattr(parameter, "rich_help_panel", None)) or own
            if record is not None:
                records.setdefault(panel, []).append(record)
        for panel, rows in records.items():
            _section(formatter, panel, rows)


def _section(formatter: Any, title: str, rows: Iterable[tuple[str, str]]) -> None:
    if listed := [*rows]:
        with formatter.section(title):
            formatter.write_dl(listed)
