"""The project's revision graph: where new revisions go, and whether they may."""

import os
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from alembic.script import Script, ScriptDirectory

from remediate.errors import Refused, UsageProblem
from remediate.project.failures import alembic_errors
from remediate.revisions.drafts import Draft
from remediate.system.words import counted


@dataclass(frozen=True, slots=True)
class Placement:
    """Where in the revision graph the new revisions go, as for `alembic revision`."""

    head: str | None = None
    splice: bool = False
    branch_label: str | None = None
    depends_on: tuple[str, ...] = ()
    before: tuple[str, ...] = ()  # revisions that follow the new ones from then on


def parent_of(script: ScriptDirectory, placement: Placement) -> str | None:
    """The revision that the new ones follow; None at the start of the history.

    Raises UsageProblem where there are several and none was chosen, and for a revision that cannot
    be loaded.
    """
    if placement.before:
        return _parent_of_followers(script, placement)
    if placement.head is not None:
        return _chosen_head(script, placement.head)
    with alembic_errors():
        heads = script.get_heads()
    if len(heads) > 1:
        raise UsageProblem(
            f"the project has {len(heads)} heads: {', '.join(sorted(heads))}",
            "Choose one with --head, or merge them first: alembic merge heads",
        )
    return heads[0] if heads else None


def _parent_of_followers(script: ScriptDirectory, placement: Placement) -> str | None:
    """The parent that the revisions have in common before which the new ones go."""
    followers = [_named(script, id_, "--before") for id_ in placement.before]
    parents = {one.revision: parents_of(one) for one in followers}
    if placement.head is not None:
        head = _chosen_head(script, placement.head)
        for id_, own in parents.items():
            if head not in (own or (None,)):
                raise UsageProblem(
                    f"{id_} does not follow {head or placement.head}",
                    f"It follows {' and '.join(own) or 'none'}: name that, or leave --head out.",
                )
        return head
    if len(set(parents.values())) > 1:
        raise UsageProblem(
            f"{' and '.join(parents)} follow different revisions",
            "Name revisions that follow the same one; what follows them comes after, too.",
        )
    own = next(iter(parents.values()))
    if len(own) > 1:
        raise UsageProblem(
            f"{next(iter(parents))} merges {' and '.join(own)}",
            "Choose with --head the one that the new revisions are to follow.",
        )
    return own[0] if own else None


def _chosen_head(script: ScriptDirectory, head: str) -> str | None:
    """The revision of --head; None for base, the start of the history."""
    with alembic_errors():
        chosen = script.get_revision(head) if head else None
    if chosen is None and head != "base":
        raise _no_revision("--head", head)
    return chosen.revision if chosen else None


def _named(script: ScriptDirectory, id_: str, option: str) -> Script:
    """The revision that an option names; raises UsageProblem where it names none, as base does."""
    with alembic_errors():
        found = script.get_revision(id_) if id_ else None
    if found is None:
        raise _no_revision(option, id_)
    return found


def _no_revision(option: str, value: str) -> UsageProblem:
    return UsageProblem(
        f"{option} {shlex.quote(value)} names no revision",
        "Name the id of a revision, as `alembic history` lists it.",
    )


def parents_of(revision: Script) -> tuple[str, ...]:
    """What a revision follows; () for a root."""
    down = revision.down_revision
    return (down,) if isinstance(down, str) else tuple(down or ())


def check_up_to_date(
    script: ScriptDirectory, at: tuple[str, ...], drafts: Sequence[Draft], placement: Placement
) -> None:
    """Refuse to write for a database that has not run the project's revisions.

    Of several branches those that it has begun, and the one that the new revisions follow. What is
    to come after the new ones may wait, and must.

    Raises Refused with the revisions that wait, among them maybe the very repair.
    """
    parent = parent_of(script, placement)
    wanted = [_named(script, id_, "--depends-on").revision for id_ in placement.depends_on]
    heads = "heads" if len(script.get_heads()) > 1 else "head"
    ahead = waiting(script, at, parent)
    earlier = {next(iter(parents_of(ahead[-1])), ""), parent or ""} if ahead else set()
    for known in earlier if drafts else ():
        if any(s.revision == drafts[0].id(known) for s in ahead):
            raise Refused(
                "this repair is generated already, and waits for alembic upgrade",
                f"Run: alembic upgrade {heads}   (or {_anew(ahead, drafts, known)})",
            )
    if placement.before:
        _check_followers(script, ahead, placement, wanted)
        return
    if not ahead:
        return
    raise Refused(
        f"{counted(len(ahead), 'revision')} of the project have not run on this database yet: "
        f"{', '.join(s.revision for s in reversed(ahead[-5:]))}",
        f"Run alembic upgrade {heads} first (or alembic stamp, if the tables are there), "
        f"then again. Or let what waits follow the repair: --before {ahead[-1].revision}",
    )


def _anew(ahead: Sequence[Script], drafts: Sequence[Draft], known: str) -> str:
    """How to be rid of what was generated behind this revision."""
    _, *chain = accumulate(drafts, lambda parent, draft: draft.id(parent), initial=known)
    made = {s.revision: s.nextrev for s in ahead if s.revision in chain}
    followers = sorted({id_ for after in made.values() for id_ in after} - made.keys())
    delete = "delete its files, .py and .md, to generate it again"
    if not followers:
        return delete
    return (
        f"{delete}, and let down_revision of {' and '.join(followers)} be {known or None!r} again"
    )


def _check_followers(
    script: ScriptDirectory,
    ahead: Sequence[Script],
    placement: Placement,
    wanted: Sequence[str],
) -> None:
    """Raises Refused unless exactly what waits comes after the new revisions."""
    with alembic_errors():
        named = [script.get_revision(id_).revision for id_ in placement.before]
        after = _with_followers(script, named, ahead)
    if circle := [id_ for id_ in wanted if id_ in after]:
        raise Refused(
            f"the new revisions cannot depend on {', '.join(circle)}, and come before it",
            "Leave --depends-on out, or name another one with --before.",
        )
    if has_run := [id_ for id_ in named if id_ not in {s.revision for s in ahead}]:
        raise Refused(
            f"{', '.join(has_run)} has run on this database already",
            "What has run keeps its place. Without --before the new revisions follow it.",
        )
    if others := [s for s in reversed(ahead) if s.revision not in after]:
        raise Refused(
            f"{', '.join(s.revision for s in others)} would not come after the new revisions, and "
            "has not run either",
            _way_past(others[0], named, ahead, parent_of(script, placement)),
        )


def _with_followers(
    script: ScriptDirectory, named: Iterable[str], ahead: Sequence[Script]
) -> set[str]:
    """These revisions, and what of those that wait follows one of them or depends on it."""
    after = set(named)
    for one in reversed(ahead):  # parents first
        needed = {r.revision for r in script.get_revisions(one.dependencies or ())}
        if after & {*parents_of(one), *needed}:
            after.add(one.revision)
    return after


def _way_past(
    one: Script, named: Sequence[str], ahead: Sequence[Script], parent: str | None
) -> str:
    """What to do about a revision that waits and would not come after the new ones."""
    earlier = set(named)
    for other in ahead:  # children first
        earlier |= set(parents_of(other)) if other.revision in earlier else set()
    if one.revision in earlier:
        return f"Write them before that: --before {one.revision}. What follows it comes after, too."
    if parent in (parents_of(one) or (None,)):
        return "Run that first, or name it with --before, too."
    return f"Run that first: alembic upgrade {one.revision}"


def waiting(
    script: ScriptDirectory, at: tuple[str, ...], parent: str | None = None
) -> list[Script]:
    """The revisions that a database at these has not run, or `parent` needs; the next one last.

    Raises UsageProblem for a revision that the project does not have.
    """
    with alembic_errors():
        script.get_revisions(at)
        ahead = [*script.iterate_revisions("heads", at or "base")]
        # What a merge needs of a branch that was not begun, and what `parent` needs.
        needing = [one.revision for one in ahead if one.is_merge_point]
        for id_ in (*needing, *([parent] if parent else [])):
            ahead += script.iterate_revisions(id_, at or "base", implicit_base=True)
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
