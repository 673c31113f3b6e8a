"""The commands that explain: rules, errors, what is discovered here, the demo."""

import sys
import textwrap
from pathlib import Path
from typing import Annotated

import typer

from remediate.cli.options import (  # fmt: skip
    Color,
    ColorOption,
    ConfigFile,
    EngineOption,
    Scratch,
    Section,
    Url,
    X,
    settings,
)
from remediate.cli.terminal import show, use_color


def rules() -> None:
    """List the rules."""
    from remediate.rules import RULES  # noqa: PLC0415

    for rule in RULES:
        show(f"{rule.code}  {rule.name:28}  {rule.summary}")
    show("\nNext:  remediate explain CODE")


def explain(
    code: Annotated[
        str, typer.Argument(help="A rule such as PK001, a hazard, an SQLSTATE, or a pasted error.")
    ],
) -> None:
    """Explain a rule: what, why, and the repair. Or an error."""
    from remediate.findings.remedy import ACCEPTED_BY_NAME, HAZARD_TEXT, Hazard  # noqa: PLC0415
    from remediate.findings.selection import chosen  # noqa: PLC0415
    from remediate.logs.reader import explained  # noqa: PLC0415
    from remediate.render.server_error import explanation  # noqa: PLC0415
    from remediate.rules import RULES  # noqa: PLC0415

    if code.upper() in set(Hazard):
        hazard = Hazard(code.upper())
        show(textwrap.fill(f"{hazard.value}: {HAZARD_TEXT[hazard]}.", 80))
        if hazard in ACCEPTED_BY_NAME:
            show(f"\nAccept it by name: remediate generate --allow {hazard.value}")
        return
    if error := explained(code):
        show(explanation(error))
        return
    rule = chosen(RULES, [code], [])[0]
    show(f"{rule.code} {rule.name}\n\n{rule.page.strip()}\n")
    show(f"Next:  remediate plan --select {rule.code}")


def doctor(
    config: ConfigFile = None,
    name: Section = None,
    x: X = None,
    engine: EngineOption = None,
    database_url: Url = None,
    scratch_url: Scratch = None,
    color: ColorOption = Color.AUTO,
) -> None:
    """Show what is discovered here, and what is missing."""
    from remediate.commands.doctor import examine  # noqa: PLC0415
    from remediate.render import doctor as rendered  # noqa: PLC0415
    from remediate.render.text import Style  # noqa: PLC0415

    options = locals()
    made = examine(lambda: settings(options))
    show(rendered.render(made, Style(color=use_color(color, sys.stdout))))
    if not made.works:
        raise typer.Exit(2)


def demo(
    keep: Annotated[
        Path | None, typer.Option(help="Leave the project in this folder, to look at afterwards.")
    ] = None,
    color: ColorOption = Color.AUTO,
) -> None:
    """See the whole way on a database that is broken for you."""
    from remediate.commands.demo import walk  # noqa: PLC0415

    walk.show(show, keep=keep, color=use_color(color, sys.stdout))
