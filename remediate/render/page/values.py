"""What a page shows, as values: templates put them into HTML, and decide nothing."""

from dataclasses import dataclass
from enum import StrEnum

from remediate.findings.finding import Tier
from remediate.findings.remedy import Hazard


class State(StrEnum):
    """How the page as a whole is coloured."""

    BROKEN = "broken"  # something fails now
    WARNING = "warning"  # something is found
    HEALTHY = "healthy"
    PLAIN = "plain"  # a paper without a verdict


@dataclass(frozen=True, slots=True)
class Card:
    """A number, and what it counts."""

    number: int
    what: str
    kind: str  # of its colour


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar, in percent of it."""

    tier: Tier
    count: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Head:
    """The verdict, of what it is, and in which numbers."""

    state: State
    title: str
    verdict: str
    qualifiers: tuple[str, ...]  # sentences that limit the verdict
    about: tuple[tuple[str, str], ...]  # the database, the revision, the time
    cards: tuple[Card, ...]
    bar: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A table in the picture of the references."""

    x: int
    y: int
    label: str  # what fits
    children: int  # that are not drawn
    table: str  # all of its name
    tier: Tier | None  # of its worst finding; None: it has none
    anchor: str  # of that finding on the page; "" where it has none


@dataclass(frozen=True, slots=True)
class Parent:
    """A table that others reference."""

    table: str
    tier: Tier | None
    anchor: str
    children: int
    failing: int  # of them, those with a finding
    named: str


@dataclass(frozen=True, slots=True)
class References:
    """The references between tables of findings, and those around them."""

    boxes: tuple[Box, ...]  # all tables, or those alone that others reference
    lines: tuple[str, ...]  # paths of SVG
    width: int
    height: int
    parents: tuple[Parent, ...]  # of a picture of these alone, as a table
    apart: int  # tables with a finding that no reference connects


@dataclass(frozen=True, slots=True)
class Gauge:
    """How full a key is."""

    key: str
    limited_by: str
    used: float  # percent
    left: int
    left_width: float  # of 100, on a scale of powers of ten
    level: str  # "urgent", "near", "watched" or "calm"
    full_on: str  # a date, and how sure it is; "" where nothing tells how fast ids are used
    pace: str  # ids a day, and how that is known; "" likewise
    anchor: str  # of its finding


@dataclass(frozen=True, slots=True)
class Headroom:
    """The keys that count their ids, those that are full first on top."""

    gauges: tuple[Gauge, ...]
    others: int  # that are not shown, all with more room
    known: bool  # whether the plan tells of the room at all
    dated: bool  # whether any has a date


@dataclass(frozen=True, slots=True)
class Lane:
    """What a group of repairs locks, and who waits."""

    label: str
    detail: str
    lock: str
    effect: str  # who waits
    level: str  # "everybody", "writers" or "nobody"
    duration: str
    start: float  # percent of the scale
    width: float


@dataclass(frozen=True, slots=True)
class Way:
    """One of several ways to answer a finding."""

    letter: str
    question: str
    title: str
    taken: bool
    costs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding, or those of several schemas that differ in nothing else."""

    anchor: str
    id: str
    rule: str
    name: str
    url: str  # of the rule's page; "" where none is published
    tier: Tier | None
    severity: str
    confidence: str
    table: str
    place: str
    message: str
    why: tuple[str, ...]  # what it does to users, and what depends on it
    model: str
    schemas: tuple[str, ...]
    repair: str
    undo: str
    by_hand: str  # the reason where no revision repairs it
    notes: tuple[Hazard, ...]
    order: tuple[str, ...]  # sentences about other repairs and revisions
    origins: tuple[str, ...]
    ways: tuple[Way, ...]
    ways_at: str  # the anchor of the card with the same ways; "" where there is none
    up: str
    down: str
    query: str
    shortened: bool  # SQL, query and evidence are left out, to keep the page small
    models: str  # the command that shows the change of the model; "" where none is known
    evidence: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A section of pairs: what is healthy, not verified, revealed."""

    anchor: str
    title: str
    lead: str
    rows: tuple[tuple[str, ...], ...]
    heads: tuple[str, ...]
    more: int = 0  # rows that are left out
