"""`remediate models`: make the models say what the database says."""

import os
import stat
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from remediate.analysis.models import DATABASE, right_side
from remediate.codemod import Change, patched
from remediate.commands.planning import planned
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.findings import selection
from remediate.findings.finding import Place
from remediate.findings.remedy import Remedy
from remediate.plans.plan import Fate, Plan
from remediate.project.inspection import read
from remediate.project.reading import Reading
from remediate.project.recovery import explained
from remediate.remedies.models import Patch, Patched, Rewritten, of_catalog, of_findings, patches
from remediate.rules import rule_of
from remediate.snapshots.tables import Name
from remediate.system import landing


@dataclass(frozen=True, slots=True)
class ModelsOptions:
    """Whether the files of the models change."""

    write: bool = False
    """Change the files; else the patches are only made."""


def models(config: Config, options: ModelsOptions = ModelsOptions()) -> Patched:
    """The patches for everything in which the models differ from the database.

    Raises UsageProblem where a file cannot be read or written: then none was changed; and where no
    model is among the tables that are asked for.
    """
    reading = read(config)
    plan = planned(reading, config)
    _check_models(reading, config)
    items = [i for i in plan.items if rule_of(i.finding.rule).patches_models]
    ahead = [i.finding for i in items if i.company and i.company.fate is Fate.SETTLED]
    wanted = [*of_findings(i.finding for i in items if i.finding not in ahead)]
    if not config.select:  # the rest has no rule of its own
        wanted += of_catalog(reading.live, reading.declared)
    inside = _inside(reading, config)
    found, stuck = patches([w for w in wanted if inside(*w.place)], reading.declared)
    files = rewritten(found)
    if options.write:
        write_files(files, reading.project.home if reading.project else Path.cwd())
    unfilled = () if config.identity else _unfilled(plan, reading, {w.place for w in wanted})
    return Patched(files, stuck, options.write, tuple(f.place for f in ahead), unfilled)


def _unfilled(
    plan: Plan, reading: Reading, patched_places: Collection[tuple[Name, str]]
) -> tuple[Place, ...]:
    """The keys of models that nothing generates, and whose repair asks for no other model.

    A uuid key is none of them: its model may fill it as well as the database.
    """
    places = (
        item.finding.place
        for item in plan.items
        if item.finding.severity in rule_of(item.finding.rule).unfilled_at
        and isinstance(item.remedy, Remedy)
        and item.finding.place.table in reading.declared.table_of
    )
    types = {(t.name, c.name): c.base_type for t in reading.live.tables for c in t.columns}
    return tuple(
        place
        for place in places
        if place.column
        and place.at_column not in patched_places
        and types.get(place.at_column) != "uuid"
    )


def _check_models(reading: Reading, config: Config) -> None:
    named = selection.named(reading.known, config.table)
    spoken_of = selection.speaks_of(reading.live, config.schema, named, reading.left_out.all)
    if any(spoken_of(table.name) for table in reading.declared.tables):
        return
    if reading.project is None:
        raise UsageProblem(
            "nothing to patch: models belong to an Alembic project, and there is none here",
            "Run it in the folder of alembic.ini.",
        )
    raise UsageProblem(
        "nothing to patch: no model of this project declares a table that is asked for",
        "What is discovered here: remediate doctor",
    )


def _inside(reading: Reading, config: Config) -> Callable[[Name, str], bool]:
    """Whether a column is one that the command speaks of, and whose model is to follow."""
    named = selection.named(reading.known, config.table)
    spoken_of = selection.speaks_of(reading.live, config.schema, named, reading.left_out.all)

    def inside(table: Name, column: str) -> bool:
        if (table, column) in reading.left_out.columns:
            return False
        return spoken_of(table) and right_side(table, column, config.right) == DATABASE

    return inside


def rewritten(patches: Sequence[Patch]) -> tuple[Rewritten, ...]:
    """Each file with all of its changes; nothing is written."""
    by_file: dict[str, list[Change]] = {}
    for patch in patches:
        changes = by_file.setdefault(patch.source.file, [])
        if patch.change not in changes:  # of a mixin, which several tables share
            changes.append(patch.change)
    return tuple(_rewritten(file, changes) for file, changes in sorted(by_file.items()))


def _rewritten(file: str, changes: Sequence[Change]) -> Rewritten:
    try:
        with Path(file).open(encoding="utf-8", newline="") as source:
            before = source.read()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(f"{file} cannot be read: {error}", "Nothing was written.") from error
    made = patched(before, changes)
    return Rewritten(file, before, made.source, made.done, made.refused)


def write_files(files: Sequence[Rewritten], home: Path) -> None:
    """All files or none, each with its mode; a killed run is finished by the next in `home`.

    Raises UsageProblem where one of them may not be written, and OSError where one cannot be.
    """
    changed = [file for file in files if file.before != file.after]
    for file in changed:
        if not os.access(file.file, os.W_OK) or not os.access(Path(file.file).parent, os.W_OK):
            raise UsageProblem(f"{file.file} is not writable", "Nothing was written.")
    if changed:
        with explained():
            landing.land([_whole(file) for file in changed], home)


def _whole(file: Rewritten) -> landing.File:
    path = Path(file.file).resolve()
    mode = stat.S_IMODE(path.stat().st_mode)
    return landing.File(path, file.after.encode(), mode, replaces=True)
