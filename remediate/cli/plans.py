"""The commands about plans: made, checked in CI, reviewed."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

import remediate
from remediate.cli import completion, exclusions, summary
from remediate.cli import fleet as many
from remediate.cli.options import (
    ColorOption,
    Depth,
    Models,
    Output,
    PlanFormatOption,
    Quiet,
    Repairs,
    Rules,
    Source,
    Strings,
    Tables,
    Verbose,
    settings,
)
from remediate.cli.progress import watched
from remediate.cli.terminal import columns, say, show, style, use_color, use_links, write
from remediate.cli.values import Color
from remediate.findings.lists import parts
from remediate.system.formats import PlanFormat


def plan(
    source: Source = Source(),
    fleet: many.Fleet = many.Fleet(),
    tables: Tables = Tables(),
    rules: Rules = Rules(),
    repairs: Repairs = Repairs(),
    models: Models = Models(),
    depth: Depth = Depth(),
    format: PlanFormatOption = PlanFormat.TEXT,  # noqa: A002
    output: Output = None,
    sql: Annotated[
        bool, typer.Option("--sql", help="Print the SQL of the repair instead.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(
            metavar="PLAN",
            help="Save the plan for review; the file keeps its decisions about unchanged items.",
        ),
    ] = None,
    diff: Annotated[
        Path | None,
        typer.Option(metavar="PLAN", help="Show what is new, gone and changed since a saved plan."),
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 1 when something is found.")
    ] = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
    every: Annotated[bool, typer.Option("--all", help="Show every row of every list.")] = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Show what is wrong and what would be done."""
    exclusions.check_form(format, sql=sql, diff=diff is not None)
    config = settings(
        source, tables=tables, rules=rules, repairs=repairs, models=models, depth=depth
    )
    exclusions.check_kept(config.since, save)
    of_one = {"sql": sql, "diff": diff is not None, "save": save is not None, "quiet": quiet}
    if many.asked(fleet, source, **of_one):
        many.check_format(format)
        found_in_all = many.look(fleet, "plan", config)
        many.show(found_in_all, format, output, verbose=verbose, exit_code=exit_code)
        return
    with watched(quiet=quiet):
        made = remediate.plan(config, for_later=save is not None)
    # What speaks of plans is imported only now: a plan is read while its judges are imported.
    from remediate import render  # noqa: PLC0415
    from remediate.commands.repository import repository  # noqa: PLC0415
    from remediate.commands.saved import compare  # noqa: PLC0415
    from remediate.commands.saved import save as save_plan  # noqa: PLC0415
    from remediate.render.lines import WIDTH  # noqa: PLC0415
    from remediate.render.style import Style  # noqa: PLC0415

    difference = compare(made, diff) if diff else None
    saved = save_plan(made, save) if save else None
    if difference is not None:
        from remediate.render import plan_diff  # noqa: PLC0415

        text = plan_diff.render(difference, format, str(diff))
    elif sql:
        from remediate.render import script  # noqa: PLC0415

        text = script.render(made)
    else:
        looks = output is None or str(output) == "-"
        looking = Style(
            color=looks and use_color(color, sys.stdout),
            verbose=verbose,
            quiet=quiet,
            saved_as=str(save or ""),
            width=columns(sys.stdout) if looks else WIDTH,
            every=every,
            links=looks and use_links(color, sys.stdout),
        )
        text = render.plan(made, format, looking, repository(config))
        if format is PlanFormat.GITHUB:
            paper = PlanFormat.MARKDOWN
            summary.add(lambda room: render.plan(made, paper, looking, room=room))
    write(text, output)
    if saved:
        from remediate.render import card  # noqa: PLC0415

        say(card.saved(str(save), saved.kept, saved.fallen))
    found = made.items if difference is None else (*difference.new, *difference.changed)
    if exit_code and found:
        raise typer.Exit(1)


def check(
    source: Source = Source(),
    fleet: many.Fleet = many.Fleet(),
    tables: Tables = Tables(),
    rules: Rules = Rules(),
    depth: Depth = Depth(),
    models_only: Annotated[
        bool, typer.Option("--models-only", help="Only the models: needs no database.")
    ] = False,
    versions_only: Annotated[
        bool, typer.Option("--versions-only", help="Only the revisions: needs no database.")
    ] = False,
    secrets: Annotated[
        bool,
        typer.Option("--secrets", help="Only passwords in files and history of git: no database."),
    ] = False,
    no_history: Annotated[
        bool, typer.Option("--no-history", help="With --secrets: not the history, as for a hook.")
    ] = False,
    baseline: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="File of the findings that are accepted; default: remediate-baseline.json.",
        ),
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Accept what is found: write that file.")
    ] = False,
    format: PlanFormatOption = PlanFormat.TEXT,  # noqa: A002
    output: Output = None,
) -> None:
    """Exit with 1 where something new is found: for CI."""
    from remediate import render  # noqa: PLC0415
    from remediate.commands.repository import repository  # noqa: PLC0415
    from remediate.render import checked  # noqa: PLC0415

    config = settings(source, tables=tables, rules=rules, depth=depth, baseline=baseline)
    options = remediate.CheckOptions(
        side=_side(models_only, versions_only, secrets),
        history=not no_history,
        update_baseline=update_baseline,
    )
    if no_history and not secrets:
        raise remediate.UsageProblem("--no-history belongs to --secrets", "Add --secrets.")
    alone = {"models_only": models_only, "versions_only": versions_only, "secrets": secrets}
    if many.asked(fleet, source, **alone):
        many.check_format(format)
        found = many.look(fleet, "check", config, update_baseline=update_baseline)
        if update_baseline:
            say("What is new here is accepted from now on.")
        many.show(found, format, output, exit_code=not update_baseline)
        return
    with watched():
        made = remediate.check(config, options)
    if beside := checked.beside(made):
        say(beside)
    if update_baseline and format is PlanFormat.TEXT:
        write(checked.updated(made), output)
    else:
        where = repository(config)
        if format is PlanFormat.GITHUB:
            summary.add(lambda room: render.check(made, PlanFormat.MARKDOWN, where, room=room))
        write(render.check(made, format, where, style(output)), output)
    if made.new:
        raise typer.Exit(1)


def report(
    plan: Annotated[Path, typer.Argument(help="Made by: remediate plan --save PLAN.")],
    output: Output = None,
) -> None:
    """Print a saved plan as one HTML page; reads no database."""
    made = remediate.report(plan)
    from remediate import render  # noqa: PLC0415
    from remediate.render.style import Style  # noqa: PLC0415

    write(render.plan(made, PlanFormat.HTML, Style()), output)


def _side(
    models_only: bool, versions_only: bool, secrets: bool
) -> Literal["", "models", "revisions", "secrets"]:
    """What is looked at alone. Raises UsageProblem for several."""
    given = {"--models-only": models_only, "--versions-only": versions_only, "--secrets": secrets}
    if len(asked := [option for option, is_given in given.items() if is_given]) > 1:
        raise remediate.UsageProblem(f"{' and '.join(asked)} exclude each other", "Choose one.")
    if models_only or versions_only:
        return "models" if models_only else "revisions"
    return "secrets" if secrets else ""


def review(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help="Made by: remediate plan --save PLAN.")
    ],
    reviewer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who decides; without it, the review asks.")
    ] = None,
    approve: Annotated[
        Strings,
        typer.Option(
            metavar="WHAT",
            autocompletion=completion.findings,
            help="Approve a RULE, a FINDING by its id, or 'all' that is proven or likely.",
        ),
    ] = None,
    skip: Annotated[
        Strings,
        typer.Option(
            metavar="WHAT",
            autocompletion=completion.findings,
            help="Skip a RULE, a FINDING, or 'all'.",
        ),
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="Why it is skipped; or approved, where nothing is skipped."
        ),
    ] = None,
    reset: Annotated[
        Strings,
        typer.Option(
            metavar="WHAT",
            autocompletion=completion.findings,
            help="Take back what --reviewer, or everybody, decided on a RULE, a FINDING or 'all'.",
        ),
    ] = None,
    allow: Annotated[
        Strings,
        typer.Option(
            metavar="HAZARD",
            autocompletion=completion.hazards,
            help="Accept this hazard, such as PUBLISHED_TABLE.",
        ),
    ] = None,
    choose: Annotated[
        Strings,
        typer.Option(
            metavar="ID=CHOICE",
            help="A model without a table: MD005:public.t=create, code-only or delete.",
        ),
    ] = None,
) -> None:
    """Walk a saved plan item by item; with options, decide at once."""
    from remediate.cli.fullscreen import dialogue  # noqa: PLC0415
    from remediate.render import card  # noqa: PLC0415

    options = remediate.ReviewOptions(
        approve=tuple(approve or ()),
        skip=tuple(skip or ()),
        reset=tuple(reset or ()),
        reason=reason or "",
        reviewer=reviewer or "",
        allow=parts(allow or ()),
        choose=tuple(choose or ()),
    )
    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    saved = remediate.review(plan, options, dialogue() if is_terminal else None)
    show(card.reviewed(saved, str(plan)))
