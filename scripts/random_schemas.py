"""Random broken schemas by their seeds: how each fares, and the smallest one that fails so.

    scripts/random_schemas.py 17                 what goes wrong with the schema of seed 17
    scripts/random_schemas.py 17 --shrink        the part of it that is enough for that
    scripts/random_schemas.py 17 --show          its statements and models
    scripts/random_schemas.py 0-299 --jobs 2     300 of them, by kind of failure

Run it with `.venv-dev/bin/python`. Exits with 1 if one fails.
"""

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from remediate.rehearsal.scratch import Server, scratch
from tests.random import ddl, generator, models
from tests.random.failures import kind
from tests.random.round_trip import travel
from tests.random.schema import Schema

MEMORY = Path("/dev/shm")
_ENDING = ExitStack()


@cache
def server() -> Server:
    """The server of this process."""
    return _ENDING.enter_context(scratch())


def failures(schema: Schema) -> dict[str, str]:
    """What goes wrong, the first of each kind."""
    where = MEMORY if MEMORY.exists() else None
    with tempfile.TemporaryDirectory(dir=where) as folder:
        outcome = travel(schema, server(), Path(folder) / "project")
    return {kind(failure, schema): str(failure) for failure in reversed(outcome.failures)}


def of_seed(seed: int, without: Sequence[str]) -> dict[str, str]:
    """What goes wrong with the schema of this seed, without some of its parts."""
    return failures(generator.schema(seed).less(without))


def shrunk(schema: Schema, wanted: str) -> tuple[Schema, list[str]]:
    """The schema without every part that this kind of failure does not need, and their labels."""
    gone: list[str] = []
    for label in [*schema.labels()]:
        smaller = schema.less([label])
        if smaller != schema and wanted in failures(smaller):
            schema = smaller
            gone.append(label)
    return schema, gone


def survey(seeds: range, without: Sequence[str], jobs: int) -> dict[str, list[tuple[int, str]]]:
    """Every kind of failure, with the seeds that fail so; each seed is printed when it is done."""
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    with ProcessPoolExecutor(jobs) as pool:
        for seed, kinds in zip(
            seeds, pool.map(of_seed, seeds, [without] * len(seeds)), strict=True
        ):
            print(seed, *(kinds or ["ok"]), sep="\n  ", file=sys.stderr, flush=True)
            for one, text in kinds.items():
                found[one].append((seed, text))
    return found


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("seeds", help="a number, or FIRST-LAST")
    parser.add_argument("--jobs", type=int, default=1, help="schemas at a time")
    parser.add_argument("--without", action="append", default=[], help="a part, as --show names it")
    parser.add_argument("--shrink", action="store_true", help="leave out what is not needed")
    parser.add_argument("--show", action="store_true", help="print the statements and the models")
    return parser.parse_args()


def show(schema: Schema) -> None:
    """Print what a schema is made of."""
    print("parts:", *schema.labels(), sep="\n  ")
    print("options:", *schema.options)
    print(ddl.script(schema), models.source(schema), sep="\n")


def main() -> int:
    given = arguments()
    first, _, last = given.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    if given.show:
        show(generator.schema(seeds[0]).less(given.without))
        return 0
    found = survey(seeds, given.without, given.jobs)
    for one, places in sorted(found.items(), key=lambda item: -len(item[1])):
        print(f"\n{len(places)} x {one}\nseeds {[seed for seed, _ in places]}\n{places[0][1]}")
    print(f"\n{len({seed for p in found.values() for seed, _ in p})} of {len(seeds)} fail.")
    for one in found if given.shrink else ():
        schema, gone = shrunk(generator.schema(seeds[0]).less(given.without), one)
        print(f"\n{one}\n--without {' --without '.join(f'{label!r}' for label in gone)}")
        show(schema)
    _ENDING.close()
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
