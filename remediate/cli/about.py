"""The commands that explain: rules, errors, what is discovered here, the demo."""

import sys
from pathlib import Path
from typing import Annotated

import typer

import remediate
from remediate.cli import completion
from remediate.cli.options import ColorOption, FormatOption, ScratchOption, Source, settings
from remediate.cli.terminal import columns, show, use_color
from remediate.cli.values import Color, Format

PROSE = 100  # columns in which sentences are still read with ease


def rules(format: FormatOption = Format.TEXT) -> None:  # noqa: A002
    """List the rules, and the topics to read about."""
    from remediate.commands.rules import rules as known  # noqa: PLC0415
    from remediate.commands.topics import topics  # noqa: PLC0415
    from remediate.render import explanation  # noqa: PLC0415

    render = explanation.rules_as_json if format is Format.JSON else explanation.rules
    show(render(known(), topics()))


def explain(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="WHAT",
            autocompletion=completion.explained,
            help="A rule (PK001 or its name), a finding, a hazard, a defect that rehearse names, "
            "a topic (autoincrement, base-class, repair, keys, score), or a pasted error or model.",
        ),
    ],
    color: ColorOption = Color.AUTO,
) -> None:
    """Explain a rule: what, why, and the repair. Or an error, or a topic."""
    from remediate.render import explanation  # noqa: PLC0415
    from remediate.render.style import Style  # noqa: PLC0415

    width = min(columns(sys.stdout), PROSE)
    style = Style(color=use_color(color, sys.stdout), width=width)
    show(explanation.render(remediate.explain(" ".join(what)), style))


def doctor(
    source: Source = Source(),
    scratch_url: ScratchOption = None,
    color: ColorOption = Color.AUTO,
) -> None:
    """Show what is discovered here, and what is missing."""
    from remediate.render import doctor as rendered  # noqa: PLC0415
    from remediate.render.style import Style  # noqa: PLC0415

    made = remediate.doctor(lambda: settings(source, scratch_url=scratch_url))
    show(rendered.render(made, Style(color=use_color(color, sys.stdout))))
    if not made.works:
        raise typer.Exit(2)


def demo(
    keep: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Leave the project in this folder, to look at afterwards."
        ),
    ] = None,
    color: ColorOption = Color.AUTO,
) -> None:
    """See the whole way on a database that is broken for you."""
    from remediate.commands.demo import walk  # noqa: PLC0415

    walk.show(show, keep=keep, color=use_color(color, sys.stdout))
