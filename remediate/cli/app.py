"""The command line: options to one function of `commands`, its value to one renderer, exit code.

What a command needs is imported inside it, so that `remediate --help` starts as fast as Typer does.
"""

import gc
import signal
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from remediate import __version__
from remediate.cli import (
    about,
    audit,
    completion,
    fleet,
    plans,
    production,
    project,
    revisions,
    runbook,
)
from remediate.cli.grouped import GroupedCommands, GroupedOptions
from remediate.cli.parameters import with_groups
from remediate.cli.terminal import guarded, open_closed_streams, show, show_what_can_be_shown
from remediate.system.secrets import remember_setting, veil
from remediate.system.streams import filtered

app = typer.Typer(
    cls=GroupedCommands,
    help="Repair PostgreSQL keys that nothing generates: reviewed, rehearsed Alembic revisions.",
    epilog="--install-completion lets bash, zsh and fish complete rules, hazards, and the findings "
    "and tables of a saved plan, too. It asks no database.",
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


COMMANDS: dict[str, Callable[..., None]] = {
    "plan": plans.plan,
    "check": plans.check,
    "review": plans.review,
    "report": plans.report,
    "generate": revisions.generate,
    "rehearse": revisions.rehearse,
    "verify": production.verify,
    "merge": fleet.merge,
    "status": production.status,
    "models": project.models,
    "audit": audit.audit,
    "runbook": runbook.runbook,
    "triage": production.triage,
    "tests": project.tests,
    "rules": about.rules,
    "explain": about.explain,
    "doctor": about.doctor,
    "demo": about.demo,
}
for command_name, command in COMMANDS.items():
    app.command(command_name, cls=GroupedOptions)(with_groups(command))


def main() -> None:
    """Run the command line; every failure becomes a sentence and the exit code of the contract."""
    # The facts of a snapshot live to the end of the program; searching them for cycles takes a
    # third of the time of a large plan (scripts/bench).
    gc.disable()
    # A polite kill ends like Ctrl-C, also where a shell started this in the background and has
    # Ctrl-C ignored: what was staged is cleared away.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    open_closed_streams()
    completion.join_words()
    for word in sys.argv:
        remember_setting("", word)
    show_what_can_be_shown()
    sys.stdout, sys.stderr = filtered(sys.stdout, veil), filtered(sys.stderr, veil)
    sys.exit(guarded(app))
