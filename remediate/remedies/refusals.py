"""What a generated revision that waits was made for, and what is not so any more.

Under its locks it compares both itself, and refuses. Nothing is said of what another revision may
change before that, nor of what cannot be told from what was read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from remediate.findings import marks
from remediate.findings.constants import in_place
from remediate.findings.states import Default, Existence, Hanging, NotNull, Type, Value
from remediate.postgres.sql import ident, quote
from remediate.remedies import redefined, values
from remediate.remedies.states import default_of, of_sequence
from remediate.snapshots.history import History
from remediate.snapshots.live import Live
from remediate.snapshots.references import Candidate
from remediate.snapshots.tables import Name

_TEXT = r"'((?:[^']|'')*)'"
_ROW = re.compile(rf"\({', '.join([_TEXT] * 5)}(, true|, false)?\),?\n")
_GUARD = re.compile(
    r"\(VALUES\n((?:[^\n]*\n)*?)\s*\) AS plan \(relation, attribute, facts, place, state"
)
_VALUES = re.compile(
    r"IF false((?: OR \w+ > 0)*) THEN\s+RAISE [^;]*?'remediate: values of ' \|\| ('(?:[^']|'')+')"
)
# What somebody added to a revision before its guard may change what that sees.
_ADDED = re.compile(
    r"\bop\.(?!get_context\(|execute\((\"\"\"\s*DO \$remediate\$|\"SET TRANSACTION ))"
)
_CHANGING = re.compile(
    r"\b(update|delete\s+from|insert\s+into|truncate|merge\s+into)\s[^\n]*|[^\n]*\.(update|delete|insert)\(.*",
    re.IGNORECASE,
)

_Facts = Mapping[tuple[str, str], Mapping[str, str]]  # by relation and column, by fact


@dataclass(frozen=True, slots=True)
class Refusals:
    """Sentences on what keeps revisions that wait from running, and how they are made anew."""

    values: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    anew: str = ""  # what to delete before `generate` can write them for what is there now

    @property
    def first(self) -> str:
        """The one that stops `alembic upgrade`; "" where nothing is known to."""
        return next(iter((*self.values, *self.states)), "")


NOTHING_REFUSED = Refusals()


def of(history: History, live: Live) -> Refusals:
    """What the revisions that wait refuse of this database."""
    outdated = {r.id: [*_states(n, history, live)] for n, r in enumerate(history.ahead)}
    told = tuple(f"{id_} refuses this database: {s}" for id_ in outdated for s in outdated[id_])
    first = next((id_ for id_ in outdated if outdated[id_]), "")
    return Refusals(tuple(_values(history, live)), told, _anew(first, history) if first else "")


def _values(history: History, live: Live) -> Iterator[str]:
    for place, revision in enumerate(history.ahead):
        texts = [one.text for one in history.ahead[: place + 1]]
        sure = [
            one
            for one in live.candidates
            if not any(_may_mend(text, name) for text in texts for name in (one.table, one.target))
        ]
        if not marks.engine_of(revision.text):
            yield from (f"{revision.id} refuses {r}" for r in of_values(revision.text, sure))


def _may_mend(text: str, name: Name) -> bool:
    """A revision that was generated changes rows only where somebody added that."""
    if not marks.is_ours(text):
        return name.name in text
    return any(name.name in found[0] for found in _CHANGING.finditer(text))


def of_values(source: str, candidates: Iterable[Candidate]) -> Iterator[str]:
    """What the guards in a revision's text refuse of the values that were read, a column each."""
    kinds = {place: words for words, place in _VALUES.findall(source)}
    for one in candidates:
        parents = f"SELECT FROM {one.target.sql} AS p WHERE p.{ident(one.target_column)} = key"
        decided = kinds.get(values.place(one))
        if one.evidence is None or decided is None or parents not in source:
            continue
        spelled = one.evidence.convertible - one.evidence.canonical
        counts = {
            "respelled": (spelled, "that would come back spelled differently"),
            "spoilt": (one.evidence.inconvertible, f"that cannot be read as {one.compared_as}"),
            "orphans": (one.evidence.orphans, f"without a row in {one.target}"),
        }
        least = "" if one.evidence.whole else "at least "
        refused = [
            f"{least}{number:,} {what}"
            for kind, (number, what) in counts.items()
            if number and f" {kind} " in decided
        ]
        if refused:
            place = f"{one.table}.{quote(one.column)}"
            yield f"the values of {place} as they are now: {', '.join(refused)}"


def _states(number: int, history: History, live: Live) -> Iterator[str]:
    """The columns and sequences that are not as the revision with this number expects them.

    Where a script for psql does the same, and did, that is told by others.
    """
    *before, revision = history.ahead[: number + 1]
    if not all(marks.is_ours(r.text) for r in (*before, revision)):
        return
    if any(_ADDED.search(_until_guard(r.text)) for r in (*before, revision)):
        return
    now, changed = _now(live), {row[:2] for r in before for row in _rows(r.text)}
    rows = [(row, _state(now, row)) for row in _rows(revision.text) if row[:2] not in changed]
    states = {row[:2]: row[4] for row, _ in rows if not row[5].endswith("true")}
    if any(
        row[5].endswith("true") and row[4] == state and state != states.get(row[:2])
        for row, state in rows
    ):
        return
    for (_, _, _, place, expected, after), state in rows:
        if state and state != expected and not after.endswith("true"):
            yield f"{place} is {state}, but the revision expects {expected}"
    if not any(redefined.compares(r.text) for r in before):
        for one in redefined.redefined(revision.text, live):
            yield f"{one} has another definition than the revision expects"


def _upgrade(text: str) -> str:
    return in_place(text).partition("\ndef upgrade(")[2].partition("\ndef ")[0]


def _until_guard(text: str) -> str:
    upgrade = _upgrade(text)
    guard = _GUARD.search(upgrade)
    return upgrade[: guard.start()] if guard else ""


def _rows(text: str) -> Iterator[tuple[str, ...]]:
    """Relation, column, facts, place and state, and whether that is a state to leave."""
    for guard in _GUARD.finditer(_upgrade(text)):
        yield from (
            tuple(part.replace("''", "'") for part in row.groups(default=""))
            for row in _ROW.finditer(guard[1])
        )


def _state(now: _Facts, row: Sequence[str]) -> str:
    """As the guard prints it; "" where a part was not read."""
    known = now.get((row[0], row[1]), {})
    facts = row[2].strip("{}").split(",")
    return ", ".join(known[f] for f in facts) if all(f in known for f in facts) else ""


def _now(live: Live) -> _Facts:
    found: dict[tuple[str, str], dict[str, str]] = {}

    def add(name: Name, column: str, *states: Value) -> None:
        of_place = found.setdefault((str(name), column), {})
        of_place.update({one.fact: str(one) for one in states})

    for one in live.candidates:
        add(one.table, one.column, Type(one.type), Default(one.default))
    for (name, column), member in live.members.items():
        add(name, column, Type(member.type), Hanging(member.hanging))
    for table in live.tables:
        for column_ in table.columns:
            states = (Type(column_.type), default_of(column_), NotNull(column_.not_null))
            add(table.name, column_.name, *states)
        add(table.name, "", Existence(there=True))
    for sequence in live.sequences:
        add(sequence.name, "", *of_sequence(sequence), Existence(there=True))
    return found


def _anew(first: str, history: History) -> str:
    """What is to be deleted: the revision, what was generated behind it, and who follows them."""
    behind = {first}
    for revision in history.ahead:
        if behind & {*revision.down} and marks.is_ours(revision.text):
            behind.add(revision.id)
    gone = [r for r in history.ahead if r.id in behind]
    left = [r.id for r in history.ahead if r.id not in behind and behind & {*r.down}]
    delete = f"delete the files of {' and '.join(r.id for r in gone)}"
    if not left:
        return delete
    parent = next(iter(history.by_id[first].down), None)
    return f"{delete}, and set down_revision of {' and '.join(left)} to {parent!r} again"
