"""What a command leaves behind: its exit code, and the formats that it prints."""

from collections.abc import Iterator
from typing import Any

from scripts.site_pages import commands
from scripts.site_pages.markdown import Page, code, escaped, joined, link, prose, table

EXIT_CODES_PATH = "exit-codes.md"
FORMATS_PATH = "formats.md"
EXIT_CODES = {
    0: "done, or nothing found",
    1: "something found (`check`, or `--exit-code` of `plan`, `triage`, `status`), or `verify` or "
    "the command after a landing failed",
    2: "usage, nothing to judge, configuration, connection, permission (of `--targets`: of one of "
    "them), or a bug",
    3: "refused: not reviewed, stale plan, hazard not accepted, revisions wait to be run, heads "
    "moved, `before-landing` failed",
    4: "the rehearsal failed; nothing was written to `versions/`",
    130: "interrupted",
}
_FORMATS = {
    "text": "for a person: colour and the width of the terminal, plain text in a pipe",
    "json": "for programs: one document, described by a JSON Schema",
    "markdown": "for a pull request, with the SQL; it stays below GitHub's limits by itself",
    "html": "one page that opens offline: graph, headroom, locks, findings",
    "sarif": "for code scanning; known findings are marked as suppressed",
    "github": "annotations on the lines of a pull request, and the summary of the step",
    "gitlab": "a code quality report",
    "junit": "a test report",
    "prometheus": "metrics; `integrations/prometheus` has alerts and a dashboard for them",
}


def exit_codes() -> Page:
    """Each exit code."""
    rows = [
        (code(str(number)), prose(text, EXIT_CODES_PATH)) for number, text in EXIT_CODES.items()
    ]
    return Page(
        EXIT_CODES_PATH,
        joined(
            [
                "# Exit codes",
                "Every command ends with one of these. A code keeps what it reports.",
                table(("Code", "What it reports"), rows),
                "A command that cannot go on prints three things on standard error: what is wrong, "
                "why, and what to do next. Standard output holds nothing but the result.",
            ]
        ),
    )


def formats() -> Page:
    """Each format, with the commands that print it."""
    return Page(
        FORMATS_PATH,
        joined(
            [
                "# Output formats",
                "`-f` chooses the format, and `-o FILE` writes it to a file.",
                table(("Format", "For what", "Commands"), _rows()),
                f"The keys of each JSON document: {link('JSON', 'json/index.md', FORMATS_PATH)}.",
            ]
        ),
    )


def _rows() -> Iterator[tuple[str, str, str]]:
    taken = {name: choices_of(command) for name, command in commands.commands().items()}
    for one in dict.fromkeys(choice for some in taken.values() for choice in some):
        names = [name for name, choices in taken.items() if one in choices]
        links = (link(code(n), f"{commands.path(n)}#--format", FORMATS_PATH) for n in names)
        yield code(escaped(one)), prose(_FORMATS[one], FORMATS_PATH), ", ".join(links)


def choices_of(command: Any) -> tuple[str, ...]:
    """The formats that a command prints."""
    found = (one for one in command.params if "--format" in one.opts)
    return tuple(str(one.value) for p in found for one in p.type_descriptor.annotation)
