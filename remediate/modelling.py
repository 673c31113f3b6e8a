"""`remediate models`: make the models say what the database says."""

from collections.abc import Callable

from remediate import scope
from remediate.config import Config
from remediate.decisions import DATABASE, right_side
from remediate.patches import Patched, of_catalog, of_findings, patches
from remediate.planning import planned
from remediate.reading import Reading, read
from remediate.schema import Name
from remediate.write import models


def patch_models(config: Config, *, write: bool) -> Patched:
    """The patches for everything in which the models differ from the database."""
    reading = read(config)
    wanted = [*of_findings(item.finding for item in planned(reading, config).items)]
    if not config.select:  # the rest has no rule of its own
        wanted += of_catalog(reading.live, reading.declared)
    inside = _inside(reading, config)
    found, stuck = patches([w for w in wanted if inside(*w.place)], reading.declared)
    files = models.rewritten(found)
    if write:
        models.write(files)
    return Patched(files, stuck, written=write)


def _inside(reading: Reading, config: Config) -> Callable[[Name, str], bool]:
    """Whether a column is one that the command speaks of, and whose model is to follow."""
    named = scope.named(reading.live, config.table)
    spoken_of = scope.speaks_of(reading.live, config.schema, named, reading.left_out.all)

    def inside(table: Name, column: str) -> bool:
        if (table, column) in reading.left_out.columns:
            return False
        return spoken_of(table) and right_side(table, column, config.right) == DATABASE

    return inside
