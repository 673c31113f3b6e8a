"""What holds in a database and its project, what does not, and what nobody could see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from remediate.findings.effects import Aim
from remediate.findings.finding import Confidence, Severity, id_parts
from remediate.findings.remedy import Proposal
from remediate.plans.plan import Item, Plan
from remediate.plans.urgency import most_urgent_first
from remediate.rules import RULES, rule_of
from remediate.snapshots.tables import Name


class Met(StrEnum):
    YES = "ok"
    NO = "not ok"
    UNKNOWN = "not verified"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One aim, and what speaks against it: ids of findings or sentences, the worst first."""

    aim: Aim
    met: Met
    against: tuple[str, ...] = ()
    why: str = ""  # the sentence of the worst, or the reason why it is not verified
    approvable: str = ""  # what `generate --approve` takes against it; "" for nothing


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a plan was made from: as far as that was not read, nothing is shown."""

    asked: frozenset[str]  # rules, by their codes
    columns: frozenset[tuple[Name, str]]  # of keys, of those that were not read
    doubted: tuple[Name, ...] = ()  # tables of which several models differ
    scope: str = ""  # the options that leave only some tables

    @property
    def within(self) -> str:
        """Of what a criterion was met; "" for everything."""
        return f"of the tables that {self.scope} leaves" if self.scope else ""


OF_DATABASE = (Aim.KEYS_GENERATE, Aim.KEYS_LAST, Aim.REFERENCES_TYPED, Aim.REFERENCES_DECLARED)
OF_MODELS = (Aim.MODELS_AGREE, Aim.TABLES_EXIST, Aim.METADATA_TRACKED)
OF_REVISIONS = (Aim.AT_HEAD, Aim.WAITING_SAFE)


def criteria(plan: Plan, grounds: Grounds) -> tuple[Criterion, ...]:
    """Each aim that rules speak against. Raises nothing: what is not known is said."""
    items = most_urgent_first(plan)
    return tuple(
        _judged(aim, items, plan, grounds) for aim in (*OF_DATABASE, *OF_MODELS, *OF_REVISIONS)
    )


def _judged(aim: Aim, items: Sequence[Item], plan: Plan, grounds: Grounds) -> Criterion:
    against = [item for item in items if _speaks_against(item, aim)]
    sure = [item for item in against if item.finding.confidence is not Confidence.POSSIBLE]
    if sure:
        return Criterion(
            aim, Met.NO, tuple(i.id for i in sure), sure[0].finding.message, _approvable(sure)
        )
    if reason := next(_unseen(aim, against, plan, grounds), ""):
        return Criterion(aim, Met.UNKNOWN, tuple(i.id for i in against), reason)
    return Criterion(aim, Met.YES, why="" if aim in OF_REVISIONS else grounds.within)


def _speaks_against(item: Item, aim: Aim) -> bool:
    """A note about a sequence that works is none; a model without a table may be decided."""
    finding = item.finding
    if aim not in rule_of(finding.rule).aims:
        return False
    if aim is Aim.KEYS_LAST:
        return finding.severity is not Severity.INFO
    return aim is not Aim.TABLES_EXIST or item.decision is None


def _approvable(items: list[Item]) -> str:
    """The rule of the worst that has a repair."""
    repairable = (i.finding.rule for i in items if isinstance(i.remedy, Proposal))
    return next(repairable, "")


def _unseen(aim: Aim, possible: list[Item], plan: Plan, grounds: Grounds) -> Iterator[str]:
    """Why nothing is shown, as far as nothing was found."""
    out = {rule.code for rule in RULES if aim in rule.aims and not rule.asked_for} - grounds.asked
    if out:
        yield f"rules about it were left out: {', '.join(sorted(out))}"
    yield from _not_there(aim, plan)
    for one in plan.ignored:
        if aim in _aims_of(one.what):
            yield f"{one.what} is ignored: {one.reason}"
    if aim is Aim.MODELS_AGREE and grounds.doubted:
        yield f"several models declare {grounds.doubted[0]} differently: delete all but one"
    if possible:
        yield f"possible, and yours to decide: {possible[0].finding.message}"
    yield from _unread(aim, plan, grounds)


def _not_there(aim: Aim, plan: Plan) -> Iterator[str]:
    if aim in OF_DATABASE and not plan.tables:
        yield "remediate read no table with a primary key"
    if aim not in OF_DATABASE and plan.heads is None:
        yield "there is no Alembic project here"
    if aim in OF_MODELS and not plan.model_tables:
        yield "remediate found no model"


def _unread(aim: Aim, plan: Plan, grounds: Grounds) -> Iterator[str]:
    for one in plan.unverified:
        place = one.place
        of_models = place.table is None and aim in OF_MODELS
        if of_models or (place.table and aim in _about(place.table, place.column, grounds)):
            yield f"{place}: {one.reason}"


def _aims_of(ignored: str) -> tuple[Aim, ...]:
    """Those against which it would speak; of whole rules it is said that they were left out."""
    rule, place = id_parts(ignored)
    return rule_of(rule).aims if place else ()


def _about(table: Name, column: str | None, grounds: Grounds) -> tuple[Aim, ...]:
    """What an unread place leaves open: keys, references, or both."""
    if column is None:
        return OF_DATABASE
    return OF_DATABASE[:2] if (table, column) in grounds.columns else OF_DATABASE[2:]
