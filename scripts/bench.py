"""Compare `remediate` with programs that users know, in turns: the machine's noise hits both."""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import bench_plan
from measuring import Command, Figure, in_turns, ratios, seconds, table

from remediate.rehearsal import scratch

# Ratios of a small run on a busy machine, which only a mistake exceeds.
QUICK = 4.0


def main() -> int:
    """Exits with 1 where a target is missed."""
    given = arguments()
    figures = []
    for one in figures_of(given):
        figures.append(one)
        print(" | ".join(one.cells), file=sys.stderr, flush=True)
    print(table(figures))
    if given.json:
        shown = [{**asdict(one), "median": one.median, "met": one.is_met} for one in figures]
        given.json.write_text(json.dumps(shown, indent=2) + "\n", encoding="utf-8")
    margin = QUICK if given.quick else 1
    return int(any(one.median > one.target * margin for one in figures))


def arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    options.add_argument("tables", nargs="*", type=int, default=[1000, 10000])
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--json", type=Path, help="write the figures to this file, too")
    options.add_argument("--quick", action="store_true", help="300 and 900 tables, wide margins")
    given = options.parse_args()
    if given.quick:
        given.tables, given.rounds = [300, 900], 3
    return given


def figures_of(given: argparse.Namespace) -> Iterator[Figure]:
    """Each as soon as it is measured."""
    yield help_against_alembic(given.rounds)
    sizes: dict[int, tuple[float, ...]] = {}
    with scratch.scratch() as server:
        for tables in given.tables:
            made = bench_plan.measured(server, tables, given.rounds)
            sizes[tables] = made.plan
            yield from made.figures
    if len(sizes) > 1:
        (few, before), *_, (many, after) = sorted(sizes.items())
        title = f"plan -f json from {few:,} to {many:,} tables"
        yield Figure(title, ratios(after, before), 1.1 * many / few)


def help_against_alembic(rounds: int) -> Figure:
    start = (sys.executable, "-m")
    runs = in_turns(
        {
            "remediate": Command((*start, "remediate", "--help"), {}),
            "alembic": Command((*start, "alembic", "--help"), {}),
        },
        rounds,
    )
    ours, theirs = (seconds(runs[name]) for name in ("remediate", "alembic"))
    return Figure("remediate --help / alembic --help", ratios(ours, theirs), 1.0)


if __name__ == "__main__":
    sys.exit(main())
