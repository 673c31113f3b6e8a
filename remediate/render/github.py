"""What is found as workflow commands: GitHub shows each beside the line that it is about."""

from collections.abc import Iterable

from remediate.findings.finding import Finding, Severity, Unverified
from remediate.postgres.sql import commented
from remediate.system.paths import Repository

# https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = _DATA | {":": "%3A", ",": "%2C"}
_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(
    findings: Iterable[Finding], unverified: Iterable[Unverified], repository: Repository
) -> str:
    """A command for each finding, the gravest first: GitHub shows ten of a kind for each step."""
    lines = [_of_finding(finding, repository) for finding in findings]
    lines += [_of_unverified(one) for one in unverified]
    return "\n".join(lines)


def _of_finding(finding: Finding, repository: Repository) -> str:
    source = finding.model
    file = repository.path(source.file) if source else ""
    where = {"file": file, "line": str(source.line)} if source and file else {}
    title = f"{finding.rule} {finding.name}"
    place = str(finding.place)
    message = finding.message if place in finding.message else f"{place}: {finding.message}"
    return _command(_COMMAND[finding.severity], {**where, "title": title}, message)


def _of_unverified(one: Unverified) -> str:
    message = f"{one.place}: {one.reason}. {one.verify}"
    return _command("notice", {"title": "not verified"}, message)


def _command(name: str, properties: dict[str, str], message: str) -> str:
    said = ",".join(f"{key}={_escaped(value, _PROPERTY)}" for key, value in properties.items())
    return f"::{name} {said}::{_escaped(commented(message), _DATA)}"


def _escaped(text: str, escapes: dict[str, str]) -> str:
    return "".join(escapes.get(c, c) for c in text)
