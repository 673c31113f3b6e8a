"""The queries of a finding, for whoever wants to see for himself: read-only, for psql."""

from collections.abc import Iterator

from remediate.analysis.facts import bad_values_of, query_of
from remediate.findings.finding import Finding


def queries(finding: Finding) -> Iterator[tuple[str, str]]:
    """What each of them shows, and its text."""
    if counts := query_of(finding):
        yield "counts the values", counts
    for one in bad_values_of(finding):
        yield f"lists the values that are {one.kind} ({one.count:,})", one.query


def psql(finding: Finding) -> str:
    """All of them as one script, each under a comment; "" where there is none."""
    return "\n".join(f"-- {what}\n{text};" for what, text in queries(finding))
