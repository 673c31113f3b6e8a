"""`remediate review`: decide about the items of a saved plan."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from remediate.cli.terminal import show

Names = list[str] | None


def review(
    plan: Annotated[Path, typer.Argument(help="Made by: remediate plan --save PLAN.")],
    reviewer: Annotated[str | None, typer.Option(help="Who decides; else it is asked.")] = None,
    approve: Annotated[
        Names,
        typer.Option(
            help="Approve a RULE, a FINDING by its id, or 'all' that is proven or likely."
        ),
    ] = None,
    skip: Annotated[Names, typer.Option(help="Skip a RULE, a FINDING, or 'all'.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why it is skipped.")] = None,
    reset: Annotated[
        Names, typer.Option(help="Take the decision about a RULE, a FINDING or 'all' back.")
    ] = None,
    allow: Annotated[
        Names, typer.Option(help="Accept a HAZARD by its name, such as PUBLISHED_TABLE.")
    ] = None,
) -> None:
    """Walk a saved plan item by item; with options, decide at once."""
    from remediate.commands.review import Walk  # noqa: PLC0415
    from remediate.errors import UsageProblem  # noqa: PLC0415
    from remediate.plans import decisions as reviewing  # noqa: PLC0415
    from remediate.plans import plan_file as files  # noqa: PLC0415
    from remediate.render import card  # noqa: PLC0415

    saved = files.load(plan)
    order = reviewing.Order(
        tuple(approve or ()), tuple(skip or ()), tuple(reset or ()), reason or "", reviewer or "",
        tuple(allow or ()),
    )  # fmt: skip
    if not order.is_empty:
        saved = reviewing.decide(saved, order)
        files.save(saved, plan)
    elif sys.stdin.isatty() and sys.stdout.isatty():
        saved = Walk(saved, input, show, lambda made: files.save(made, plan), order).run()
    else:
        raise UsageProblem(
            "a review asks questions, and this is no terminal",
            "Decide by options: --approve all --reviewer NAME, or --skip ID --reason TEXT.",
        )
    show(card.reviewed(saved, str(plan)))
