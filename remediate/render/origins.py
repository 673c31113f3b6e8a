"""Where findings come from: the steps of revisions, and the commits that brought them."""

from collections.abc import Iterable, Iterator, Sequence

from remediate.analysis.causes import Cause, told
from remediate.findings.facts import part_of
from remediate.findings.origin import Act, Origin
from remediate.plans.origin_document import Origins
from remediate.plans.plan import Item
from remediate.system.words import counted

_ACTS = {
    Act.CREATED: "creates the table, and nothing that fills the column",
    Act.COPIED: "copies the table, without what fills the column",
    Act.ADDED: "adds the column, and nothing that fills it",
    Act.DROPPED: "drops the default",
    Act.SEQUENCE: "drops the sequence",
    Act.CONSTANT: "makes one fixed value the default",
    Act.CREATED_AS: "creates the column as",
    Act.ADDED_AS: "adds the column as",
    Act.TYPED: "changes the type to",
}
_SHOWN = 3  # revisions
_TOLD = 2  # sentences: of more, a line counts them
NONE = (
    "no revision that has run explains it, as far as their text tells: made outside of Alembic, or "
    "by a step that cannot be read"
)


def cause(item: Item, known: Origins) -> Cause | None:
    """What most likely made it, by the catalog and by the revision that is known."""
    found = part_of(item.finding.facts, Cause)
    return found and told(found, known.get(item.id))


def causes(items: Sequence[Item], known: Origins) -> dict[str, list[Cause]]:
    """The causes that are known, by their short names."""
    found: dict[str, list[Cause]] = {}
    for one in (cause(item, known) for item in items):
        if one and one.cause != "unknown":
            found.setdefault(one.cause, []).append(one)
    return found


def sentences(items: Sequence[Item], known: Origins) -> Iterator[str]:
    """One for each revision and what it did, those of most items first."""
    asked = [known[item.id] for item in items if item.id in known]
    ordered = _alike(asked)
    for alike in ordered[:_SHOWN]:
        yield _sentence(alike, len(items))
    if more := ordered[_SHOWN:]:
        steps = counted(len(more), "more step")
        yield f"{steps} of revisions{_of(sum(map(len, more)), len(items))}"
    if without := asked.count(None):
        yield f"{NONE}{_of(without, len(items))}"


def short(items: Sequence[Item], known: Origins) -> Iterator[str]:
    """All of that in a line: which revisions, for how many items, and where the first one is."""
    asked = [known[item.id] for item in items if item.id in known]
    counts: dict[str, int] = {}
    for one in filter(None, asked):
        counts[one.revision] = counts.get(one.revision, 0) + 1
    if len(_alike(asked)) + (None in asked) <= _TOLD:
        yield from sentences(items, known)
    else:
        ordered = sorted(counts, key=lambda revision: -counts[revision])
        named = [f"{revision} ({counts[revision]:,})" for revision in ordered[:_SHOWN]]
        named += [f"{len(counts) - _SHOWN:,} more"] if len(counts) > _SHOWN else []
        named += [f"{NONE} ({asked.count(None):,})"] if None in asked else []
        example = _alike(asked)[0][0].source
        yield f"revisions {', '.join(named)}; the first is {example}"


def _alike(asked: Iterable[Origin | None]) -> list[list[Origin]]:
    """Those of one revision that did the same, the most first."""
    groups: dict[tuple[object, ...], list[Origin]] = {}
    for one in asked:
        if one:
            groups.setdefault((one.revision, one.act, one.type, one.certain), []).append(one)
    return sorted(groups.values(), key=len, reverse=True)


def _sentence(alike: Sequence[Origin], number: int) -> str:
    first = alike[0]
    places = {str(one.source) for one in alike}
    example = "for example " if len(places) > 1 else ""
    what = f"{_ACTS[first.act]} {first.type}".strip()
    branch = "" if first.certain else ", under a condition"
    return (
        f"revision {first.revision}{_of(len(alike), number)} {what}{branch}: "
        f"{example}{first.source}{_commit(alike)}"
    )


def _commit(alike: Iterable[Origin]) -> str:
    """The commit, where they have one and the same."""
    commits = {one.commit for one in alike}
    commit = commits.pop() if len(commits) == 1 else None
    return f"; commit {commit.short} of {commit.date}: {commit.subject}" if commit else ""


def _of(count: int, number: int) -> str:
    return f" ({count} of {number})" if count < number else ""
