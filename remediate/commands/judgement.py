"""Run the rules on all that was read, and keep what they found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from remediate.commands import subject
from remediate.config import Config
from remediate.findings import selection
from remediate.findings.finding import Finding, Options, Rule, Severity, Verdict
from remediate.findings.selection import Ignored, split
from remediate.project.reading import Reading
from remediate.rules import RULES
from remediate.snapshots.tables import Name
from remediate.system import stages

R = TypeVar("R", bound=Reading)
R_co = TypeVar("R_co", bound=Reading, covariant=True)


@dataclass(frozen=True, slots=True)
class Judgement(Generic[R_co]):
    """What the rules say of a whole database; a plan speaks of a part of it."""

    reading: R_co
    options: Options
    rules: Mapping[str, Rule]  # that were asked, by their codes
    ignored: Mapping[str, str]  # by the settings, to the reasons
    verdicts: tuple[Verdict, ...]  # without what the project leaves out

    def within(self, inside: Callable[[Name], bool]) -> tuple[Verdict, ...]:
        """What is said of these tables, and of no table."""
        return tuple(v for v in self.verdicts if v.place.table is None or inside(v.place.table))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is found anywhere, and not ignored."""
        return findings_and_ignored(self.verdicts, self.ignored)[0]

    def again(self, reading: R) -> "Judgement[R]":
        """The same rules, with what the user decided, asked of another reading."""
        verdicts = _asked(reading, self.options, tuple(self.rules.values()))
        return Judgement(reading, self.options, self.rules, self.ignored, verdicts)


def judge(reading: R, config: Config) -> Judgement[R]:
    """Ask the rules that the settings leave.

    Raises UsageProblem for an unknown code or table, and where there is nothing to judge.
    """
    decided = options(reading, config)
    rules = selection.chosen(RULES, config.select, config.ignore)
    subject.check(reading, config, decided, rules)
    stages.begin("asking the rules")
    verdicts = _asked(reading, decided, rules)
    return Judgement(reading, decided, {r.code: r for r in rules}, config.ignored, verdicts)


def _asked(reading: Reading, decided: Options, rules: Sequence[Rule]) -> tuple[Verdict, ...]:
    kept = selection.speaks_of(reading.live, (), frozenset(), reading.left_out.all)
    columns = reading.left_out.columns
    return tuple(
        _with_query(rule, verdict)
        for rule in stages.each(rules)
        for verdict in rule.find(reading.live, reading.declared, decided)
        if (table := verdict.place.table) is None
        or (kept(table) and (table, verdict.place.column) not in columns)
    )


def _with_query(rule: Rule, verdict: Verdict) -> Verdict:
    if isinstance(verdict, Finding):
        return replace(verdict, query=rule.query(verdict))
    return verdict


def findings_and_ignored(
    verdicts: Sequence[Verdict], ignored: Mapping[str, str]
) -> tuple[tuple[Finding, ...], tuple[Ignored, ...]]:
    """The findings among them, the worst first, and what the settings ignore."""
    urgency = list(Severity)
    found = (verdict for verdict in verdicts if isinstance(verdict, Finding))
    return split(sorted(found, key=lambda one: urgency.index(one.severity)), ignored)


def options(reading: Reading, config: Config) -> Options:
    """The user's decisions, as rules and remedies need them."""
    return Options(
        named=selection.named(reading.known, config.table),
        schemas=config.schema,
        selected=frozenset(selection.codes(RULES, config.select)),
        left_out=reading.left_out.all,
        generated_keys=config.generated_keys,
        headroom=config.headroom,
        identity=config.identity,
        uuid=config.uuid,
        offline_window=config.offline_window,
        rows_rewritten=config.rows_rewritten,
        values=config.values,
        orphans=config.orphans,
        on_delete=config.on_delete,
        right=config.right,
    )
