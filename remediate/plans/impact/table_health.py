"""What a table does with an INSERT that leaves its key out, as far as was shown."""

from collections.abc import Callable, Collection, Iterator, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from remediate.findings.effects import Inserts, When
from remediate.findings.finding import Confidence, Finding, Place, Unverified, id_parts
from remediate.findings.selection import Ignored
from remediate.plans.impact.circles import is_circle, may_fill, required
from remediate.plans.impact.flow import Health, State
from remediate.plans.impact.graph import root
from remediate.plans.impact.impact import Impact
from remediate.postgres.sql import quote
from remediate.rules import rule_of
from remediate.snapshots.admission import Partitions
from remediate.snapshots.live import Live, family
from remediate.snapshots.tables import Name, Table
from remediate.system.words import counted


class Meets(StrEnum):
    """What an INSERT meets in a table, the worst first."""

    REFUSAL = "refusal"  # now, proven
    REFUSAL_OF_MODEL = "refusal of model"  # likewise, but only the INSERT that the model makes
    SPOILING = "spoiling"  # none, and the row is one that should not be
    NO_PARENT = "no parent"  # nothing there for the row to refer to, or what refers gets no rows
    LIKELY = "likely"
    SOON = "soon"
    UNKNOWN = "unknown"
    NOTHING = "nothing"  # that was found


_STATES = {
    Meets.REFUSAL: State.REFUSES,
    Meets.REFUSAL_OF_MODEL: State.REFUSES,
    Meets.UNKNOWN: State.UNKNOWN,
    Meets.NOTHING: State.WORKS,
}


class Known(NamedTuple):
    """One thing that is known of a table: a sentence without the table, and who says so."""

    meets: Meets
    reason: str = ""
    finding: str = ""


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
    # The tables of which a row of this one needs a row.
    required: Callable[[Name], Set[Name]] = lambda _: frozenset()


def health(name: Name, known: Evidence, before: Collection[Name]) -> Health:
    """The worst that is known of a table into which rows go once those `before` it have some."""
    found = _worst([*_of_table(name, known), *_of_parents(name, known, before)])
    state = _STATES.get(found.meets, State.AT_RISK)
    return Health(name, state, found.reason, found.finding)


def met(name: Name, known: Evidence) -> Meets:
    """The worst that an INSERT meets in a table, whatever rows it may refer to."""
    return _worst([*_of_table(name, known)]).meets


def _worst(found: list[Known]) -> Known:
    order = list(Meets)
    return min(found, key=lambda one: order.index(one.meets), default=Known(Meets.NOTHING))


def _of_table(name: Name, known: Evidence) -> Iterator[Known]:
    table = known.live.table_of.get(name)
    if table is None:
        yield _absent(name, known.live)
    elif not known.inside(name):
        yield Known(Meets.UNKNOWN, "left out of this plan")
    else:
        yield from _said(name, known)
        yield from _routed(table, known.live)
        yield from (Known(Meets.UNKNOWN, reason) for reason in _gaps(table, known))


def _absent(name: Name, live: Live) -> Known:
    if any(there == name for there, _ in live.types):
        return Known(Meets.UNKNOWN, "has no key, or is a view: remediate did not judge it")
    return Known(Meets.REFUSAL, "has a model, but the table does not exist")


def _said(name: Name, known: Evidence) -> Iterator[Known]:
    """What findings tell of the table, and of those whose rows its own cannot be without."""
    above = known.required(name)
    for id_, impact in known.impacts.items():
        if impact.table == name:
            yield from _of(known.findings[id_], impact)
        elif impact.stops_now and impact.table in above and _proven(known.findings[id_]):
            reason = f"needs a row of {impact.table}, where INSERT fails now"
            yield Known(Meets.NO_PARENT, reason, id_)


def _of(finding: Finding, impact: Impact) -> Iterator[Known]:
    consequences, rule = impact.consequences, finding.rule
    if impact.spoils_now:
        yield Known(Meets.SPOILING, f"accepts rows that it should refuse ({rule})", finding.id)
    elif not consequences.stops:
        return
    elif finding.confidence is Confidence.POSSIBLE:
        yield Known(Meets.UNKNOWN, f"INSERT may fail ({rule})", finding.id)
    elif impact.stops_now and _proven(finding):
        plain = rule_of(rule).stops is Inserts.PLAIN
        refusal = Meets.REFUSAL if plain else Meets.REFUSAL_OF_MODEL
        yield Known(refusal, f"INSERT fails now ({rule})", finding.id)
    elif not _proven(finding) and consequences.when is not When.SOME_DAY:
        yield Known(Meets.LIKELY, f"INSERT probably fails ({rule})", finding.id)
    elif consequences.when is When.SOON:
        yield Known(Meets.SOON, f"INSERT will fail ({rule})", finding.id)


def _proven(finding: Finding) -> bool:
    return finding.confidence is Confidence.PROVEN


def _routed(table: Table, live: Live) -> Iterator[Known]:
    """What becomes of the row before it is one of the table."""
    if rules := live.admission.rules.get(table.name):
        named = ", ".join(map(quote, rules))
        yield Known(
            Meets.UNKNOWN, f"a rule acts instead of INSERT ({named}): remediate did not judge it"
        )
    if table.partitioned:
        yield from _parted(table, live)


def _parted(table: Table, live: Live) -> Iterator[Known]:
    own = live.admission.partitions.get(table.name, Partitions.SOME)
    if own is Partitions.NONE:
        yield Known(Meets.REFUSAL, "has no partition: INSERT fails now")
    elif any(_covered(one, live) is not Partitions.ALL for one in family(table, live)):
        yield Known(Meets.UNKNOWN, "whether the next row finds a partition is not known")


def _covered(table: Table, live: Live) -> Partitions:
    if not table.partitioned:
        return Partitions.ALL
    return live.admission.partitions.get(table.name, Partitions.SOME)


def _of_parents(name: Name, known: Evidence, before: Collection[Name]) -> Iterator[Known]:
    """Whether there are rows that its own have to refer to."""
    live = known.live
    for fk in required(name, live):
        needed, circle = root(fk.target, live), is_circle(fk, name, live)
        if needed in (name, *before) and not circle:
            continue
        holds = live.admission.holds_rows.get(fk.target)
        if holds is None:
            reason = f"whether {fk.target} has a row to reference is not known"
            yield Known(Meets.UNKNOWN, reason)
        elif not holds and circle and may_fill(fk, live):
            reason = "whether a default or a trigger sets the first row's own id is not known"
            yield Known(Meets.UNKNOWN, reason)
        elif not holds:
            back = "" if not circle or needed == name else f", and needs one of {name}"
            first = " has to reference itself: the INSERT must supply its id"
            own = f"has no row, and its first one{first}"
            needs = f"needs a row of {fk.target}, which has none{back}"
            yield Known(Meets.NO_PARENT, own if needed == name else needs)


def _gaps(table: Table, known: Evidence) -> Iterator[str]:
    """Why nothing that was found does not mean that nothing is there."""
    if known.unasked:
        yield f"{counted(len(known.unasked), 'rule')} about INSERT did not run"
    yield from _ignored(table, known)
    yield from _unverified(table, known)
    if not table.judged:
        yield "has no primary key: remediate did not judge it"
    for column in map(table.column, table.judged):
        given = not column.is_integer and column.base_type != "uuid"  # by whoever inserts
        if not given and Place(table.name, column.name) not in known.healthy:
            yield f"whether {quote(column.name)} is generated is not known"


def _ignored(table: Table, known: Evidence) -> Iterator[str]:
    family_of = tuple(f"{one.name}." for one in family(table, known.live))
    for one in known.ignored:
        rule, place = id_parts(one.what)
        if place.startswith(family_of):
            yield f"{rule} is ignored: {one.reason}"


def _unverified(table: Table, known: Evidence) -> Iterator[str]:
    for one in known.unverified:
        at = one.place.table
        if at and root(at, known.live) == table.name and one.place.column in table.judged:
            yield one.reason
