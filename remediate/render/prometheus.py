"""What is found as metrics in Prometheus' text format: for a scrape, or node_exporter's textfile.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from remediate import __version__
from remediate.findings.facts import part_of
from remediate.findings.finding import Finding
from remediate.plans.headroom import Room
from remediate.plans.plan import Item, Plan
from remediate.postgres.sql import commented
from remediate.rules.sequences.sequence_behind import SequenceBehindFacts

_ESCAPES = {"\\": r"\\", '"': r"\"", "\n": r"\n"}
Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Metric:
    """A gauge with its samples; without one it is not printed."""

    name: str
    help: str
    samples: tuple[tuple[Labels, float], ...]


def render(plan: Plan, new: Sequence[Item] | None = None) -> str:
    """The gauges of a plan; `new` are the items that no baseline accepts, where one was compared.

    Each has the labels `database` and `host`. It ends without a line feed, as all that is printed.
    """
    base: Labels = (("database", plan.database.name), ("host", plan.database.host))
    metrics = (*_of_run(plan), *_of_findings(plan), *_of_keys(plan.headroom))
    if new is not None:
        told = "Findings that the baseline does not accept."
        metrics = (*metrics, _one("new_findings", told, len(new)))
    return "\n".join(line for metric in metrics for line in _lines(metric, base))


def _of_run(plan: Plan) -> Iterator[_Metric]:
    versions = (("version", __version__), ("server_version", plan.database.version_text))
    info = "The version of remediate, and of the PostgreSQL that it read."
    yield _Metric("info", info, ((versions, 1),))
    if plan.made:
        made = datetime.fromisoformat(plan.made.at).timestamp()
        yield _one("run_timestamp_seconds", "When the database was read, in Unix time.", made)
    if plan.run:
        yield _one("run_seconds", "Seconds that it took to read the database.", plan.run.seconds)
    yield _one("tables", "Tables with a primary key that were read.", plan.tables)
    yield _one("unverified", "Places that could not be verified.", len(plan.unverified))
    if plan.database.version:
        score = "Health score, 0 to 100: higher is better."
        yield _one("health_score", score, plan.assessment.score)


def _of_findings(plan: Plan) -> Iterator[_Metric]:
    findings = [item.finding for item in plan.items]
    counts = Counter((one.rule, one.name, one.severity.value) for one in findings)
    told = "Findings by rule and severity; without a sample where nothing is found."
    yield _Metric("findings", told, tuple(_count(*one) for one in sorted(counts.items())))
    if plan.database.version:
        yield _one("keys_broken", "Keys whose table takes no INSERT now.", _broken(plan))
        ahead = [(_place(one), left) for one in findings if (left := _collision(one)) is not None]
        yield _one("collisions_ahead", "Sequences that will draw an id that exists.", len(ahead))
        until = "Which INSERT from now on draws an id that exists; 1: the next one."
        yield _Metric("inserts_until_collision", until, tuple(ahead))


def _broken(plan: Plan) -> int:
    """Keys, each once, whose findings keep rows out at this moment."""
    stopped = {id_ for id_, one in plan.impacts.items() if one.stops_now}
    places = (item.finding.place for item in plan.items if item.id in stopped)
    return len({(place.table, place.column) for place in places})


def _collision(finding: Finding) -> int | None:
    facts = part_of(finding.facts, SequenceBehindFacts)
    return facts.inserts_until_collision if facts else None


def _of_keys(headroom: Iterable[Room]) -> Iterator[_Metric]:
    rooms = [(_labels(one.table.schema, one.table.name, one.column), one) for one in headroom]
    yield _Metric(
        "key_headroom_ratio",
        "Share of a key's ids that are left, 0 to 1.",
        tuple((labels, max(1 - one.share, 0)) for labels, one in rooms),
    )
    yield _Metric(
        "key_ids_left",
        "Ids that are left of a key.",
        tuple((labels, one.remaining) for labels, one in rooms),
    )
    yield _Metric(
        "key_days_left",
        "Days until a key is full at its present pace, and how sure that is (good, rough, guess); "
        "without a sample where none is known.",
        tuple(
            ((*labels, ("sure", one.pace.pace_sure)), one.days_left)
            for labels, one in rooms
            if one.pace and one.days_left is not None
        ),
    )


def _one(name: str, help_: str, value: float) -> _Metric:
    return _Metric(name, help_, (((), value),))


def _count(key: tuple[str, str, str], number: int) -> tuple[Labels, float]:
    rule, name, severity = key
    return (("rule", rule), ("name", name), ("severity", severity)), number


def _place(finding: Finding) -> Labels:
    table = finding.place.table
    schema, name = (table.schema, table.name) if table else ("", "")
    return _labels(schema, name, finding.place.column or "")


def _labels(schema: str, table: str, column: str) -> Labels:
    return (("schema", schema), ("table", table), ("column", column))


def _lines(metric: _Metric, base: Labels) -> Iterator[str]:
    if not metric.samples:
        return
    name = f"remediate_{metric.name}"
    yield f"# HELP {name} {metric.help}"
    yield f"# TYPE {name} gauge"
    for labels, value in metric.samples:
        told = ",".join(f'{key}="{_escaped(text)}"' for key, text in (*base, *labels))
        yield f"{name}{{{told}}} {value:.15g}"


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(c, c) for c in commented(text))
