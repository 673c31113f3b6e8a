"""What sets one finding of a rule apart from the others, in a few words for a row of a table."""

from collections.abc import Callable

from remediate.analysis.facts import CandidateFacts, ConstraintFacts
from remediate.findings.facts import part_of
from remediate.findings.finding import Facts, Finding
from remediate.rules.indexes.jsonb_without_gin import JsonbWithoutGinFacts
from remediate.rules.keys.default_borrowed import DefaultBorrowedFacts
from remediate.rules.keys.sequence_not_granted import SequenceNotGrantedFacts
from remediate.rules.models.model_key_type import ModelKeyTypeFacts
from remediate.rules.models.model_reference_type import ModelReferenceTypeFacts
from remediate.rules.references.foreign_key_narrower import ForeignKeyNarrowerFacts
from remediate.rules.sequences.sequence_behind import SequenceBehindFacts
from remediate.rules.sequences.sequence_exhausted import SequenceExhaustedFacts
from remediate.rules.sequences.sequence_narrower import SequenceNarrowerFacts
from remediate.rules.sequences.sequence_shared import SequenceSharedFacts
from remediate.system.words import counted


def brief(finding: Finding) -> str:
    """A few words made of the facts; "" where only the rule's own sentence tells."""
    for kind, told in _TOLD:
        if isinstance(finding.facts, kind):
            return told(finding.facts)
    if reference := part_of(finding.facts, ConstraintFacts):
        return _reference(reference)
    if candidate := part_of(finding.facts, CandidateFacts):
        return _candidate(candidate)
    return ""


def _exhausted(facts: SequenceExhaustedFacts) -> str:
    days, pace = facts.days_left, facts.pace
    when = f", {pace.about} {days:,.0f} days" if pace and days is not None else ""
    return f"{facts.remaining:,} ids left{when}" if facts.remaining else "no id left"


def _behind(facts: SequenceBehindFacts) -> str:
    inserts = facts.inserts_until_collision
    if inserts == 1:
        return f"next id {facts.collision:,} exists"
    return f"collides in {inserts:,} inserts"


def _narrower_sequence(facts: SequenceNarrowerFacts) -> str:
    return f"{facts.sequence.sequence_type} sequence for {facts.key.type}"


def _narrower_reference(facts: ForeignKeyNarrowerFacts) -> str:
    left = f"{facts.remaining:,} ids left; " if facts.remaining is not None else ""
    return f"{left}{_reference(facts.constraint)}"


def _reference(facts: ConstraintFacts) -> str:
    return f"{', '.join(facts.types)} for {', '.join(facts.referenced_types)}"


def _candidate(facts: CandidateFacts) -> str:
    same = facts.referenced_types == (facts.type,)
    types = "" if same else f"{facts.type} for {', '.join(facts.referenced_types)}, "
    return f"{types}to {facts.references}"


def _model_type(facts: ModelKeyTypeFacts | ModelReferenceTypeFacts) -> str:
    return f"{facts.type}, model {facts.model.model_type}"


def _shared(facts: SequenceSharedFacts) -> str:
    return f"{counted(len(facts.columns), 'column')} share it"


_TOLD: tuple[tuple[type[Facts], Callable[..., str]], ...] = (
    (SequenceExhaustedFacts, _exhausted),
    (SequenceBehindFacts, _behind),
    (SequenceNarrowerFacts, _narrower_sequence),
    (SequenceSharedFacts, _shared),
    (ForeignKeyNarrowerFacts, _narrower_reference),
    (ModelKeyTypeFacts, _model_type),
    (ModelReferenceTypeFacts, _model_type),
    (DefaultBorrowedFacts, lambda facts: f"sequence of {facts.lender}"),
    (SequenceNotGrantedFacts, lambda facts: f"not for {', '.join(facts.roles)}"),
    (JsonbWithoutGinFacts, lambda facts: f"{counted(facts.calls, 'call')}"),
)
