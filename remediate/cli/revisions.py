"""The commands that write revisions, and prove or refute them."""

from pathlib import Path
from typing import Annotated

import typer

import remediate
from remediate.cli import completion
from remediate.cli.fleet import Targets, check_of_many
from remediate.cli.options import (
    Depth,
    FormatOption,
    Models,
    Output,
    Repairs,
    Rules,
    ScratchOption,
    Source,
    Tables,
    given,
    settings,
)
from remediate.cli.progress import watched
from remediate.cli.terminal import say, show, style, write
from remediate.cli.values import Format
from remediate.cli.writing import Allow, Backup, Before, tell_of_hook
from remediate.errors import UsageProblem


def generate(
    plan: Annotated[
        Path | None,
        typer.Argument(
            metavar="PLAN", help="A reviewed plan; without one, --approve and --reviewer."
        ),
    ] = None,
    source: Source = Source(),
    scratch_url: ScratchOption = None,
    tables: Tables = Tables(),
    rules: Rules = Rules(),
    repairs: Repairs = Repairs(),
    models: Models = Models(),
    depth: Depth = Depth(),
    approve: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT",
            autocompletion=completion.findings,
            help="Approve a RULE, a FINDING by its id, or 'all' that is proven or likely.",
            rich_help_panel="Approval",
        ),
    ] = None,
    reviewer: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Who approves; the revision names this person.",
            rich_help_panel="Approval",
        ),
    ] = None,
    backup: Backup = None,
    allow: Allow = None,
    message: Annotated[
        str | None, typer.Option("-m", "--message", metavar="TITLE", help="Title of the revision.")
    ] = None,
    first: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TABLE",
            autocompletion=completion.tables,
            help="Table (a glob) that an emergency revision repairs before the rest.",
        ),
    ] = None,
    one: Annotated[bool, typer.Option("--one", help="One revision for everything.")] = False,
    head: Annotated[
        str | None,
        typer.Option(
            metavar="REVISION",
            help="Revision to follow, where there are several heads.",
            rich_help_panel="Place in the history",
        ),
    ] = None,
    splice: Annotated[
        bool,
        typer.Option(
            "--splice",
            help="Allow a --head that is no head of the history.",
            rich_help_panel="Place in the history",
        ),
    ] = False,
    branch_label: Annotated[
        str | None,
        typer.Option(
            metavar="LABEL", help="Label for a new branch.", rich_help_panel="Place in the history"
        ),
    ] = None,
    depends_on: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REVISION",
            help="Revision that the new one depends on.",
            rich_help_panel="Place in the history",
        ),
    ] = None,
    before: Before = None,
    skip_refuted: Annotated[
        bool,
        typer.Option(
            "--skip-refuted",
            help="Leave out what the rehearsal refutes, write the rest.",
            rich_help_panel="Rehearsal",
        ),
    ] = False,
    no_rehearse: Annotated[
        bool,
        typer.Option("--no-rehearse", help="Write without proof.", rich_help_panel="Rehearsal"),
    ] = False,
    targets: Targets = None,
    group: Annotated[
        int,
        typer.Option(
            min=0,
            metavar="NUMBER",
            help="Of --targets: write what this group of databases needs.",
            rich_help_panel="Many databases",
        ),
    ] = 0,
) -> None:
    """Write revisions for what is approved, once rehearsed."""
    from remediate.config import refuse_shaping  # noqa: PLC0415
    from remediate.render import landed  # noqa: PLC0415

    options = remediate.GenerateOptions(
        plan=plan,
        approve=tuple(approve or ()),
        reviewer=reviewer or "",
        backup=(backup or "").strip(),
        message=message or "",
        one=one,
        head=head,
        splice=splice,
        branch_label=branch_label,
        depends_on=tuple(depends_on or ()),
        before=tuple(before or ()),
        skip_refuted=skip_refuted,
        rehearse=not no_rehearse,
    )
    if plan:
        refuse_shaping(given(source, tables, rules, repairs, models, depth))
    config = settings(
        source, scratch_url=scratch_url, tables=tables, rules=rules, repairs=repairs,
        models=models, depth=depth, allow=allow, first=first,
    )  # fmt: skip
    if targets is None and group:
        raise UsageProblem("--group belongs to --targets", "Name the file of targets.")
    if targets is None:
        with watched():
            made = remediate.generate(config, options, say)
    else:
        from remediate.commands.fleet import generating  # noqa: PLC0415

        check_of_many(source, PLAN=plan is not None, before=bool(before))
        with watched(ticking=False):
            made = generating.generate(config, options, generating.Shared(targets, group), say)
    show(landed.render(made))
    tell_of_hook(one.after for one in made)


def rehearse(
    revisions: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="REVISION",
            help="Ids, files, head, or a range a:b; default: what the database has not run.",
        ),
    ] = None,
    source: Source = Source(),
    scratch_url: ScratchOption = None,
    timeout: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="How long a statement may take.")
    ] = 60,
    format: FormatOption = Format.TEXT,  # noqa: A002
    output: Output = None,
) -> None:
    """Prove or refute revisions on a scratch PostgreSQL.

    Also those that somebody wrote by hand. Each runs in a process of its own, without env.py;
    variables that name a database name the scratch one there. Only a URL in the text of a revision
    itself still leads to that database.
    """
    from remediate.render import rehearsed  # noqa: PLC0415

    config = settings(source, scratch_url=scratch_url)
    options = remediate.RehearseOptions(tuple(revisions or ()), timeout)
    with watched():
        made = remediate.rehearse(config, options, say)
    write(rehearsed.render(made, format.value, style(output)), output)
    if not made.proven:
        raise typer.Exit(4)
