"""`remediate models`: make the models say what the database says."""

from remediate.config import Config
from remediate.decisions import DATABASE, right_side
from remediate.finding import Place
from remediate.patches import Patched, patches
from remediate.planning import planned
from remediate.reading import read
from remediate.write import models


def patch_models(config: Config, *, write: bool) -> Patched:
    """The patches for everything in which the models differ from the database."""
    reading = read(config)
    findings = [
        item.finding
        for item in planned(reading, config).items
        if _is_for_the_model(item.finding.place, config)
    ]
    wanted, stuck = patches(findings, reading.live, reading.declared)
    files = models.rewritten(wanted)
    if write:
        models.write(files)
    return Patched(files, stuck, written=write)


def _is_for_the_model(place: Place, config: Config) -> bool:
    if place.table is None or place.column is None:
        return False
    return right_side(place.table, place.column, config.right) == DATABASE
