"""What a command shows: data on standard output, everything else on standard error."""

import codecs
import errno
import io
import json
import os
import shutil
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from remediate.cli.values import Color
from remediate.errors import RemediateError, UsageProblem
from remediate.system.printable import printable
from remediate.system.secrets import scrub, veil

if TYPE_CHECKING:
    from remediate.render.style import Style

INTERRUPTED = 130


def guarded(run: Callable[..., Any]) -> int:
    """Run the command line; the exit code, after a sentence about what stopped it."""
    try:
        result = run(standalone_mode=False)
    except RemediateError as error:
        complain(error.message, error.hint)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        result = INTERRUPTED
    except Exception as error:
        return _failed(error)
    if result == INTERRUPTED:  # Typer makes it of a Ctrl-C
        say("remediate: interrupted; nothing was left half done")
        _forget_interrupt()
    return result if isinstance(result, int) else 0


def _forget_interrupt() -> None:
    """Let the exit code be ours: after a Ctrl-C inside an exec(), CPython ends by SIGINT itself.

    It does so though the interrupt was handled, until another exec() has run (3.11,
    Python/pythonrun.c, run_eval_code_obj).
    """
    exec("")  # noqa: S102


def _misused(error: Any) -> int:
    error.show()
    return 2


def _failed(error: Exception) -> int:
    if isinstance(error, typer.TyperException):
        return _misused(error)
    if isinstance(error, OSError):
        complain(
            f"{error.strerror or error}: {error.filename or 'the file system'}",
            "Nothing was written to versions/. Correct that, then run it again.",
        )
        return 2
    import traceback  # noqa: PLC0415

    frames = "".join(traceback.format_exception(error))
    say(scrub(frames))
    say("remediate: this is a bug in remediate; the lines above say where. Nothing was changed.")
    return 2


def complain(message: str, hint: str) -> None:
    """What, why and what next: in lines that fit a terminal, or whole for a log to be searched.

    A plan file and a database hold what they like: of theirs no terminal obeys a character here.
    """
    margin = " " * len("remediate: ")
    first, *more = map(printable, message.split("\n"))
    paragraphs = [f"remediate: {first}", *(margin + line for line in more)]
    if hint:
        paragraphs += [margin + printable(line) for line in hint.split("\n")]
    for text in paragraphs:
        say(_fitted(text, margin) if sys.stderr.isatty() else text)


def _fitted(text: str, margin: str) -> str:
    return textwrap.fill(
        text, 80, subsequent_indent=margin, break_long_words=False, break_on_hyphens=False
    )


def use_color(color: Color, stream: Any) -> bool:
    if color is not Color.AUTO:
        return color is Color.ALWAYS
    return bool(
        stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def use_links(color: Color, stream: Any) -> bool:
    """Whether files and rules can be hyperlinks: only where a person looks at colours."""
    return bool(stream.isatty()) and use_color(color, stream)


_NARROWEST, _WIDEST, _UNKNOWN = 60, 140, 80


def columns(stream: Any) -> int:
    """The width of the terminal, from 60 to 140 columns; 80 where the stream is none."""
    if not stream.isatty():
        return _UNKNOWN
    width = shutil.get_terminal_size((_UNKNOWN, 24)).columns
    return min(max(width, _NARROWEST), _WIDEST)


def style(output: Path | None = None) -> "Style":
    """How a text looks on standard output; plain where a file takes it."""
    from remediate.render.style import PLAIN, Style  # noqa: PLC0415

    if output is not None and str(output) != "-":
        return PLAIN
    color = use_color(Color.AUTO, sys.stdout)
    links = use_links(Color.AUTO, sys.stdout)
    return Style(color=color, width=columns(sys.stdout), links=links)


def write(text: str, output: Path | None) -> None:
    if output is None or str(output) == "-":
        if text:
            show(text)
    else:
        try:
            _replace(output, veil(text) + "\n")
        except OSError as error:
            why = error.strerror or str(error)
            raise UsageProblem(
                f"{output} cannot be written: {why}", "Name another file."
            ) from error


# The folder takes no other file, or the file is mounted alone: writing it in place is all there is.
_NO_ROOM_BESIDE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY)


def _replace(output: Path, text: str) -> None:
    from remediate.system import atomic  # noqa: PLC0415

    if _is_device(output):
        output.write_text(text, encoding="utf-8")
        return
    try:
        atomic.replace(output, text)
    except OSError as error:
        if error.errno not in _NO_ROOM_BESIDE:
            raise
        output.write_text(text, encoding="utf-8")


def _is_device(path: Path) -> bool:
    """Whether it is one, or a pipe, or /dev/stdout, whatever that leads to."""
    return path.exists() and (not path.is_file() or path.absolute().is_relative_to("/dev"))


def show(text: str) -> None:
    """Print data; ends the command where a reader like `head` has had enough."""
    if sys.__stdout__ is None:
        raise UsageProblem("standard output is closed", "Send it somewhere, for example > FILE.")
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:  # Typer would make 1 of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise typer.Exit from None


def open_closed_streams() -> None:
    """Put /dev/null in the place of closed streams, before any file takes their numbers."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            flags, mode = (os.O_RDONLY, "r") if number == 0 else (os.O_WRONLY, "w")
            null = os.open(os.devnull, flags)
            setattr(sys, name, os.fdopen(null, mode, encoding="utf-8"))


def show_what_can_be_shown() -> None:
    """Print characters that a stream's encoding lacks as escapes, in text as in JSON."""
    codecs.register_error("escaped", _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="escaped")


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """JSON knows no other escapes than these; Python's backslashreplace writes four kinds."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def say(text: str) -> None:
    """Names of databases are in it, too: no terminal obeys a character here."""
    sys.stderr.write("\n".join(map(printable, veil(text).split("\n"))) + "\n")
    sys.stderr.flush()
