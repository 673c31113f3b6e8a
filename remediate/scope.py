"""Which tables a command is about, and which rules."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

from remediate.errors import UsageProblem
from remediate.finding import Rule
from remediate.schema import Name
from remediate.snapshot import Snapshot


def matches(name: Name, patterns: Iterable[str]) -> bool:
    """Whether a glob fits the name, or schema.name."""
    return any(
        fnmatchcase(name.name, p) or fnmatchcase(f"{name.schema}.{name.name}", p) for p in patterns
    )


def named(live: Snapshot, patterns: Sequence[str]) -> frozenset[Name]:
    """The tables that were asked for by name.

    Raises UsageProblem for a pattern that fits no table, with the nearest names: half of the names
    in an incident report are misremembered.
    """
    for pattern in patterns:
        if not any(matches(name, [pattern]) for name in live.table_of):
            raise UsageProblem(f"no table is called {pattern!r}", _nearest(live, pattern))
    return frozenset(name for name in live.table_of if matches(name, patterns))


def check_references(live: Snapshot, references: Mapping[str, str]) -> None:
    """Raises UsageProblem for a table in [tool.remediate.references] that does not exist."""
    known = {n.name for n in live.table_of} | {f"{n.schema}.{n.name}" for n in live.table_of}
    for column, table in references.items():
        if table and table not in known:
            raise UsageProblem(
                f"[tool.remediate.references] says that {column} means {table!r}: there is no such "
                "table",
                _nearest(live, table),
            )


def speaks_of(
    live: Snapshot,
    schemas: Sequence[str],
    tables: frozenset[Name],
    left_out: frozenset[Name] = frozenset(),
) -> Callable[[Name], bool]:
    """Whether a table is among those that the command is about; a partition follows its root.

    What the project itself leaves out is never among them.

    Rules see the whole database all the same: siblings and references are evidence.
    """

    def inside(name: Name) -> bool:
        root = _root(name, live)
        return (
            root not in left_out
            and (not tables or root in tables)
            and (not schemas or any(fnmatchcase(root.schema, p) for p in schemas))
        )

    return inside


def chosen(rules: Sequence[Rule], select: Sequence[str], ignore: Sequence[str]) -> list[Rule]:
    """The rules that --select and --ignore leave; raises UsageProblem for an unknown code."""
    codes = [rule.code for rule in rules]
    for code in (*select, *ignore):
        if code.upper() not in codes:
            raise UsageProblem(f"there is no rule {code!r}", f"Known: {', '.join(codes)}")
    wanted = {c.upper() for c in select} or {r.code for r in rules if not r.asked_for}
    return [r for r in rules if r.code in wanted - {c.upper() for c in ignore}]


def _root(name: Name, live: Snapshot) -> Name:
    return live.root(live.table_of[name]).name if name in live.table_of else name


def _nearest(live: Snapshot, pattern: str) -> str:
    known = {n.name: str(n) for n in live.table_of} | {str(n): str(n) for n in live.table_of}
    near = sorted({known[m] for m in get_close_matches(pattern, known, n=3, cutoff=0.6)})
    return f"Did you mean {' or '.join(near)}?" if near else "See what there is: remediate plan -v"
