"""The command line: options to one function of `commands`, its value to one renderer, exit code.

What a command needs is imported inside it, so that `remediate --help` starts as fast as Typer does.
"""

import gc
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remediate import __version__
from remediate.cli import about, project, rehearse, review, runbook, triage
from remediate.cli.options import (  # fmt: skip
    Color,
    ColorOption,
    ConfigFile,
    Deep,
    EngineOption,
    Format,
    FormatOption,
    Headroom,
    IdentityOption,
    Ignore,
    OfflineWindow,
    OnDeleteOption,
    OrphansOption,
    Output,
    PlanFormat,
    PlanFormatOption,
    Quiet,
    Right,
    Schema,
    Scratch,
    Section,
    Select,
    TableOption,
    Url,
    UuidDefault,
    ValuesOption,
    Verbose,
    X,
    settings,
)
from remediate.cli.terminal import guarded, say, show, use_color, write

if TYPE_CHECKING:
    from remediate.render.text import Style

app = typer.Typer(
    help="Repair PostgreSQL keys that nothing generates: reviewed, rehearsed Alembic revisions.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if version:
        show(f"remediate {__version__}")
        raise typer.Exit


def plan(
    config: ConfigFile = None,
    name: Section = None,
    x: X = None,
    engine: EngineOption = None,
    database_url: Url = None,
    schema: Schema = None,
    table: TableOption = None,
    select: Select = None,
    ignore: Ignore = None,
    headroom: Headroom = None,
    identity: IdentityOption = None,
    uuid: UuidDefault = None,
    offline_window: OfflineWindow = None,
    values: ValuesOption = None,
    orphans: OrphansOption = None,
    on_delete: OnDeleteOption = None,
    right: Right = None,
    deep: Deep = None,
    format: PlanFormatOption = PlanFormat.TEXT,  # noqa: A002
    output: Output = None,
    sql: Annotated[
        bool, typer.Option("--sql", help="Print the SQL of the repair instead.")
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(
            help="Save the plan for review; decisions in the file about unchanged items stay."
        ),
    ] = None,
    diff: Annotated[
        Path | None, typer.Option(help="Show what is new, gone and changed since a saved plan.")
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 1 when something is found.")
    ] = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Show what is wrong and what would be done."""
    from remediate import render  # noqa: PLC0415
    from remediate.commands import plan as planning  # noqa: PLC0415
    from remediate.project import repository  # noqa: PLC0415
    from remediate.render import card, plan_diff  # noqa: PLC0415

    chosen = settings(locals())
    made = planning.plan(chosen)
    difference = planning.compare(made, diff) if diff else None
    saved = planning.save(made, save) if save else None
    style = _style(color, output, verbose=verbose, quiet=quiet, saved_as=str(save or ""))
    if difference is not None:
        text = plan_diff.render(difference, format.value, str(diff))
    else:
        where = repository.find(chosen)
        text = render.sql(made) if sql else render.plan(made, format.value, style, where)
    write(text, output)
    if saved:
        say(card.saved(str(save), saved.kept, saved.fallen))
    found = made.items if difference is None else (*difference.new, *difference.changed)
    if exit_code and found:
        raise typer.Exit(1)


def generate(
    plan: Annotated[
        Path | None,
        typer.Argument(help="A reviewed plan; without one, --approve and --reviewer."),
    ] = None,
    config: ConfigFile = None,
    name: Section = None,
    x: X = None,
    engine: EngineOption = None,
    database_url: Url = None,
    scratch_url: Scratch = None,
    schema: Schema = None,
    table: TableOption = None,
    select: Select = None,
    ignore: Ignore = None,
    headroom: Headroom = None,
    identity: IdentityOption = None,
    uuid: UuidDefault = None,
    offline_window: OfflineWindow = None,
    values: ValuesOption = None,
    orphans: OrphansOption = None,
    on_delete: OnDeleteOption = None,
    right: Right = None,
    deep: Deep = None,
    approve: Annotated[
        list[str] | None,
        typer.Option(
            help="Approve a RULE, a FINDING by its id, or 'all' that is proven or likely."
        ),
    ] = None,
    reviewer: Annotated[
        str | None, typer.Option(help="Who approves; stands in the revision.")
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(help="Accept a HAZARD by its name, such as PUBLISHED_TABLE."),
    ] = None,
    message: Annotated[
        str | None, typer.Option("-m", "--message", help="Title of the revision.")
    ] = None,
    first: Annotated[
        list[str] | None,
        typer.Option(help="Tables (globs) that go into an emergency revision before the rest."),
    ] = None,
    one: Annotated[bool, typer.Option("--one", help="One revision for everything.")] = False,
    head: Annotated[
        str | None, typer.Option(help="Revision to follow, where there are several heads.")
    ] = None,
    splice: Annotated[bool, typer.Option("--splice", help="Allow --head to be no head.")] = False,
    branch_label: Annotated[str | None, typer.Option(help="Label for a new branch.")] = None,
    depends_on: Annotated[list[str] | None, typer.Option(help="Revisions it depends on.")] = None,
    no_rehearse: Annotated[
        bool, typer.Option("--no-rehearse", help="Write without proof.")
    ] = False,
) -> None:
    """Write revisions for what is approved, once rehearsed."""
    from remediate import render  # noqa: PLC0415
    from remediate.commands import generate as generating  # noqa: PLC0415
    from remediate.plans.plan_file import refuse_options  # noqa: PLC0415
    from remediate.revisions.graph import Placement  # noqa: PLC0415

    if plan:
        refuse_options(locals())
    order = generating.Order(
        plan=plan,
        approve=tuple(approve or ()),
        reviewer=reviewer or "",
        message=message or "",
        one=one,
        placement=Placement(head, splice, branch_label, tuple(depends_on or ())),
        rehearse=not no_rehearse,
    )
    landed = generating.generate(settings(locals()), order, say)
    show(render.landed(landed))


def verify(
    plan: Annotated[
        Path | None,
        typer.Argument(help="A plan saved as JSON; default: the revisions of this project."),
    ] = None,
    config: ConfigFile = None,
    name: Section = None,
    x: X = None,
    engine: EngineOption = None,
    database_url: Url = None,
    schema: Schema = None,
    table: TableOption = None,
    probe: Annotated[
        bool,
        typer.Option(
            "--probe",
            help="Also INSERT a row in each table and take it back: costs a value of the "
            "sequence, and fires triggers.",
        ),
    ] = False,
    format: FormatOption = Format.TEXT,  # noqa: A002
    output: Output = None,
) -> None:
    """Check after the deploy that every repaired key works."""
    from remediate.commands import verify as verifying  # noqa: PLC0415
    from remediate.render import verification  # noqa: PLC0415

    made = verifying.verify(settings(locals()), plan, probe=probe, say=say)
    write(verification.render(made, format.value), output)
    if not made.passed:
        raise typer.Exit(1)


def _style(
    color: Color, output: Path | None, *, verbose: bool, quiet: bool, saved_as: str = ""
) -> "Style":
    from remediate.render.text import Style  # noqa: PLC0415

    return Style(
        color=output is None and use_color(color, sys.stdout),
        verbose=verbose,
        quiet=quiet,
        saved_as=saved_as,
    )


COMMANDS: dict[str, Callable[..., None]] = {
    "plan": plan,
    "check": project.check,
    "review": review.review,
    "generate": generate,
    "rehearse": rehearse.rehearse,
    "verify": verify,
    "models": project.models,
    "runbook": runbook.runbook,
    "triage": triage.rank,
    "tests": project.write_tests,
    "rules": about.rules,
    "explain": about.explain,
    "doctor": about.doctor,
    "demo": about.demo,
}
for command_name, command in COMMANDS.items():
    app.command(command_name)(command)


def main() -> None:
    """Run the command line; every failure becomes a sentence and the exit code of the contract."""
    # The facts of a snapshot live to the end of the program; searching them for cycles takes a
    # third of the time of a large plan (scripts/bench).
    gc.disable()
    # A polite kill ends like Ctrl-C, also where a shell started this in the background and has
    # Ctrl-C ignored: what was staged is cleared away.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(guarded(app))
