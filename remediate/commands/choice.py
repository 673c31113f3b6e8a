"""Which revisions are meant: ids, prefixes, files, head, ranges."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from remediate.errors import Refused, UsageProblem
from remediate.project import history as files
from remediate.snapshots.history import History, Revision
from remediate.system.paths import STARTED_IN


@dataclass(frozen=True, slots=True)
class Selection:
    """What is rehearsed, and what has to run before it."""

    shown: tuple[Revision, ...]
    before: tuple[Revision, ...]  # ancestors that the state before the first lacks
    from_base: bool  # one of them has run on the database: the state before is made, not copied


def chosen(history: History, words: Sequence[str]) -> tuple[Revision, ...]:
    """The revisions that these words mean, each after what it follows; none: all that wait.

    Raises UsageProblem for a word that means none or several.
    """
    if not words:
        _check_known(history)
        return history.waiting
    found: dict[str, Revision] = {}
    for word in words:
        for revision in _meant(history, word):
            found[revision.source.file] = revision
    order = [r.source.file for r in history.in_order]
    rank = {file: number for number, file in enumerate(order)}
    return tuple(sorted(found.values(), key=lambda r: rank.get(r.source.file, len(rank))))


def _check_known(history: History) -> None:
    lost = [head for head in history.heads or () if head not in history.by_id]
    if lost and history.revisions:
        raise Refused(
            f"the database is at {', '.join(lost)}, which no versions folder has: so it is "
            "unknown which revisions the database has not run",
            "Name the revision to rehearse; it is rehearsed on the schema as it is now.",
        )


def _meant(history: History, word: str) -> Sequence[Revision]:
    if word.endswith(".py") or Path(STARTED_IN, word).is_file():
        return [_of_file(history, word)]
    if word in ("head", "heads"):
        return history.tips
    if ":" in word:
        return _between(history, *word.split(":", 1))
    return [_one(history, word)]


def _one(history: History, word: str) -> Revision:
    if word in history.by_id:
        return history.by_id[word]
    found = [r for id_, r in history.by_id.items() if word and id_.startswith(word)]
    if len(found) == 1:
        return found[0]
    several = f"matches {len(found)} revisions: {', '.join(r.id for r in found)}"
    raise UsageProblem(
        f"{word!r} {several if found else 'is no revision of this project'}",
        "See: alembic history   (or name its file)",
    )


def _of_file(history: History, word: str) -> Revision:
    """A file of the versions folder, or one that is still outside of it."""
    path = Path(STARTED_IN, word).resolve()
    for revision in history.revisions:
        if Path(STARTED_IN, revision.source.file).resolve() == path:
            return revision
    beside = files.read([str(path.parent)], recursive=False).revisions if path.is_file() else ()
    for revision in beside:
        if Path(STARTED_IN, revision.source.file).resolve() == path:
            return revision
    reason = "assigns no revision id" if path.is_file() else "is not there"
    raise UsageProblem(f"{word} {reason}", "Name the file of a revision, or its id.")


def _between(history: History, first: str, last: str) -> Sequence[Revision]:
    """As `alembic upgrade first:last`: what comes after the first, up to the last."""
    ends = history.tips if last in ("", "head", "heads") else [_one(history, last)]
    upto = ancestors(history, ends) | {r.id for r in ends}
    begin = [] if first in ("", "base") else [_one(history, first)]
    done = ancestors(history, begin) | {r.id for r in begin}
    return [r for r in history.in_order if r.id in upto - done]


def ancestors(history: History, revisions: Sequence[Revision]) -> set[str]:
    """The ids of all that these follow or depend on."""
    found: set[str] = set()
    waiting = [*revisions]
    while waiting:
        one = waiting.pop()
        new = {*one.down, *one.depends_on} - found
        found |= new
        waiting += [history.by_id[id_] for id_ in new if id_ in history.by_id]
    return found


def selection_of(history: History, shown: tuple[Revision, ...]) -> Selection:
    """What has to run before these are shown."""
    applied = history.applied
    from_base = any(r.id in applied for r in shown)
    lacking = ancestors(history, shown) - {r.id for r in shown}
    if not from_base:
        lacking -= applied
    return Selection(shown, tuple(r for r in history.in_order if r.id in lacking), from_base)
