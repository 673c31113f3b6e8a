"""Frozen facts about secrets that git spreads, or soon may."""

from dataclasses import dataclass

from remediate.snapshots.tables import Source


@dataclass(frozen=True, slots=True)
class SecretFile:
    """A file that is made for secrets, and holds some."""

    name: str  # from the root of the repository
    source: Source  # the first of them
    lines: tuple[int, ...]
    is_tracked: bool  # by git; else git does not ignore it


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that brought a secret."""

    id: str  # its beginning
    date: str  # YYYY-MM-DD


@dataclass(frozen=True, slots=True)
class CommittedSecrets:
    """Secrets of one file: as it is, or as one commit of the past left it."""

    name: str  # from the root of the repository
    source: Source  # the first of them; the file may be gone
    lines: tuple[int, ...]
    number: int  # of different secrets
    commits: tuple[Commit, ...]  # that brought them, as far as that is known; the oldest first
    is_present: bool  # in the file as it is
    is_staged: bool = False  # in the index alone: the file on the disk is free of them


@dataclass(frozen=True, slots=True)
class Exposed:
    """What was found in a repository."""

    files: tuple[SecretFile, ...]
    committed: tuple[CommittedSecrets, ...]
