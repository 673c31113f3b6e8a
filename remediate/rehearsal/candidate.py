"""A revision to be judged, the scratch database that it is judged on, and what is known of that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from remediate.findings.finding import Finding
from remediate.postgres.queries import fetch
from remediate.rehearsal.database import Stage
from remediate.rehearsal.dropped import Columns
from remediate.rehearsal.process import Move, Worker
from remediate.rehearsal.promises import Promises
from remediate.rehearsal.referring import Deeds
from remediate.rehearsal.result import Defect, Run
from remediate.rehearsal.trial_inserts import Outcomes
from remediate.rehearsal.trial_selects import Answers
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Name
from remediate.system import stages

if TYPE_CHECKING:
    from remediate.rehearsal.held import State as Rows

NOTHING = Run()
STEPS = 5  # of a trial: before, upgrade, INSERT, downgrade, upgrade again
NOTHING_PROMISED = Promises(keeps_rows=False)  # of a revision that somebody wrote by hand


@dataclass(frozen=True, slots=True)
class Candidate:
    """A revision to be proven or refuted: one that somebody wrote, or a generated one."""

    revision: str
    path: str  # of its file, absolute
    file: str  # the same, as it is shown
    title: str
    parents: tuple[str, ...]  # what the version table says before it
    text: str
    wrong: tuple[Defect, ...] = ()  # known from reading it
    hazards: tuple[Defect, ...] = ()
    promises: Promises = NOTHING_PROMISED
    rows: "Rows | None" = None  # of the live database; None where it starts from another state

    @property
    def promised(self) -> bool:
        """Whether it is generated: then nothing may be taken away from anybody, either."""
        return self.promises is not NOTHING_PROMISED

    def reaches(self, step: int, what: str) -> None:
        """Tell at which step of its trial it is."""
        stages.begin(f"{self.revision}: {what}", step, STEPS)

    def move(self, way: str, *, watched: bool = False) -> Move:
        there, back = self.parents, (self.revision,)
        came, goes = (there, back) if way == "upgrade" else (back, there)
        return Move(self.revision, self.path, came, goes, way, watched)


@dataclass(frozen=True, slots=True)
class State:
    """The scratch database at one moment."""

    live: Live
    findings: Mapping[str, Finding]  # what the rules find, by id
    files: Mapping[Name, int]  # on disk: another one is a table written anew

    @property
    def names(self) -> set[str]:
        """The tables, without their schemas."""
        return {table.name.name for table in self.live.tables}


@dataclass(frozen=True, slots=True)
class Trial:
    """Where and how revisions are tried: the scratch database, and the process that runs them."""

    stage: Stage
    worker: Worker
    version_table: Name
    look: Callable[[], tuple[Live, Mapping[str, Finding]]]  # the catalog, and the rules on it
    say: Callable[[str], None]  # what a revision prints

    def state(self) -> State:
        rows = fetch(self.stage.superuser, __package__, "files_on_disk")
        live, findings = self.look()
        return State(live, findings, {Name(schema, name): file for schema, name, file in rows})

    def schema(self) -> str:
        return self.stage.schema(self.version_table)

    def run(
        self, candidate: Candidate, way: str, *, watched: bool = False, apart: bool = False
    ) -> Run:
        again = way == "upgrade" and not watched
        step = {"downgrade": 4}.get(way, 5 if again else 2)
        candidate.reaches(step, f"{way} again" if again else way)
        run = self.worker.run([candidate.move(way, watched=watched)], apart=apart)
        if run.printed and not apart:
            self.say(run.printed)
        return run

    def apart(self, run: Run, candidate: Candidate, way: str) -> Run:
        """The same once more, each statement by itself, where that can show more."""
        waited = any(s.sqlstate == "57014" for s in run.errors)
        return self.run(candidate, way, apart=True) if run.errors and not waited else NOTHING


@dataclass(frozen=True, slots=True)
class Before:
    """All that is known when a revision starts."""

    schema: str  # as pg_dump prints it
    state: State
    inserts: Outcomes
    selects: Answers
    rows: Mapping[Name, str]  # of the tables whose rows must come back
    referring: Deeds  # changes of rows on both sides of its references
    columns: Columns  # that hold values


@dataclass(frozen=True, slots=True)
class After:
    """The same after the upgrade, of the tables that it touches."""

    state: State
    inserts: Outcomes
    selects: Answers
    up: Run  # the upgrade
    columns: Columns
    laid: bool = False  # rows that defaults refer to were laid after these SELECTs
