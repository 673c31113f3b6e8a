"""The command line: options to one function of `commands`, its value to one renderer, exit code.

What a command needs is imported inside it, so that `remediate --help` starts as fast as Typer does.
"""

import gc
import signal
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remediate import __version__, cli_project
from remediate.options import (
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
    Quiet,
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
)  # fmt: skip
from remediate.terminal import guarded, say, show, use_color, write

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


@app.command()
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
    deep: Deep = None,
    format: FormatOption = Format.TEXT,  # noqa: A002
    output: Output = None,
    sql: Annotated[
        bool, typer.Option("--sql", help="Print the SQL of the repair instead.")
    ] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 1 when something is found.")
    ] = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Show what is wrong and what would be done."""
    # Not through `commands`, which also loads what writes and rehearses.
    from remediate import planning, render  # noqa: PLC0415

    made = planning.plan(settings(locals()))
    style = _style(color, output, verbose=verbose, quiet=quiet)
    text = render.sql(made) if sql else render.plan(made, format.value, style)
    write(text, output)
    if exit_code and made.items:
        raise typer.Exit(1)


@app.command()
def generate(
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
    from remediate import commands, render  # noqa: PLC0415
    from remediate.write.graph import Placement  # noqa: PLC0415

    order = commands.Order(
        approve=tuple(approve or ()),
        reviewer=reviewer or "",
        message=message or "",
        one=one,
        placement=Placement(head, splice, branch_label, tuple(depends_on or ())),
        rehearse=not no_rehearse,
    )
    landed = commands.generate(settings(locals()), order, say)
    show(render.landed(landed))


@app.command()
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
    from remediate import commands  # noqa: PLC0415
    from remediate.render import verification  # noqa: PLC0415

    made = commands.verify(settings(locals()), plan, probe=probe, say=say)
    write(verification.render(made, format.value), output)
    if not made.passed:
        raise typer.Exit(1)


cli_project.register(app)


@app.command()
def rules() -> None:
    """List the rules."""
    from remediate.rules import RULES  # noqa: PLC0415

    for rule in RULES:
        show(f"{rule.code}  {rule.name:28}  {rule.summary}")
    show("\nNext:  remediate explain CODE")


@app.command()
def explain(
    code: Annotated[str, typer.Argument(help="Code of a rule, such as PK001, or a hazard.")],
) -> None:
    """Explain a rule: what, why, and the repair. Or a hazard."""
    from remediate.remedy import ACCEPTED_BY_NAME, HAZARD_TEXT, Hazard  # noqa: PLC0415
    from remediate.rules import RULES  # noqa: PLC0415
    from remediate.scope import chosen  # noqa: PLC0415

    if code.upper() in set(Hazard):
        hazard = Hazard(code.upper())
        show(textwrap.fill(f"{hazard.value}: {HAZARD_TEXT[hazard]}.", 80))
        if hazard in ACCEPTED_BY_NAME:
            show(f"\nAccept it by name: remediate generate --allow {hazard.value}")
        return
    rule = chosen(RULES, [code], [])[0]
    show(f"{rule.code} {rule.name}\n\n{rule.page.strip()}\n")
    show(f"Next:  remediate plan --select {rule.code}")


@app.command()
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
    from remediate.examining import examine  # noqa: PLC0415
    from remediate.render import doctor as rendered  # noqa: PLC0415

    options = locals()
    made = examine(lambda: settings(options))
    show(rendered.render(made, _style(color, None, verbose=False, quiet=False)))
    if not made.works:
        raise typer.Exit(2)


@app.command()
def demo(
    keep: Annotated[
        Path | None, typer.Option(help="Leave the project in this folder, to look at afterwards.")
    ] = None,
    color: ColorOption = Color.AUTO,
) -> None:
    """See the whole way on a database that is broken for you."""
    from remediate.incident import demo as incident_demo  # noqa: PLC0415

    incident_demo.show(show, keep=keep, color=use_color(color, sys.stdout))


def _style(color: Color, output: Path | None, *, verbose: bool, quiet: bool) -> "Style":
    from remediate.render.text import Style  # noqa: PLC0415

    return Style(
        color=output is None and use_color(color, sys.stdout), verbose=verbose, quiet=quiet
    )


def main() -> None:
    """Run the command line; every failure becomes a sentence and the exit code of the contract."""
    # The facts of a snapshot live to the end of the program; searching them for cycles takes a
    # third of the time of a large plan (scripts/bench).
    gc.disable()
    # A polite kill ends like Ctrl-C, also where a shell started this in the background and has
    # Ctrl-C ignored: what was staged is cleared away.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(guarded(app))
