"""Write docs/accuracy.md: what the rules find and miss, and what repairs lock.

scripts/accuracy                       print both parts
scripts/accuracy --paper               write them into docs/accuracy.md
scripts/accuracy --only locks          one part
scripts/accuracy --servers FOLDER ...  more servers: folders with their programs (postgres, initdb)
"""

import argparse
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1]))

from readme import replaced

from remediate.postgres import programs
from remediate.rehearsal.scratch import serve
from tests.accuracy import paper, stall_paper
from tests.accuracy.score import judged
from tests.accuracy.stalls import Observed, observe
from tests.conftest import BINARIES
from tests.corpora.repairs import REPAIRS

PAPER = Path(__file__).parents[1] / "docs" / "accuracy.md"
PARTS = ("accuracy", "locks")


def start(part: str) -> str:
    """The mark before what this program writes of a part."""
    return f"<!-- {part}: scripts/accuracy --paper writes what follows -->\n"


def main() -> int:
    given = arguments()
    warnings.simplefilter("ignore", sa.exc.SAWarning)  # keys that models leave to nobody
    servers = {programs.major(f / "postgres"): f for f in (*BINARIES.values(), *given.servers)}
    for part in PARTS if given.only is None else (given.only,):
        text = of_corpora(servers) if part == "accuracy" else of_repairs(servers)
        print(text)
        if given.paper:
            block = f"{start(part)}\n{text}\n\n<!-- /{part} -->"
            before = PAPER.read_text(encoding="utf-8")
            after = replaced(before, start(part), f"<!-- /{part} -->", block)
            PAPER.write_text(after, encoding="utf-8")
    return 0


def of_corpora(servers: Mapping[int, Path]) -> str:
    """Found and missed, on the newest server: the versions do not differ in it."""
    with serve(servers[max(servers)]) as server:
        return paper.tables(judged(server))


def of_repairs(servers: Mapping[int, Path]) -> str:
    """Locks and stalls on each server."""
    observed: list[Observed] = []
    for version in sorted(servers):
        print(f"PostgreSQL {version} ...", file=sys.stderr, flush=True)
        with serve(servers[version]) as server:
            observed += [observe(server, one) for one in REPAIRS if one.since <= version]
    observed.sort(key=lambda one: REPAIRS.index(one.repair))
    return (
        f"{stall_paper.tables(observed)}\n\n{stall_paper.measured(observed, os.cpu_count() or 1)}"
    )


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    options = argparse.ArgumentParser(
        prog="scripts/accuracy",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--paper", action="store_true", help="write docs/accuracy.md")
    options.add_argument("--only", choices=PARTS, help="one part")
    options.add_argument("--servers", nargs="*", type=Path, default=[], metavar="FOLDER")
    return options.parse_args(words)


if __name__ == "__main__":
    sys.exit(main())
