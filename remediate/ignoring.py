"""What the project's settings leave out, each with a reason: rules, and findings by their ids."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from remediate.finding import Finding

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


def unused(found: Iterable[Ignored], reasons: Mapping[str, str]) -> tuple[str, ...]:
    """The patterns of ids that fit none of what was found.

    Whole rules are never among them: not to be asked is a policy, which holds with nothing to find.
    """
    ids = [one.what for one in found]
    patterns = [p for p in reasons if not whole_rules([p])]
    return tuple(p for p in patterns if not any(_fits(i, p) for i in ids))


def _fits(id_: str, pattern: str) -> bool:
    """Exactly first: a name may hold what is a wildcard in a glob."""
    code, colon, rest = pattern.partition(":")
    pattern = code.upper() + colon + rest
    return id_ == pattern or fnmatchcase(id_, pattern)
