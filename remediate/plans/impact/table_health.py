"""Whether a table takes an INSERT that leaves its key out, as far as was shown."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from remediate.findings.effects import When
from remediate.findings.finding import Confidence, Finding, Place, Unverified, id_parts
from remediate.findings.selection import Ignored
from remediate.plans.impact.flow import Health, State
from remediate.plans.impact.graph import root
from remediate.plans.impact.impact import Impact
from remediate.postgres.sql import quote
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name, Table
from remediate.system.words import counted


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of tables. Of `unasked` rules nobody knows what they would have found."""

    live: Live
    findings: Mapping[str, Finding]  # by their ids
    impacts: Mapping[str, Impact]  # of these
    healthy: Collection[Place]  # columns whose values something was seen to give
    unverified: Collection[Unverified] = ()
    ignored: Collection[Ignored] = ()
    unasked: tuple[str, ...] = ()  # codes of rules about what refuses INSERTs
    inside: Callable[[Name], bool] = lambda _: True  # whether a table is spoken of


def health(name: Name, known: Evidence) -> Health:
    """The worst that is known of the table."""
    order = list(State)
    found = sorted(_found(name, known), key=lambda one: order.index(one.state))
    return found[0] if found else Health(name, State.WORKS)


def _found(name: Name, known: Evidence) -> Iterator[Health]:
    table = known.live.table_of.get(name)
    if table is None:
        yield _absent(name, known.live)
    elif not known.inside(name):
        yield Health(name, State.UNKNOWN, "left out of this plan")
    else:
        yield from _said(name, known)
        yield from _unknown(table, known)


def _absent(name: Name, live: Live) -> Health:
    if any(there == name for there, _ in live.types):
        return Health(name, State.UNKNOWN, "has no key, or is a view: it was not judged")
    return Health(name, State.REFUSES, "has a model, and no such table exists")


def _said(name: Name, known: Evidence) -> Iterator[Health]:
    """What findings tell of the table, and of those whose rows its own cannot be without."""
    for id_, impact in known.impacts.items():
        if impact.table == name:
            yield from _of(known.findings[id_], impact, name)
        elif impact.stops_now and name in impact.stopped and _proven(known.findings[id_]):
            reason = f"needs a row of {impact.table}, where INSERT fails now"
            yield Health(name, State.AT_RISK, reason, id_)


def _of(finding: Finding, impact: Impact, name: Name) -> Iterator[Health]:
    consequences, rule = impact.consequences, finding.rule
    if impact.spoils_now:
        yield Health(name, State.AT_RISK, f"takes rows without an id ({rule})", finding.id)
    elif not consequences.stops:
        return
    elif finding.confidence is Confidence.POSSIBLE:
        yield Health(name, State.UNKNOWN, f"INSERT may fail ({rule})", finding.id)
    elif impact.stops_now and _proven(finding):
        yield Health(name, State.REFUSES, f"INSERT fails now ({rule})", finding.id)
    elif consequences.when is not When.SOME_DAY:
        how = "will fail" if _proven(finding) else "probably fails"
        yield Health(name, State.AT_RISK, f"INSERT {how} ({rule})", finding.id)


def _proven(finding: Finding) -> bool:
    return finding.confidence is Confidence.PROVEN


def _unknown(table: Table, known: Evidence) -> Iterator[Health]:
    """Why nothing that was found does not mean that nothing is there."""
    for reason in _gaps(table, known):
        yield Health(table.name, State.UNKNOWN, reason)


def _gaps(table: Table, known: Evidence) -> Iterator[str]:
    if known.unasked:
        yield f"not asked: {counted(len(known.unasked), 'rule')} about INSERT"
    yield from _ignored(table.name, known)
    yield from _unverified(table, known)
    if not table.judged:
        yield "has no primary key: it was not judged"
    for column in map(table.column, table.judged):
        given = not column.is_integer and column.base_type != "uuid"  # by whoever inserts
        if not given and Place(table.name, column.name) not in known.healthy:
            yield f"whether {quote(column.name)} is generated is not known"


def _ignored(name: Name, known: Evidence) -> Iterator[str]:
    for one in known.ignored:
        rule, place = id_parts(one.what)
        if place.startswith(f"{name}."):
            yield f"{rule} is ignored: {one.reason}"


def _unverified(table: Table, known: Evidence) -> Iterator[str]:
    for one in known.unverified:
        at = one.place.table
        if at and root(at, known.live) == table.name and one.place.column in table.judged:
            yield one.reason
