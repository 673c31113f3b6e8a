"""Compare `remediate` with programs that users know, in turns: the machine's noise hits both."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import bench_generate
import bench_many
import bench_plan
from measuring import Command, Figure, in_turns, ratios, seconds, table

from remediate.rehearsal import scratch

ROOT = Path(__file__).parents[1]
PAPER = ROOT / "docs" / "speed.md"
MANY = 50_000  # tables
TEXT = """\
# How fast it is

For those who want to know what a run costs before they start one. `scripts/bench` measures it, and
writes this page (`--paper`): whole commands beside programs that you know, in turns on one machine
with {processors} processors, PostgreSQL 18 on the same machine, {rounds} rounds. A ratio is that of
one round, and the median counts. Run it on your own machine.

{table}

- The tables have serial keys and identities. Every tenth has a key that nothing generates, every
  fiftieth is partitioned, and each refers to two others.
- `plan -f json` reads only the database, by its URL. Its bare statements are what it asks the
  server, sent by psycopg, with nothing made of the answers.
- What models add is the time that a plan in a project takes longer, beside importing the same
  models: a mapped class for each table.
- `plan --targets` reads four databases of a server at a time. It starts once for all of them.
- `generate` includes everything: the start of the scratch server, every revision up, down and up.
- "Before ANALYZE" is a database as it is after a restore.
- "At most" is a goal of this project. It is not met where the last column has no.
"""


def main() -> int:
    """Exits with 1 where a target is missed."""
    given = arguments()
    figures = []
    for one in figures_of(given):
        figures.append(one)
        print(" | ".join(one.cells), file=sys.stderr, flush=True)
    print(table(figures))
    if given.paper:
        text = TEXT.format(processors=os.cpu_count(), rounds=given.rounds, table=table(figures))
        PAPER.write_text(text, encoding="utf-8")
    if given.json:
        values = [{**asdict(one), "median": one.median, "met": one.is_met} for one in figures]
        given.json.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
    return int(not all(one.is_met for one in figures))


def arguments() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    options.add_argument("tables", nargs="*", type=int, default=[1000, 10000])
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--json", type=Path, help="write the figures to this file, too")
    options.add_argument("--paper", action="store_true", help="write docs/speed.md")
    options.add_argument("--quick", action="store_true", help="few tables and rounds, for CI")
    given = options.parse_args()
    if given.quick:
        given.tables, given.rounds = [*bench_plan.QUICK], 3
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
    if given.quick:
        return
    with scratch.scratch() as server:
        yield from bench_many.measured(server, given.rounds)
        yield bench_plan.memory(server, MANY)
    yield from bench_generate.measured(given.rounds)


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
