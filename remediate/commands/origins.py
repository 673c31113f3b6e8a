"""The revisions that left keys without what fills them, and the commits that brought them."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from remediate.analysis import origins
from remediate.analysis.ran import ran
from remediate.analysis.type_origins import type_origins
from remediate.commands.judgement import Judgement
from remediate.findings.effects import ErrorKind, Leaves
from remediate.findings.finding import Finding
from remediate.findings.origin import Commit, Origin
from remediate.project.inspection import Reading
from remediate.rules import rule_of
from remediate.system import blame, paths
from remediate.system.credentials import masked

_OF_TYPES = {ErrorKind.WRONG_TYPE, ErrorKind.OUT_OF_RANGE}
_LEFT = {Leaves.TYPE, Leaves.REFERENCE}  # by a repair of the database


def explained(
    findings: Iterable[Finding], judgement: Judgement[Reading]
) -> dict[str, Origin | None]:
    """The origin of each finding about a key that nothing fills, or a mistyped column, by its id.

    None: no revision explains it. Outside of a project whose revisions were read, nothing is said.
    """
    reading = judgement.reading
    history = reading.declared.history
    if history.heads is None or not history.revisions:
        return {}
    at_columns = [f for f in findings if f.place.table and f.place.column]
    unfilled = {f.id: f.place.at_column for f in at_columns if _is_unfilled(f)}
    mistyped = {f.id: f.place.at_column for f in at_columns if _is_mistyped(f)}
    if not (unfilled or mistyped):
        return {}
    engine = reading.environment.engine if reading.environment else ""
    tables = {place.table for place in (*unfilled.values(), *mistyped.values())}
    done = ran(tables, reading.live, history, engine)
    fills = origins.origins(frozenset(unfilled.values()), reading.live, done)
    types = type_origins(frozenset(mistyped.values()), reading.live, done)
    found = {id_: fills.get(place) for id_, place in unfilled.items()}
    found |= {id_: types.get(place) for id_, place in mistyped.items()}
    commits = _commits([one for one in found.values() if one])
    return {id_: one and replace(one, commit=commits.get(_line(one))) for id_, one in found.items()}


def _is_unfilled(finding: Finding) -> bool:
    return finding.severity in rule_of(finding.rule).unfilled_at


def _is_mistyped(finding: Finding) -> bool:
    """Whether it is about the type that a column has in the database."""
    rule = rule_of(finding.rule)
    return not rule.unfilled_at and not _OF_TYPES.isdisjoint(rule.errors) and rule.leaves in _LEFT


def _line(one: Origin) -> blame.Line:
    return (paths.STARTED_IN / one.source.file).resolve(), one.source.line


def _commits(found: Collection[Origin]) -> dict[blame.Line, Commit]:
    spots = {_line(one) for one in found}
    lines = {file: {line for other, line in spots if other == file} for file, _ in spots}
    return {
        spot: Commit(made.short, f"{made.date:%Y-%m-%d}", masked(made.subject))
        for spot, made in blame.commits(lines).items()
    }
