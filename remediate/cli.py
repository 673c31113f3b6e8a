"""The command line: options to one function of `commands`, its value to one renderer, exit code.

What a command needs is imported inside it, so that `remediate --help` starts as fast as Typer does.
"""

import os
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from remediate import __version__
from remediate.errors import RemediateError

if TYPE_CHECKING:
    from remediate.config import Config
    from remediate.render.text import Style

app = typer.Typer(
    help="Repair PostgreSQL keys that nothing generates: reviewed, rehearsed Alembic revisions.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"


class Color(StrEnum):
    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


ConfigFile = Annotated[
    str | None, typer.Option("-c", "--config", help="alembic.ini or pyproject.toml of the project.")
]
Section = Annotated[
    str | None, typer.Option("-n", "--name", help="Section of the ini file, as for alembic.")
]
X = Annotated[list[str] | None, typer.Option("-x", help="Argument for env.py, as for alembic.")]
Url = Annotated[
    str | None,
    typer.Option(
        help="Database to read. Prefer REMEDIATE_DATABASE_URL: a process list shows arguments."
    ),
]
Scratch = Annotated[
    str | None,
    typer.Option(help="Server to rehearse on (REMEDIATE_SCRATCH_URL); default: an embedded one."),
]
Schema = Annotated[list[str] | None, typer.Option(help="Only these schemas (globs).")]
TableOption = Annotated[
    list[str] | None, typer.Option("--table", help="Only these tables (globs).")
]
Select = Annotated[list[str] | None, typer.Option(help="Only these rules.")]
Ignore = Annotated[list[str] | None, typer.Option(help="Not these rules.")]
Headroom = Annotated[int | None, typer.Option(help="Ids left free above the highest one.")]
FormatOption = Annotated[Format, typer.Option("-f", "--format", help="How to print the plan.")]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", help="Write there instead of standard output.")
]
Verbose = Annotated[
    bool, typer.Option("-v", "--verbose", help="Show the evidence, and what is healthy.")
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="Show findings only.")]
ColorOption = Annotated[Color, typer.Option("--color", help="NO_COLOR is honoured too.")]


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if version:
        _print(f"remediate {__version__}")
        raise typer.Exit


@app.command()
def plan(
    config: ConfigFile = None,
    name: Section = None,
    x: X = None,
    database_url: Url = None,
    schema: Schema = None,
    table: TableOption = None,
    select: Select = None,
    ignore: Ignore = None,
    headroom: Headroom = None,
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
    """Show what is wrong and what would be done. Reads only."""
    from remediate import commands, render  # noqa: PLC0415

    made = commands.plan(_config(locals()))
    style = _style(color, output, verbose=verbose, quiet=quiet)
    text = render.sql(made) if sql else render.plan(made, format.value, style)
    _write(text, output)
    if exit_code and made.items:
        raise typer.Exit(1)


@app.command()
def generate(
    config: ConfigFile = None,
    name: Section = None,
    x: X = None,
    database_url: Url = None,
    scratch_url: Scratch = None,
    schema: Schema = None,
    table: TableOption = None,
    select: Select = None,
    ignore: Ignore = None,
    headroom: Headroom = None,
    approve: Annotated[
        list[str] | None,
        typer.Option(
            help="Approve a RULE, a FINDING by its id, or 'all' that is proven or likely."
        ),
    ] = None,
    reviewer: Annotated[
        str | None, typer.Option(help="Who approves; stands in the revision.")
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
    """Write the revisions of the approved findings: stage, rehearse, land."""
    from remediate import commands, render  # noqa: PLC0415
    from remediate.write.revisions import Placement  # noqa: PLC0415

    order = commands.Order(
        approve=tuple(approve or ()),
        reviewer=reviewer or "",
        message=message or "",
        one=one,
        placement=Placement(head, splice, branch_label, tuple(depends_on or ())),
        rehearse=not no_rehearse,
    )
    landed = commands.generate(_config(locals()), order, _say)
    _print(render.landed(landed))


@app.command()
def rules() -> None:
    """List the rules."""
    from remediate.rules import RULES  # noqa: PLC0415

    for rule in RULES:
        _print(f"{rule.code}  {rule.name:28}  {rule.summary}")
    _print("\nNext:  remediate explain CODE")


@app.command()
def explain(code: Annotated[str, typer.Argument(help="Code of a rule, such as PK001.")]) -> None:
    """Explain a rule: what it finds, why that is bad, how it is repaired."""
    from remediate.rules import RULES  # noqa: PLC0415
    from remediate.scope import chosen  # noqa: PLC0415

    rule = chosen(RULES, [code], [])[0]
    _print(f"{rule.code} {rule.name}\n\n{rule.page.strip()}\n")
    _print(f"Next:  remediate plan --select {rule.code}")


@app.command()
def demo(
    keep: Annotated[
        Path | None, typer.Option(help="Leave the project in this folder, to look at afterwards.")
    ] = None,
    color: ColorOption = Color.AUTO,
) -> None:
    """Break a database, plan, generate, upgrade, insert, downgrade: the whole way in a minute."""
    from remediate.incident import demo as incident_demo  # noqa: PLC0415

    incident_demo.show(_print, keep=keep, color=_use_color(color, sys.stdout))


def main() -> None:
    """Run the command line; every failure becomes a sentence and the exit code of the contract."""
    sys.exit(guarded(app))


def guarded(run: Callable[..., Any]) -> int:
    try:
        result = run(standalone_mode=False)
    except RemediateError as error:
        _complain(error.message, error.hint)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        _say("remediate: interrupted; nothing was left half done")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except Exception as error:
        return _failed(error)
    return result if isinstance(result, int) else 0


def _misused(error: Any) -> int:
    error.show()
    return 2


def _failed(error: Exception) -> int:
    from remediate.secrets import scrub  # noqa: PLC0415

    if isinstance(error, typer.TyperException):
        return _misused(error)
    if isinstance(error, OSError):
        _complain(
            f"{error.strerror or error}: {error.filename or 'the file system'}",
            "Nothing was written to versions/. Mend that, then run it again.",
        )
        return 2
    import traceback  # noqa: PLC0415

    frames = "".join(traceback.format_exception(error))
    _say(scrub(frames))
    _say("remediate: this is a bug in remediate; the lines above say where. Nothing was changed.")
    return 2


def _complain(message: str, hint: str) -> None:
    """What, why and what next, in lines that fit a terminal; a diff keeps its lines."""
    import textwrap  # noqa: PLC0415

    first, *more = message.splitlines()
    margin = " " * len("remediate: ")
    wrapper = textwrap.TextWrapper(
        80, "remediate: ", margin, break_long_words=False, break_on_hyphens=False
    )
    _say(wrapper.fill(first))
    for line in more:
        _say(margin + line)
    wrapper.initial_indent = margin
    if hint:
        _say(wrapper.fill(hint))


def _config(options: dict[str, Any]) -> "Config":
    from remediate.config import load  # noqa: PLC0415

    names = (
        "config", "name", "x", "database_url", "scratch_url", "schema", "table", "select",
        "ignore", "headroom", "first",
    )  # fmt: skip
    return load(Path.cwd(), **{key: options.get(key) for key in names})


def _style(color: Color, output: Path | None, *, verbose: bool, quiet: bool) -> "Style":
    from remediate.render.text import Style  # noqa: PLC0415

    return Style(
        color=output is None and _use_color(color, sys.stdout), verbose=verbose, quiet=quiet
    )


def _use_color(color: Color, stream: Any) -> bool:
    if color is not Color.AUTO:
        return color is Color.ALWAYS
    return bool(
        stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def _write(text: str, output: Path | None) -> None:
    if output is None or str(output) == "-":
        _print(text)
    else:
        output.write_text(text + "\n", encoding="utf-8")


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
