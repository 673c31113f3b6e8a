"""Revision files: staged beside versions/, and moved there only when they are proven."""

import ast
import contextlib
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import RevisionMap

from remediate.errors import Refused, UsageProblem
from remediate.findings import marks
from remediate.project import history
from remediate.project.failures import alembic_errors
from remediate.project.loading import FileStates
from remediate.project.recovery import explained
from remediate.revisions.drafts import Draft
from remediate.revisions.graph import (
    Placement,
    parent_of,
    version_locations,
    versions_folder,
)
from remediate.revisions.layout import bodies, ends_with
from remediate.system import landing
from remediate.system.folders import temporary
from remediate.system.streams import stdout_to_stderr

PREFIX = ".remediate-"
AsFile = Callable[[Draft, str, str | None], Draft]  # what its id and its parent change of a draft


@dataclass(frozen=True, slots=True)
class Staged:
    """A revision that is complete, but not yet where Alembic looks."""

    revision: str
    down_revision: str | None
    draft: Draft
    path: Path
    folder: Path  # the staging folder that `path` is in
    target: Path

    @property
    def home(self) -> Path:
        """The versions folder that `target` is in."""
        return self.target.parents[len(self.path.relative_to(self.folder).parents) - 1]


@dataclass(frozen=True, slots=True)
class Site:
    """An Alembic project as a place to write to."""

    script: ScriptDirectory
    config: Config
    tokens: tuple[str, str]  # names of the bodies in script.py.mako
    files: FileStates  # of its revisions, before they were loaded


@contextlib.contextmanager
def staged(
    site: Site, drafts: Sequence[Draft], placement: Placement, as_file: AsFile | None = None
) -> Iterator[tuple[Staged, ...]]:
    """The drafts as files, made by the project's own template and hooks, gone afterwards.

    They are staged inside the project, where formatters find its configuration, but outside every
    versions folder: Alembic's generate_revision() writes first and validates later. `as_file` makes
    the drafts what they are to be with their ids and parents.
    """
    parent = parent_of(site.script, placement)
    target = versions_folder(site.script, parent)
    with _folder(target) as folder:
        directory = _with_location(site.script, folder)
        made: list[Staged] = []
        for draft in drafts:
            known = as_file(draft, draft.id(parent or ""), parent) if as_file else draft
            made.append(_stage(site, directory, known, placement, parent, folder, target))
            parent = made[-1].revision
            placement = Placement(head=parent)
        yield tuple(made)


def _stage(
    site: Site,
    directory: ScriptDirectory,
    draft: Draft,
    placement: Placement,
    parent: str | None,
    folder: Path,
    target: Path,
) -> Staged:
    with alembic_errors(), stdout_to_stderr():
        script = directory.generate_revision(
            draft.id(parent or ""),
            draft.title,
            head=placement.head or parent or "base",
            splice=placement.splice or bool(placement.before),
            branch_labels=placement.branch_label,
            depends_on=list(placement.depends_on) or None,
            version_path=str(folder),
            config=site.config,
            imports=draft.constants,
            **dict(zip(site.tokens, bodies(draft, last=_is_last(site)), strict=True)),
        )
    if script is None:
        raise UsageProblem(
            "Alembic does not recognise the file that its file_template creates",
            "Check that `alembic revision` works in this project.",
        )
    path = Path(script.path)
    if path.parent != folder and not directory.recursive_version_locations:
        raise UsageProblem(
            "file_template puts revisions into folders, where Alembic would not look for them",
            "Set recursive_version_locations = true in the project's configuration.",
        )
    _check_body(path, draft)
    return Staged(script.revision, parent, draft, path, folder, target / path.relative_to(folder))


def _is_last(site: Site) -> bool:
    """Whether the template for revisions has nothing after the body of downgrade()."""
    template = Path(site.script.dir, "script.py.mako").read_text(encoding="utf-8")
    return ends_with(template, site.tokens[1])


def _check_body(path: Path, draft: Draft) -> None:
    """The project's template and hooks must have kept every statement; they may add their own."""
    wanted, source = _executed(draft.upgrade) + _executed(draft.downgrade), path.read_text("utf-8")
    lost = wanted - _executed(source)
    if draft.group and marks.tenants(source) != draft.group.schemas:
        raise UsageProblem(
            "this project's script.py.mako or a post-write hook dropped the names of the schemas",
            "The template must print ${imports} at the head; compare it with Alembic's own.",
        )
    if lost:
        raise UsageProblem(
            f"this project's script.py.mako or a post-write hook dropped {lost.total()} of "
            f"{wanted.total()} statements",
            "The template must print ${upgrades} and ${downgrades}; compare it with Alembic's own.",
        )


def _executed(source: str) -> "Counter[str]":
    """The strings in what op.execute is called with: statements, and names of placeholders."""
    tree = ast.parse(source)
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.args]
    constants = dict(_constants(tree))
    return Counter(
        " ".join(text.split())
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "execute"
        for node in ast.walk(call.args[0])
        if (text := constants.get(node.id) if isinstance(node, ast.Name) else _text(node))
    )


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and (text := _text(node.value)):
            yield from ((one.id, text) for one in node.targets if isinstance(one, ast.Name))


def _text(node: ast.AST) -> str:
    """The string that it is; "" for all else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def land(
    files: Sequence[tuple[Path, Path]], home: Path, replaced: Mapping[Path, bytes] | None = None
) -> None:
    """Move all files to their places in this versions folder, or none of them.

    `replaced` are files that are there, with what is to be in them; they come last.

    What stands beside revisions comes first, then the revisions, parents before children: whatever
    Alembic meets meanwhile is a chain of whole files. Raises Refused, before anything is moved,
    when a place is taken, and OSError where a file cannot be written.
    """
    for _, target in files:
        if target.exists():
            raise Refused(f"{target} exists already", "Move it away, or run it.")
    home.mkdir(parents=True, exist_ok=True)
    ordered = sorted(files, key=lambda pair: pair[1].suffix == ".py")
    others = [_other(*pair) for pair in (replaced or {}).items()]
    with explained():
        landing.land([*(_whole(*pair) for pair in ordered), *others], home)


def _whole(source: Path, target: Path) -> landing.File:
    return landing.File(target, source.read_bytes(), stat.S_IMODE(source.stat().st_mode))


def _other(path: Path, content: bytes) -> landing.File:
    return landing.File(path, content, stat.S_IMODE(path.stat().st_mode), replaces=True)


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    """Change a staged file's words; its code stays what was rehearsed."""
    source = path.read_text(encoding="utf-8")
    path.write_text(change(source), encoding="utf-8")


def check_heads_unmoved(site: Site) -> None:
    """Somebody may have added a revision during the rehearsal; raises Refused then."""
    now = heads_now(site)
    if set(now) != set(site.script.get_heads()):
        raise Refused(
            f"the heads of the project have changed meanwhile: {', '.join(now)}",
            "Nothing was written to versions/. Run remediate generate again.",
        )


def heads_now(site: Site) -> tuple[str, ...]:
    """The heads of the files as they are, also of those that came after env.py was run."""
    return history.heads_now(site.script, site.files)


def _with_location(theirs: ScriptDirectory, folder: Path) -> ScriptDirectory:
    """The same project with one more versions folder, which nothing else can see.

    Its revisions are not run again: one may have added models to the project's own.
    """

    def loaded() -> list[Script]:
        return [Script(one.module, one.revision, one.path) for one in theirs.walk_revisions()]

    made = ScriptDirectory(
        theirs.dir,
        file_template=theirs.file_template,
        truncate_slug_length=theirs.truncate_slug_length,
        version_locations=[*version_locations(theirs), str(folder)],
        sourceless=theirs.sourceless,
        output_encoding=theirs.output_encoding,
        timezone=theirs.timezone,
        hooks=theirs.hooks,
        recursive_version_locations=theirs.recursive_version_locations,
        messaging_opts={"quiet": True},
    )
    made.revision_map = RevisionMap(loaded)
    return made


def _folder(target: Path) -> contextlib.AbstractContextManager[Path]:
    """A folder beside versions/, or among the temporary files."""
    place = target.parent
    writable = place.exists() and os.access(place, os.W_OK)
    return temporary(PREFIX, place if writable else None)
