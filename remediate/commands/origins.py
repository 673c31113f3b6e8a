"""The revisions that left keys without what fills them, and the commits that brought them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from remediate.analysis import left_constraints, origins, type_origins
from remediate.analysis.ran import Ran, ran
from remediate.analysis.unmade import unmade, unmade_views
from remediate.commands.judgement import Judgement
from remediate.findings.effects import ErrorKind, Leaves
from remediate.findings.finding import ColumnPlace, Finding
from remediate.findings.origin import Commit, Divergence, Origin
from remediate.findings.remedy import Remedy
from remediate.plans.plan import Item
from remediate.postgres.sql import quote
from remediate.project.reading import Reading
from remediate.rules import rule_of
from remediate.snapshots.references import ForeignKey
from remediate.snapshots.tables import Name
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
    unfilled, mistyped, done = _told(findings, reading)
    fills = origins.origins(frozenset(unfilled.values()), reading.live, done, history.maps)
    types = type_origins.type_origins(
        frozenset(mistyped.values()), reading.live, done, history.maps
    )
    found = {id_: fills.get(place) for id_, place in unfilled.items()}
    found |= {id_: types.get(place) for id_, place in mistyped.items()}
    commits = _commits([one for one in found.values() if one])
    return {id_: one and replace(one, commit=commits.get(_line(one))) for id_, one in found.items()}


def divergences(items: Iterable[Item], judgement: Judgement[Reading]) -> dict[str, Divergence]:
    """What a new database lacks for the repair of each item, by its id, as revisions tell it.

    Outside of a project nothing is said.
    """
    items = tuple(items)
    reading, history = judgement.reading, judgement.reading.declared.history
    if history.heads is None:
        return {}
    repairs = {i.id: i.remedy for i in items if isinstance(i.remedy, Remedy)}
    found = [i.finding for i in items if i.id in repairs]
    tables = {id_: _tables(one, reading) for id_, one in repairs.items()}
    known = frozenset(name for some in tables.values() for name in some)
    views = {id_: _views(one) for id_, one in repairs.items()}
    rebuilt = frozenset(name for some in views.values() for name in some)
    lacking = unmade(known, reading.live, history, _engine(reading))
    lacking |= unmade_views(rebuilt, reading.live, history, _engine(reading))
    unfilled, mistyped, done = _told(found, reading)
    right = origins.left_filled(unfilled.values(), reading.live, done)
    right |= type_origins.left_as_others(mistyped.values(), reading.live, done)
    places = unfilled | mistyped
    declared = _declared_anyway(items, reading)
    spelled = {i.id: str(i.finding.place) for i in items if i.id in declared}
    made = {
        id_: Divergence(
            tuple(sorted((some | views[id_]) & lacking)),
            spelled.get(id_) or _spelled(places.get(id_), right),
        )
        for id_, some in tables.items()
    }
    return {id_: one for id_, one in made.items() if one != Divergence()}


def _spelled(place: ColumnPlace | None, right: Collection[ColumnPlace]) -> str:
    return f"{place.table}.{quote(place.column)}" if place and place in right else ""


def _declared_anyway(items: Iterable[Item], reading: Reading) -> frozenset[str]:
    """The ids of repairs that add a constraint which the revisions make, too."""
    remedies = {i.id: i.remedy for i in items if isinstance(i.remedy, Remedy)}
    adds = {id_: {*_constraints(one)} for id_, one in remedies.items()}
    tables = {table for some in adds.values() for table, _ in some}
    made = (one for remedy in remedies.values() for one in remedy.makes)
    tables |= {one.target for one in made if isinstance(one, ForeignKey)}
    if not any(adds.values()):
        return frozenset()
    done = ran(tables, reading.live, reading.declared.history, _engine(reading))
    known = left_constraints.left(done, reading.live)
    return frozenset(id_ for id_, some in adds.items() if some & known)


def _constraints(remedy: Remedy) -> Iterator[tuple[Name, str]]:
    """The primary and foreign keys that it adds to a table which is there."""
    for alteration in (one for step in remedy.all_steps for one in step.alters):
        table, kind, name = alteration.object
        if kind == "constraint" and alteration.state and remedy.creates is None:
            is_key = alteration.state.startswith("primary key")
            yield table, left_constraints.KEY if is_key else name


def _tables(remedy: Remedy, reading: Reading) -> frozenset[Name]:
    """The tables without which its revision does not run."""
    named = {hold.relation for hold in remedy.holds} | {step.relation for step in remedy.all_steps}
    return frozenset(named & reading.live.table_of.keys())


def _views(remedy: Remedy) -> frozenset[Name]:
    """The views that its revision takes down."""
    return frozenset(d.relation for d in remedy.dependants if d.kind.endswith("view"))


_Places = dict[str, ColumnPlace]  # by the ids of findings


def _told(findings: Iterable[Finding], reading: Reading) -> tuple[_Places, _Places, Sequence[Ran]]:
    """The places of keys that nothing fills, of mistyped columns, and what ran about them."""
    at_columns = [f for f in findings if f.place.table and f.place.column]
    unfilled = {f.id: f.place.at_column for f in at_columns if _is_unfilled(f)}
    mistyped = {f.id: f.place.at_column for f in at_columns if _is_mistyped(f)}
    tables = {place.table for place in (*unfilled.values(), *mistyped.values())}
    history = reading.declared.history
    done = ran(tables, reading.live, history, _engine(reading)) if tables else ()
    return unfilled, mistyped, done


def _engine(reading: Reading) -> str:
    return reading.environment.engine if reading.environment else ""


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
