"""The revisions that left keys without what fills them, and the commits that brought them."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from remediate.analysis import origins
from remediate.commands.judgement import Judgement
from remediate.findings.finding import Finding
from remediate.findings.origin import Commit, Origin
from remediate.project.inspection import Reading
from remediate.rules import rule_of
from remediate.system import blame, paths
from remediate.system.credentials import masked


def explained(
    findings: Iterable[Finding], judgement: Judgement[Reading]
) -> dict[str, Origin | None]:
    """The origin of each finding about a key that nothing fills, by its id.

    None: no revision explains it. Outside of a project whose revisions were read, nothing is said.
    """
    reading = judgement.reading
    history = reading.declared.history
    if history.heads is None or not history.revisions:
        return {}
    places = {
        finding.id: finding.place.at_column
        for finding in findings
        if finding.severity in rule_of(finding.rule).unfilled_at and finding.place.column
    }
    if not places:
        return {}
    engine = reading.environment.engine if reading.environment else ""
    found = origins.origins(frozenset(places.values()), reading.live, history, engine)
    commits = _commits(found.values())
    made = {place: replace(one, commit=commits.get(_line(one))) for place, one in found.items()}
    return {id_: made.get(place) for id_, place in places.items()}


def _line(one: Origin) -> blame.Line:
    return (paths.STARTED_IN / one.source.file).resolve(), one.source.line


def _commits(found: Collection[Origin]) -> dict[blame.Line, Commit]:
    spots = {_line(one) for one in found}
    lines = {file: {line for other, line in spots if other == file} for file, _ in spots}
    return {
        spot: Commit(made.short, f"{made.date:%Y-%m-%d}", masked(made.subject))
        for spot, made in blame.commits(lines).items()
    }
