"""Which tables a command is about, and which rules."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from remediate.errors import UsageProblem
from remediate.findings import lists
from remediate.findings.finding import Finding, Rule
from remediate.snapshots.live import Live
from remediate.snapshots.snapshot import Snapshot
from remediate.snapshots.tables import Name
from remediate.system.words import did_you_mean


def matches(name: Name, patterns: Iterable[str]) -> bool:
    """Whether a glob fits the name, or schema.name; one pattern may list several."""
    return any(lists.fits(word, patterns) for word in _words(name))


def _words(name: Name) -> tuple[str, str]:
    return name.name, f"{name.schema}.{name.name}"


def named(snapshot: Snapshot, patterns: Sequence[str]) -> frozenset[Name]:
    """The tables that were asked for by name.

    Raises UsageProblem for a pattern that fits no table, with the nearest names: half of the names
    in an incident report are misremembered.
    """
    known = [word for name in snapshot.table_of for word in _words(name)] if patterns else []
    for pattern in lists.lacking(patterns, known):
        raise UsageProblem(f"no table is called {pattern!r}", _nearest(snapshot, pattern))
    return frozenset(name for name in snapshot.table_of if matches(name, patterns))


def check_schemas(known: Sequence[str], patterns: Sequence[str]) -> None:
    """Raises UsageProblem for a pattern that fits no schema: else a typo passes for health."""
    for pattern in lists.lacking(patterns, known):
        near = did_you_mean(pattern, known)
        raise UsageProblem(f"no schema is called {pattern!r}", near or f"Known: {', '.join(known)}")


def check_references(live: Live, references: Mapping[str, str]) -> None:
    """Raises UsageProblem for a table in [tool.remediate.references] that does not exist."""
    known = {n.name for n in live.table_of} | {f"{n.schema}.{n.name}" for n in live.table_of}
    for column, table in references.items():
        if table and not {table, lists.bare(table)} & known:
            raise UsageProblem(
                f"[tool.remediate.references] maps {column} to {table!r}: there is no such table",
                _nearest(live, table),
            )


def check_right(columns: Iterable[tuple[Name, str]], right: Iterable[str]) -> None:
    """Raises UsageProblem for a glob of [tool.remediate.right] that fits none of the columns."""
    if right := tuple(right):
        places = [(f"{n.schema}.{n.name}.{c}", f"{n.name}.{c}") for n, c in columns]
        known = [spelling for both in places for spelling in both]
        for glob in (g for g in right if not lists.is_fit(g, known)):
            near = did_you_mean(glob, known)
            raise UsageProblem(
                f"--right, or [tool.remediate.right], names {glob!r}: there is no such column",
                near or "Write it as table.column.",
            )


def speaks_of(
    live: Live,
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
            and (not schemas or lists.fits(root.schema, schemas))
        )

    return inside


def called(rules: Iterable[Rule], word: str) -> Rule | None:
    """The rule of this code or name, in any case, with dashes, underscores or spaces."""
    said = _plain(word)
    return next((r for r in rules if said in (_plain(r.code), _plain(r.name))), None)


def _plain(word: str) -> str:
    return "-".join(re.split(r"[\s_-]+", word.strip().lower()))


def codes(rules: Sequence[Rule], words: Iterable[str]) -> frozenset[str]:
    """The codes of the rules that are named; raises UsageProblem for what names none."""
    found = set()
    for word in lists.parts(words):
        rule = called(rules, word)
        if rule is None:
            raise UsageProblem(f"there is no rule {word!r}", known_rules(rules, word))
        found.add(rule.code)
    return frozenset(found)


def known_rules(rules: Sequence[Rule], word: str) -> str:
    """A hint: which rules are called nearly so, and all that there are."""
    names = {_plain(name): rule.code for rule in rules for name in (rule.code, rule.name)}
    near = did_you_mean(_plain(word), names, cutoff=0.75)
    return f"{near} Known: {', '.join(rule.code for rule in rules)}".lstrip()


def chosen(rules: Sequence[Rule], select: Sequence[str], ignore: Sequence[str]) -> list[Rule]:
    """The rules that --select and --ignore leave.

    Raises UsageProblem for one that is not known, and where none is left: then nothing would be
    judged, and everything look healthy.
    """
    wanted = codes(rules, select) or {r.code for r in rules if not r.asked_for}
    left = wanted - codes(rules, ignore)
    if not left:
        raise UsageProblem(
            f"no rule is left to ask: {', '.join(sorted(wanted))} selected, and ignored as well",
            "Leave one of them out of --ignore, or of [tool.remediate.ignore].",
        )
    return [r for r in rules if r.code in left]


def of_side(
    rules: Sequence[Rule], side: str, select: Sequence[str], ignore: Sequence[str]
) -> list[Rule]:
    """Those of them that are about one side alone, also if otherwise only --select asks them.

    All of them for "", which is a database with its project.
    """
    if not side:
        return chosen(rules, select, ignore)
    every = select or [rule.code for rule in rules if not rule.asked_for or rule.alone == side]
    return [rule for rule in chosen(rules, every, ignore) if rule.alone == side]


def _root(name: Name, live: Live) -> Name:
    return live.root(live.table_of[name]).name if name in live.table_of else name


def _nearest(snapshot: Snapshot, pattern: str) -> str:
    known = {n.name: str(n) for n in snapshot.table_of} | {
        str(n): str(n) for n in snapshot.table_of
    }
    return did_you_mean(pattern, known) or "See what there is: remediate plan -v"


_GLOB = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Ignored:
    """What is left out, and what the settings say about it."""

    what: str  # a rule's code, or a finding's id
    reason: str


def rule_of(pattern: str) -> str:
    """The code that a pattern begins with, "" where that is a glob itself."""
    code = pattern.partition(":")[0].upper()
    return "" if _GLOB & set(code) else code


def whole_rules(patterns: Iterable[str]) -> tuple[str, ...]:
    """The codes among the patterns: these rules are not asked at all."""
    return tuple(p.upper() for p in patterns if ":" not in p and rule_of(p))


def split(
    findings: Iterable[Finding], reasons: Mapping[str, str]
) -> tuple[tuple[Finding, ...], tuple[Ignored, ...]]:
    """The findings that stay, and what is ignored: whole rules, and the others of the findings."""
    kept = []
    out = [Ignored(rule, reasons[p]) for p in reasons for rule in whole_rules([p])]
    for finding in findings:
        why = next((reasons[p] for p in reasons if _fits(finding.id, p)), None)
        if why is None:
            kept.append(finding)
        else:
            out.append(Ignored(finding.id, why))
    return tuple(kept), tuple(out)


def unused(ignored: Iterable[Ignored], reasons: Mapping[str, str]) -> tuple[str, ...]:
    """The patterns of ids that fit none of what was found.

    Whole rules are never among them: not to be asked is a policy, which holds with nothing to find.
    """
    ids = [one.what for one in ignored]
    patterns = [p for p in reasons if not whole_rules([p])]
    return tuple(p for p in patterns if not any(_fits(i, p) for i in ids))


def _fits(id_: str, pattern: str) -> bool:
    """Exactly first: a name may hold what is a wildcard in a glob."""
    code, colon, rest = pattern.partition(":")
    pattern = code.upper() + colon + rest
    return id_ == pattern or lists.is_fit(pattern, (id_, lists.bare(id_)))
