"""What a finding is made of, and the read-only queries that show it, for psql."""

from collections.abc import Iterator

from remediate.analysis.facts import bad_values_of, query_of
from remediate.findings.facts import facts_as_json
from remediate.findings.finding import Finding

_SHOWN_ELSEWHERE = ("place", "query", "bad_values", "used_at", "files_read", "tracked")


def evidence(finding: Finding) -> str:
    """What the finding is made of, on one line."""
    values = facts_as_json(finding.facts)
    facts = {k: v for k, v in values.items() if k not in _SHOWN_ELSEWHERE}
    shown = {k: v for k, v in facts.items() if v not in (None, [], "", False)}
    return "; ".join(f"{key.replace('_', ' ')}: {_fact(value)}" for key, value in shown.items())


def _fact(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(map(str, value.values()))
    if isinstance(value, list):
        return ", ".join(".".join(map(str, v)) if isinstance(v, list) else _fact(v) for v in value)
    return str(value)


def queries(finding: Finding) -> Iterator[tuple[str, str]]:
    """What each of them shows, and its text."""
    if finding.query:
        yield "shows it", finding.query
    if counts := query_of(finding):
        yield "counts the values", counts
    for one in bad_values_of(finding):
        if one.query:
            count = one.why if one.count is None else f"{one.count:,}"
            yield f"lists the values that are {one.kind} ({count})", one.query


def psql(finding: Finding) -> str:
    """All of them as one script, each under a comment; "" where there is none."""
    return "\n".join(f"-- {what}\n{text};" for what, text in queries(finding))
