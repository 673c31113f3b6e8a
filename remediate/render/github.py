"""What is found as workflow commands: GitHub shows each beside the line that it is about."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from remediate.findings.finding import Finding, Severity, Unverified
from remediate.plans.plan import Item, Plan
from remediate.plans.urgency import most_urgent_first
from remediate.postgres.sql import commented
from remediate.system.paths import Repository
from remediate.system.words import counted

# https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = _DATA | {":": "%3A", ",": "%2C"}
_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


_SHOWN = 10  # commands of a kind that GitHub shows for a step; it drops those behind


def render(plan: Plan, repository: Repository, items: Iterable[Item] | None = None) -> str:
    """A command for each of these items of the plan, or of all: the most urgent first.

    Where there are more of a kind than GitHub shows, the tenth command counts the rest, and plain
    lines below all commands name them, for the log.
    """
    commands: dict[str, list[_Command]] = {kind: [] for kind in _COMMAND.values()}
    for item in most_urgent_first(plan, items):
        finding = item.finding
        commands[_COMMAND[finding.severity]].append(_of_finding(finding, repository))
    commands["notice"][:0] = [_of_unverified(one) for one in plan.unverified]
    shown = [line for kind, some in commands.items() for line in _shown(kind, some)]
    rest = [_plain(kind, one) for kind, some in commands.items() for one in _dropped(some)]
    return "\n".join([*shown, *rest])


@dataclass(frozen=True, slots=True)
class _Command:
    properties: dict[str, str]
    message: str


def _dropped(commands: Sequence[_Command]) -> Sequence[_Command]:
    return commands[_SHOWN - 1 :] if len(commands) > _SHOWN else ()


def _shown(kind: str, commands: Sequence[_Command]) -> Iterator[str]:
    dropped = _dropped(commands)
    for one in commands[: len(commands) - len(dropped)]:
        yield _command(kind, one.properties, one.message)
    if dropped:
        message = (
            f"GitHub shows {_SHOWN} {kind}s a step: the {len(dropped):,} least urgent of "
            f"{counted(len(commands), kind)} are in the log of this step. Its summary has all of "
            "them, and so has: remediate plan -f markdown"
        )
        yield _command(kind, {"title": f"{counted(len(dropped), kind)} more"}, message)


def _plain(kind: str, one: _Command) -> str:
    """A line that is no command: the runner takes `##[` for one wherever it stands."""
    line = commented(f"{kind}: {one.properties['title']}: {one.message}")
    return line.replace("##[", "## [")


def _of_finding(finding: Finding, repository: Repository) -> _Command:
    source = finding.model
    file = repository.path(source.file) if source else ""
    where = {"file": file, "line": str(source.line)} if source and file else {}
    title = f"{finding.rule} {finding.name}"
    place = str(finding.place)
    message = finding.message if place in finding.message else f"{place}: {finding.message}"
    return _Command({**where, "title": title}, message)


def _of_unverified(one: Unverified) -> _Command:
    return _Command({"title": "not verified"}, f"{one.place}: {one.reason}. {one.verify}")


def _command(name: str, properties: dict[str, str], message: str) -> str:
    said = ",".join(f"{key}={_escaped(value, _PROPERTY)}" for key, value in properties.items())
    return f"::{name} {said}::{_escaped(commented(message), _DATA)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(c, c) for c in text)
