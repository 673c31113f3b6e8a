"""`remediate verify --probe` where nothing was repaired: does every table take a row now?"""

from remediate.analysis.facts import QuestionFacts
from remediate.commands import unshown
from remediate.commands.items import scope
from remediate.commands.judgement import judge
from remediate.commands.progress import Progress
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.findings.facts import part_of
from remediate.findings.finding import Confidence, Finding
from remediate.postgres import client
from remediate.project.reading import Reading
from remediate.rules import rule_of
from remediate.snapshots.tables import Name
from remediate.system import stages
from remediate.system.words import counted
from remediate.verification import health, live_probe
from remediate.verification.observations import Seen
from remediate.verification.result import Outcome, Verification

_TAKEN = {Seen.INSERT_WORKS, Seen.INSERT_WORKS_BELOW_FIRST, Seen.INSERT_WORKS_WITH_KEY}
# What is said of repairs, by whether every table was asked for.
_SOURCES = {
    False: "none are named: every table is tried",
    True: "not looked for: every table is tried",
}


def check(reading: Reading, config: Config, progress: Progress, *, asked: bool) -> Verification:
    """One INSERT for each table in scope, taken back; `asked`: as --every-table says.

    Raises UsageProblem where there is no table in scope, and where no INSERT shows anything.
    """
    judgement = judge(reading, config)
    inside = scope(judgement, config)
    tables = [t for t in reading.live.tables if t.partition_of is None and inside(t.name)]
    if not tables:
        raise UsageProblem(
            "nothing to probe: there is no table here",
            "Leave out --table and --schema, or name others.",
        )
    progress(f"One INSERT for each of {counted(len(tables), 'table')}. {live_probe.COST}")
    keys = health.Keys(_unfilled(judgement.findings), _doubted(judgement.findings))
    stages.begin("INSERT into each table, and take it back")
    with client.connect(reading.libpq) as connection:
        entries = tuple(
            health.check(connection, table, reading.live, keys) for table in stages.each(tables)
        )
    if not any(entry.outcome is Outcome.FAILED or _TAKEN & {*entry.facts} for entry in entries):
        raise unshown.problem(entries)
    database = reading.live.database
    where = f"{database.host}/{database.name}"
    return Verification(where, _SOURCES[asked], entries, probed=True, health=True)


def _unfilled(findings: tuple[Finding, ...]) -> dict[Name, str]:
    """The keys that nothing fills, as far as that is more than possible."""
    return {
        one.place.table: one.place.column
        for one in findings
        if one.severity in rule_of(one.rule).unfilled_at
        and one.confidence is not Confidence.POSSIBLE
        and one.place.table is not None
        and one.place.column is not None
    }


def _doubted(findings: tuple[Finding, ...]) -> frozenset[Name]:
    """The tables of keys that nothing fills, and that may be meant so."""
    possible = [one for one in findings if one.confidence is Confidence.POSSIBLE]
    asked = (part_of(one.facts, QuestionFacts) for one in possible)
    named = {Name(schema, table) for facts in asked if facts for schema, table, _ in facts.keys}
    of_keys = (one for one in possible if one.severity in rule_of(one.rule).unfilled_at)
    return frozenset(named | {one.place.table for one in of_keys if one.place.table})
