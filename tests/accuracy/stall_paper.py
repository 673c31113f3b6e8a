"""The table of locks of docs/accuracy.md, made of what was observed on each server."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from tests.accuracy.stalls import Observed, Part

HEAD = (
    "repair", "rule", "PostgreSQL", "strongest lock on a table", "reads wait", "INSERT waits",
    "table rewritten", "every row read",
)  # fmt: skip


def tables(observed: Sequence[Observed]) -> str:
    """The repairs, one line for all versions that behave alike, and where a prediction differs."""
    lines = [HEAD, ["---"] * len(HEAD), *_rows(observed)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"### Locks and stalls\n\n{table}\n\n### Where a prediction differs\n\n{_differences(observed)}"


def _rows(observed: Iterable[Observed]) -> Iterator[Sequence[str]]:
    for _, several in groupby(observed, key=lambda one: one.repair):
        alike: dict[tuple[Part, Part | None], list[int]] = {}
        for one in several:
            alike.setdefault((one.together, one.alone), []).append(one.version)
            repair = one.repair
        for (together, alone), versions in alike.items():
            on = ", ".join(map(str, sorted(versions)))
            if together != Part() or not alone:
                yield _row(repair.name, repair.rule, on, together)
            if alone:
                yield _row(f"{repair.name}, in autocommit", repair.rule, on, alone)


def _row(name: str, rule: str, versions: str, part: Part) -> Sequence[str]:
    answers = (part.reads_wait, part.writes_wait, part.rewritten, part.scanned)
    return name, rule, versions, part.lock or "none", *("yes" if a else "no" for a in answers)


def _differences(observed: Iterable[Observed]) -> str:
    lines = [
        f"- {one.repair.name} ({one.repair.rule}), PostgreSQL {one.version}: {difference}"
        for one in observed
        for difference in one.differences
    ]
    return "\n".join(lines) or "None: every lock and every rewrite was as predicted."


def measured(observed: Sequence[Observed], processors: int) -> str:
    """The longest transactions of this run; they differ from run to run."""
    rewriting = [one.seconds for one in observed if one.together.rewritten]
    others = [one.seconds for one in observed if not one.together.rewritten]
    return (
        f"Measured on a machine with {processors} processors, 20,000 rows a table: the locks of a "
        f"repair that rewrites its table were held for at most {max(rewriting):.1f} s, those of "
        f"any other for at most {max(others):.1f} s."
    )
