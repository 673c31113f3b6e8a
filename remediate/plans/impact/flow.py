"""What users do, as broken, partly broken or working: told from the tables that each flow needs.

[tool.remediate.flows] names the tables of a flow in the order in which it uses them; "!" behind one
marks it as core: without it, nothing of the flow works. Where none is marked, each of them is core.

  broken         a core table refuses INSERT now, proven
  partly broken  another table does; or one will soon, is likely to, or takes rows that it should
                 not; or one needs a row of a table that refuses INSERT now, or of one that holds
                 none and gets none earlier in the flow (NOT NULL reference), as from a first row
                 that has to refer to itself by an id that only its INSERT generates
  not verified   nothing of that, and what a table of it does is not known
  working        each of its tables was looked at, and nothing that refuses an INSERT was found;
                 code of triggers and conditions of checks are not looked at
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from remediate.snapshots.tables import Name


class State(StrEnum):
    """What a table does with an INSERT, the worst first."""

    REFUSES = "refuses"  # now, proven
    AT_RISK = "at risk"  # soon or likely; or it stores what it should not; or lacks a parent
    UNKNOWN = "not verified"
    WORKS = "works"  # it was looked at, and nothing was found


@dataclass(frozen=True, slots=True)
class Health:
    """The state of a table, and the sentence that says why; "" where it works."""

    table: Name
    state: State
    reason: str = ""  # without the table
    finding: str = ""  # the id of the one that says so; "" where none does


class FlowState(StrEnum):
    """What users meet, the worst first."""

    BROKEN = "broken"
    PARTLY_BROKEN = "partly broken"
    NOT_VERIFIED = "not verified"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class Step:
    """A table that a flow needs, and what it does with an INSERT."""

    core: bool
    health: Health


@dataclass(frozen=True, slots=True)
class Flow:
    """What users call something that they do, and what became of it."""

    name: str
    steps: tuple[Step, ...]  # in the order in which the settings name them
    unknown: tuple[str, ...] = ()  # why a glob leads to no table

    @property
    def state(self) -> FlowState:
        """As the head of this file defines it."""
        states = {step.health.state for step in self.steps}
        if any(s.health.state is State.REFUSES and s.core for s in self.steps):
            return FlowState.BROKEN
        if states & {State.REFUSES, State.AT_RISK}:
            return FlowState.PARTLY_BROKEN
        if self.unknown or not self.steps or State.UNKNOWN in states:
            return FlowState.NOT_VERIFIED
        return FlowState.WORKING

    @property
    def reasons(self) -> tuple[str, ...]:
        """The sentences that make it what it is, the worst first; none where it works."""
        known = [s.health for s in self.steps if s.health.state is not State.WORKS]
        hurt = [h for h in known if h.state in (State.REFUSES, State.AT_RISK)]
        told = (*_sentences(hurt or known), *(() if hurt else self.unknown))
        return told if self.steps or told else ("the settings name no table for it",)


def _sentences(healths: Iterable[Health]) -> Iterator[str]:
    """One for each reason, with all tables that have it."""
    order = list(State)
    tables: dict[str, list[str]] = {}
    for one in sorted(healths, key=lambda h: order.index(h.state)):
        tables.setdefault(one.reason, []).append(str(one.table))
    for reason, names in tables.items():
        yield f"{', '.join(names)}: {reason}"
