"""What a revision says where psql did the same, and Alembic has not recorded it.

Its guard sees the states that a repair leaves, and no rows: enough to name the way, too little to
pass over the repair.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """The message and the hint of an error."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Unstamped:
    """Of one way: where all of it seems to be done, and where only a part is."""

    whole: Notice
    part: Notice


@dataclass(frozen=True, slots=True)
class Stamps:
    """The revisions to stamp where psql ran the scripts beside this one: there, and back."""

    revision: str
    parent: str  # "" at the start of the history

    @property
    def of_upgrade(self) -> Unstamped:
        return _unstamped("done", ".hotfix.sql", self.revision)

    @property
    def of_downgrade(self) -> Unstamped:
        return _unstamped("taken back", ".rollback.sql", self.parent or "base")


def _unstamped(done: str, script: str, stamp: str) -> Unstamped:
    run, look = f"Run: alembic stamp {stamp}", "Otherwise first run: remediate plan"
    return Unstamped(
        Notice(
            f"remediate: this repair is {done} already; nothing was changed",
            f"If psql ran its {script} to the end, only Alembic's record is missing. {run}. {look}",
        ),
        Notice(
            f"remediate: a part of this repair is {done} already; nothing was changed",
            f"If psql began its {script}, run that again: it goes on where it stopped. "
            f"{run.replace('Run', 'Then run')}. {look}",
        ),
    )
