"""The project's revision graph: where new revisions go, and whether they may."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError

from remediate.errors import Refused, RemediateError, UsageProblem, pass_on_interrupt
from remediate.revisions.drafts import Draft
from remediate.system.secrets import scrub


@dataclass(frozen=True, slots=True)
class Placement:
    """Where in the revision graph the new revisions go, as for `alembic revision`."""

    head: str | None = None
    splice: bool = False
    branch_label: str | None = None
    depends_on: tuple[str, ...] = ()


def parent_of(script: ScriptDirectory, placement: Placement) -> str | None:
    """The revision that the new ones follow; None in an empty versions folder.

    Raises UsageProblem where there are several heads and none was chosen, and for a revision that
    cannot be loaded.
    """
    with alembic_errors():
        heads = script.get_heads()
        chosen = script.get_revision(placement.head) if placement.head else None
    if placement.head:
        return chosen.revision if chosen else None
    if len(heads) > 1:
        raise UsageProblem(
            f"the project has {len(heads)} heads: {', '.join(sorted(heads))}",
            "Choose one with --head, or merge them first: alembic merge heads",
        )
    return heads[0] if heads else None


def check_up_to_date(
    script: ScriptDirectory, at: tuple[str, ...], drafts: Sequence[Draft], placement: Placement
) -> None:
    """Refuse to write for a database that has not run the project's revisions.

    Of several branches those that it has begun, and the one that the new revisions follow.

    Raises Refused with the revisions that wait, among them maybe the very repair.
    """
    ahead = waiting(script, at, parent_of(script, placement))
    if not ahead:
        return
    first = ahead[-1]
    parent = first.down_revision if isinstance(first.down_revision, str) else ""
    if drafts and any(s.revision == drafts[0].id(parent or "") for s in ahead):
        raise Refused(
            "this repair was generated already, and waits to be applied",
            "Run: alembic upgrade head   (or delete its file to generate it anew)",
        )
    heads = "heads" if len(script.get_heads()) > 1 else "head"
    raise Refused(
        f"{len(ahead)} revisions of the project have not run on this database: "
        f"{', '.join(s.revision for s in reversed(ahead[-5:]))}",
        f"Run alembic upgrade {heads} first (or alembic stamp, if the tables are there), "
        "then again.",
    )


def waiting(
    script: ScriptDirectory, at: tuple[str, ...], parent: str | None = None
) -> list[Script]:
    """The revisions that a database at these has not run, or `parent` needs; the next one last.

    Raises UsageProblem for a revision that the project does not have.
    """
    with alembic_errors():
        script.get_revisions(at)
        ahead = [*script.iterate_revisions("heads", at or "base")]
        if parent:
            ahead += script.iterate_revisions(parent, at or "base", implicit_base=True)
        return [s for s in dict.fromkeys(ahead) if s.revision not in at]


def versions_folder(script: ScriptDirectory, parent: str | None) -> Path:
    """Where Alembic itself would put the next revision."""
    locations = [Path(p).absolute() for p in version_locations(script)]
    if len(locations) > 1 and parent is not None:
        home = Path(script.get_revision(parent).path).parent
        locations = [p for p in locations if home.is_relative_to(p)] or locations
    folder = locations[0]
    if folder.exists() and not os.access(folder, os.W_OK):
        raise UsageProblem(
            f"{folder} is not writable", "Nothing was written. Change its mode, then again."
        )
    return folder


def version_locations(script: ScriptDirectory) -> list[str]:
    """Every folder with revisions; Alembic offers the default one by no public name."""
    return [str(path) for path in script._version_locations]  # noqa: SLF001


@contextlib.contextmanager
def alembic_errors() -> Iterator[None]:
    """What Alembic complains of, or what a revision raises when it is loaded, as a sentence."""
    try:
        yield
    except (RemediateError, OSError):
        raise
    except CommandError as error:
        pass_on_interrupt(error)
        raise UsageProblem(scrub(str(error)), "Alembic says so; see: alembic heads") from error
    except (Exception, SystemExit) as error:
        pass_on_interrupt(error)
        raise UsageProblem(
            f"Alembic fails on this project's revisions: {type(error).__name__}: "
            f"{scrub(str(error))}",
            "Does `alembic history` work?",
        ) from error
