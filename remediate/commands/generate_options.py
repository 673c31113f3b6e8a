"""What `generate` is asked to write."""

from dataclasses import dataclass
from pathlib import Path

from remediate.errors import UsageProblem
from remediate.plans.answers import check_reviewer
from remediate.revisions.graph import Placement


@dataclass(frozen=True, slots=True)
class GenerateOptions:
    """What `generate` is to write, and who approved it.

    Raises UsageProblem where a reviewed plan is given together with approvals: it has its own; and
    where the reviewer is a placeholder, or has no letter.
    """

    plan: Path | str | None = None
    """A reviewed plan; None: `approve` and `reviewer` say what is approved."""
    approve: tuple[str, ...] = ()
    """Codes of rules, ids of findings, or "all" that is proven or likely."""
    reviewer: str = ""
    """Who approves; the revision names them."""
    backup: str = ""
    """Where the backup of before is kept, as the reviewer tells it; the settings may demand it."""
    message: str = ""
    """Title of the revision; "": one that names what it does."""
    one: bool = False
    """One revision for everything, instead of what blocks users first."""
    head: str | None = None
    """Revision to follow, where the project has several heads."""
    splice: bool = False
    """Allow `head` to be no head."""
    branch_label: str | None = None
    """Label for a new branch."""
    depends_on: tuple[str, ...] = ()
    """Revisions that the new ones depend on."""
    before: tuple[str, ...] = ()
    """Revisions that have not run, and are to follow the new ones: their down_revision changes."""
    skip_refuted: bool = False
    """Leave out what the rehearsal refutes, and write the rest."""
    rehearse: bool = True
    """Prove each revision on a scratch PostgreSQL before it is written."""
    hotfix: bool = False
    """Also write each that runs in one transaction as a script for psql."""

    def __post_init__(self) -> None:
        if self.plan and (self.approve or self.reviewer):
            raise UsageProblem(
                "a reviewed plan already records what is approved, and by whom",
                "Change that with: remediate review PLAN",
            )
        check_reviewer(self.reviewer)

    @property
    def placement(self) -> Placement:
        """Where in the revision graph the new revisions go."""
        return Placement(self.head, self.splice, self.branch_label, self.depends_on, self.before)
