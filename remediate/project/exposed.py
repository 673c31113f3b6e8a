"""Find the secrets that git spreads, or soon may: their places, never their text."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import TypeVar

from remediate.errors import UsageProblem
from remediate.project import secret_files, secret_lines, secret_pairs, secret_spellings
from remediate.snapshots.declared import UnreadModule
from remediate.snapshots.exposed import Commit, CommittedSecrets, Exposed, SecretFile
from remediate.snapshots.tables import Source
from remediate.system import git, git_search
from remediate.system.git import NoAnswer, Silence, WorkTree
from remediate.system.git_search import History, Line
from remediate.system.paths import shown

SECONDS = 30.0  # for the whole history
_AROUND = "-U4"  # lines of the history beside what a commit added
_ID = 10  # digits of a commit's id: git's own short ids grow with the repository
_GLOBS = tuple(f":(glob,icase)**/{name}" for name in secret_lines.SETTINGS)
# git-crypt and transcrypt: on the disk such files are readable, in git they are not.
_ENCRYPTED = (":(exclude,attr:filter=git-crypt)**", ":(exclude,attr:filter=crypt)**")
T = TypeVar("T")
Of = Callable[[Line], Iterator[str]]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A secret in a line."""

    line: Line
    secret: str = field(repr=False)

    @property
    def key(self) -> tuple[str, str]:
        return self.line.file, self.secret


@dataclass(frozen=True, slots=True)
class _Found:
    """The secrets of files as they are: of files that are made for them, and of any other."""

    settings: dict[Path, list[_Hit]]
    tracked: frozenset[Path]  # of these
    others: list[_Hit]
    staged: list[_Hit]  # that the disk does not have: the next commit would
    unread: tuple[UnreadModule, ...]

    @property
    def known(self) -> set[tuple[str, str]]:
        """Those that git tracks."""
        held = (hit for file, hits in self.settings.items() for hit in hits if file in self.tracked)
        return {hit.key for hit in (*held, *self.others, *self.staged)}


def read(
    folder: Path, *, history: bool, seconds: float = SECONDS
) -> tuple[Exposed, tuple[UnreadModule, ...]]:
    """What the repository of a folder exposes, and what of it could not be read.

    Raises UsageProblem where there is no repository to look at, or git cannot tell of it.
    """
    tree = _told(git.work_tree(folder))
    found = _now(tree)
    added = _added(tree, seconds) if history else ()
    # The oldest of each secret in each file comes last, and stays.
    first = {hit.key: hit for one, of in added for hit in _hits(one.lines, of)}
    here = [(hit, first.get(hit.key)) for hit in found.others]
    staged = [(hit, first.get(hit.key)) for hit in found.staged]
    files = tuple(
        SecretFile(_name(hits), _source(tree, hits), _numbers(hits), file in found.tracked)
        for file, hits in found.settings.items()
    )
    gone = [hit for key, hit in first.items() if key not in found.known]
    present = (*_present(tree, here), *_present(tree, staged, is_staged=True))
    committed = (*present, *_gone(tree, gone))
    unread = tuple(_unread(tree, [one for one, _ in added])) if history else ()
    return Exposed(files, committed), (*found.unread, *unread)


def _now(tree: WorkTree) -> _Found:
    tracked = _told(git.tracked(tree, *_GLOBS, *_ENCRYPTED))
    files = sorted(tracked | _told(git.untracked(tree, *_GLOBS)))
    held = {file: secret_files.lines(tree, file) for file in files}
    unread = [one for one in held.values() if isinstance(one, UnreadModule)]
    settings = {
        file: [*_hits(text, _of_settings)] for file, text in held.items() if isinstance(text, tuple)
    }
    lines = _told(git_search.tracked_lines(tree, secret_lines.HINT, *_ENCRYPTED))
    pairs = [
        pair
        for files in _open(lines)
        for pair in secret_pairs.joined(
            _told(git_search.tracked_lines(tree, "", *git_search.literal(files)))
        )
    ]
    hits = _hits((*lines, *pairs), _of_any)
    others = [hit for hit in hits if tree.root / hit.line.file not in settings]
    unread += [
        UnreadModule(
            name,
            "it is a submodule, with a history of its own",
            f"in {name}: remediate check --secrets",
        )
        for name in _told(git.submodules(tree))
    ]
    on_disk = {hit.key for hits in (*settings.values(), others) for hit in hits}
    staged = [hit for hit in _staged(tree) if hit.key not in on_disk]
    return _Found(
        {file: hits for file, hits in settings.items() if hits},
        tracked, others, staged, tuple(unread),
    )  # fmt: skip


def _staged(tree: WorkTree) -> Iterator[_Hit]:
    """The secrets in the index, of files that are on the disk otherwise."""
    made = _told(git.modified(tree, *_GLOBS, *_ENCRYPTED))
    changed = _told(git.modified(tree, *_ENCRYPTED)) - made
    yield from _hits(_told(git_search.staged_lines(tree, "[=:]", made)), _of_settings)
    lines = _told(git_search.staged_lines(tree, secret_lines.HINT, changed))
    yield from _hits(lines, _of_any)
    for files in _open(lines):
        whole = _told(git_search.staged_lines(tree, "", [tree.root / name for name in files]))
        yield from _hits(tuple(secret_pairs.joined(whole)), _of_any)


def _open(lines: Iterable[Line]) -> Iterator[tuple[str, ...]]:
    """The files where the value of a name may be on another line, some at a time."""
    names = {
        line.file
        for line in lines
        if not secret_spellings.is_made_up(line.file) and secret_pairs.is_open(line.text)
    }
    return git_search.pieces(sorted(names))


def _told(answer: T | NoAnswer) -> T:
    """Raises UsageProblem where git does not answer: nothing to look at is no success."""
    if isinstance(answer, NoAnswer):
        raise UsageProblem(f"nothing was read: {answer}", _HINTS[answer.why])
    return answer


_HINTS = {
    Silence.ABSENT: "Install git, or run it where git is.",
    Silence.NO_REPOSITORY: "Run it in a folder of a git repository.",
    Silence.SLOW: "Run this again when the machine has less to do.",
    Silence.FAILED: "Repair what git names, then run this again. A folder of another owner, as "
    "in a container, needs: git config --global --add safe.directory FOLDER",
}


def _hits(lines: tuple[Line, ...], of: Of) -> Iterator[_Hit]:
    return (_Hit(line, secret) for line in lines for secret in of(line))


def _of_any(line: Line) -> Iterator[str]:
    name = Path(line.file).name
    return iter(()) if secret_lines.is_example(name) else secret_lines.of_line(line.file, line.text)


def _of_settings(line: Line) -> Iterator[str]:
    name = Path(line.file).name
    return (
        iter(()) if secret_lines.is_example(name) else secret_lines.of_setting(line.file, line.text)
    )


def _added(tree: WorkTree, seconds: float) -> tuple[tuple[History, Of], ...]:
    """What commits added: lines of any file, and of those that are made for secrets."""
    hint = secret_lines.HINT
    end = time.monotonic() + seconds
    settings = git_search.added_lines(tree, rb"[=:]", seconds, "--", *_GLOBS)
    any_file = git_search.added_lines(tree, hint.encode(), end - time.monotonic(), f"-G{hint}")
    pairs = [
        replace(found, lines=tuple(secret_pairs.joined(found.lines)))
        for files in _open(any_file.lines)
        for found in [
            git_search.added_lines(
                tree, b"", end - time.monotonic(), _AROUND, "--", *git_search.literal(files)
            )
        ]
    ]
    return (*((one, _of_any) for one in (*pairs, any_file)), (settings, _of_settings))


def _unread(tree: WorkTree, histories: list[History]) -> Iterator[UnreadModule]:
    """What of the history was not looked at, and how it is."""
    stopped = next((one for one in histories if one.stopped), None)
    if stopped:
        until = f"; commits before {stopped.until} were not read" if stopped.until else ""
        yield UnreadModule(
            "the history of git",
            f"{stopped.stopped}{until}",
            "git log --all -p -i -G'pass|://.*:.*@'",
        )
    if tree.is_shallow:
        yield UnreadModule(
            "the history of git",
            "this clone is shallow: older commits are not here",
            "git fetch --unshallow; in GitHub's actions/checkout fetch-depth: 0",
        )


def _present(
    tree: WorkTree, hits: Sequence[tuple[_Hit, _Hit | None]], *, is_staged: bool = False
) -> Iterator[CommittedSecrets]:
    """Secrets in tracked files. The oldest commit of a shallow clone seems to bring everything."""
    by_file: dict[str, list[tuple[_Hit, _Hit | None]]] = {}
    for pair in hits:
        by_file.setdefault(pair[0].line.file, []).append(pair)
    for pairs in by_file.values():
        first = () if tree.is_shallow else {_commit(one) for _, one in pairs if one}
        made = _secrets(tree, [hit for hit, _ in pairs], first, present=True)
        yield replace(made, is_staged=is_staged)


def _gone(tree: WorkTree, hits: Sequence[_Hit]) -> Iterator[CommittedSecrets]:
    """Secrets that the history alone holds, by file and commit."""

    def by(hit: _Hit) -> tuple[str, str, str]:
        return hit.line.file, hit.line.date, hit.line.commit

    for _, group in groupby(sorted(hits, key=by), by):
        found = [*group]
        yield _secrets(tree, found, [_commit(found[0])], present=False)


def _secrets(
    tree: WorkTree, hits: Sequence[_Hit], commits: Iterable[Commit], *, present: bool
) -> CommittedSecrets:
    number = len({hit.secret for hit in hits})
    ordered = sorted(commits, key=lambda one: (one.date, one.id))
    return CommittedSecrets(
        _name(hits), _source(tree, hits), _numbers(hits), number, tuple(ordered), present
    )


def _commit(hit: _Hit) -> Commit:
    return Commit(hit.line.commit[:_ID], hit.line.date)


def _numbers(hits: Sequence[_Hit]) -> tuple[int, ...]:
    return tuple(sorted({hit.line.number for hit in hits}))


def _name(hits: Sequence[_Hit]) -> str:
    """The file as every clone knows it, wherever it was started: what ids are made of."""
    return hits[0].line.file


def _source(tree: WorkTree, hits: Sequence[_Hit]) -> Source:
    return Source(shown(tree.root / hits[0].line.file), min(_numbers(hits)))
