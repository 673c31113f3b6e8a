"""Revisions that the database has not run get the new ones for a parent."""

import difflib
import io
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic.script import Script, ScriptDirectory

from remediate.codemod import Unsafe, with_parent
from remediate.errors import Refused
from remediate.project.failures import alembic_errors
from remediate.revisions.files import Staged
from remediate.revisions.graph import Placement, parent_of
from remediate.system.paths import shown


@dataclass(frozen=True, slots=True)
class Repointed:
    """A revision's file with another parent in it."""

    revision: str
    path: Path
    before: bytes
    after: bytes

    @property
    def diff(self) -> str:
        """What changes, as `diff -u` shows it."""
        name = shown(self.path)
        old, new = (_text(data).splitlines() for data in (self.before, self.after))
        return "\n".join(difflib.unified_diff(old, new, name, name, n=0, lineterm=""))


def repointed(
    script: ScriptDirectory, placement: Placement, files: Sequence[Staged]
) -> tuple[Repointed, ...]:
    """The revisions that the new ones come before, which follow the last of these then.

    Raises Refused where one of them does not write its parent out, or is no source.
    """
    if not placement.before or not files:
        return ()
    parent = parent_of(script, placement)
    with alembic_errors():
        named = [script.get_revision(id_) for id_ in placement.before]
    followers = {one.revision: one for one in named}  # each once, however often it was named
    return tuple(_repointed(one, parent, files[-1].revision) for one in followers.values())


def _repointed(one: Script, parent: str | None, new: str) -> Repointed:
    path = Path(one.path)
    try:
        before = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(before).readline)
        after = with_parent(before.decode(encoding), parent, new).encode(encoding)
    except (Unsafe, SyntaxError, UnicodeDecodeError) as error:
        raise Refused(
            f"{shown(path)} cannot be given another parent: {error}",
            f'Nothing was written. Write its parent as a literal: down_revision = "{parent}".',
        ) from error
    return Repointed(one.revision, path, before, after)


def _text(data: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data.decode(encoding)


def check_unchanged(several: Sequence[Repointed]) -> None:
    """Somebody may have changed them during the rehearsal; raises Refused then."""
    for one in several:
        if not one.path.is_file() or one.path.read_bytes() != one.before:
            raise Refused(
                f"{shown(one.path)} has changed meanwhile",
                "Nothing was written. Run remediate generate again.",
            )
