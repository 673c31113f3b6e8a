"""The ways that findings leave open, as rules offer them: sides, values, types, times."""

import shlex
from collections.abc import Iterator
from dataclasses import replace

from remediate.analysis.facts import candidate_of
from remediate.analysis.families import cost_of_following
from remediate.analysis.models import DATABASE, MODELS, ModelTypeFacts, cost_in_words, decided_side
from remediate.findings.alternative import Offer, Way
from remediate.findings.facts import part_of
from remediate.findings.finding import Ask, Finding, Options
from remediate.findings.reasons import as_key
from remediate.findings.remedy import Manual, Remedy
from remediate.snapshots.live import Live
from remediate.snapshots.references import Candidate

BY_APPROVAL = "approve this finding"
_FILLED = "what generates the ids"
SIDE = "which side changes"
_VALUES = "values that do not convert"
_ORPHANS = "values without a parent"
_WHEN = "when the rows are rewritten"
_UUID = "what generates the uuid"
_TABLE = "what to do with a model without a table"


def ignored(finding: Finding) -> str:
    """The setting with which a finding may stay."""
    return f'[tool.remediate.ignore] {as_key(finding.id)} = "why it may stay"'


def of_key(finding: Finding, _live: Live, options: Options, ask: Ask) -> tuple[Offer, ...]:
    """A sequence, an identity, or ids of the application."""
    if finding.place.table is None:
        return _of_all_keys()
    apart = "omit --identity"
    without = replace(options, identity=False), replace(options, identity=True)
    return (
        Offer(
            _FILLED, "a sequence of its own, as with serial",
            BY_APPROVAL if not options.identity else apart, Way.DATABASE, ask(without[0]),
            taken=not options.identity,
        ),
        Offer(
            _FILLED, "an identity column", "--identity", Way.DATABASE, ask(without[1]),
            taken=options.identity,
        ),
        Offer(
            _FILLED, "the application supplies every id", ignored(finding), Way.NOTHING,
            then="every INSERT without an id fails, as now",
        ),
    )  # fmt: skip


def _of_all_keys() -> tuple[Offer, ...]:
    """Where nothing tells who fills any key of the database."""
    answer = "[tool.remediate] generated-keys"
    return (
        Offer(
            _FILLED, "the database generates ids", f'{answer} = "database"', Way.DATABASE,
            then="remediate reports each of these keys, with a repair",
        ),
        Offer(
            _FILLED, "the application supplies every id", f'{answer} = "application"', Way.NOTHING,
            then="every INSERT without an id fails, as now",
        ),
    )  # fmt: skip


def of_uuid(_finding: Finding, _live: Live, options: Options, ask: Ask) -> tuple[Offer, ...]:
    """Random, ordered by time, or made by the models."""
    made = (("v4", "a random uuid, version 4"), ("v7", "a uuid ordered by time, version 7"))
    return (
        *(
            Offer(
                _UUID, title, f"--uuid {uuid}", Way.DATABASE, ask(replace(options, uuid=uuid)),
                taken=options.uuid == uuid,
            )
            for uuid, title in made
        ),
        Offer(
            _UUID, "the models generate it", "default=uuid.uuid4 in the model", Way.MODELS,
            then="an INSERT without an id outside of the models fails, as now",
        ),
    )  # fmt: skip


def of_reference(finding: Finding, live: Live, options: Options, ask: Ask) -> tuple[Offer, ...]:
    """Declared or not, now or in a window; and what becomes of values in the way."""
    candidate = candidate_of(finding, live)
    does = "declare the foreign key" if candidate.fits else "convert the column, and declare it"
    unchecked = "PostgreSQL accepts values without a parent"
    no_join = "" if candidate.fits else "; joins need a cast and use no index"
    place = f"{candidate.table.schema}.{candidate.table.name}.{candidate.column}"
    return (
        _repair(SIDE, does, ask(options)),
        *_of_model(candidate, f"{unchecked}{no_join}"),
        Offer(
            SIDE, "the column references no key", f'[tool.remediate.references] {as_key(place)} = '
            '""',
            Way.NOTHING, then=f"{unchecked}, and remediate does not ask again",
        ),
        *_of_values(candidate, options, ask),
        *_of_window(options, ask),
    )  # fmt: skip


def _repair(question: str, title: str, outcome: Remedy | Manual) -> Offer:
    """What the plan does; only once what is in the way is decided, where something is."""
    by_hand = isinstance(outcome, Manual)
    how = "resolve what prevents it, then approve this finding" if by_hand else BY_APPROVAL
    return Offer(question, title, how, Way.DATABASE, outcome, taken=True)


def _of_model(candidate: Candidate, then: str) -> Iterator[Offer]:
    if candidate.model:
        title = "remove ForeignKey from the model"
        title += "" if candidate.fits else f", and declare {candidate.type} there"
        yield Offer(SIDE, title, "by hand, in the model", Way.MODELS, then=then)


_CORRECT = "correct them first"
_NULL = "set them to NULL, and keep the old values in a table"
_KEEP = "keep them: the constraint holds for new rows only"


def _of_values(candidate: Candidate, options: Options, ask: Ask) -> Iterator[Offer]:
    """Each question as if the other one were answered: what is in the way of both hides neither."""
    found = candidate.evidence
    values = "null" if options.values == "stop" else options.values
    orphans = "null" if options.orphans == "stop" else options.orphans
    if found and found.inconvertible and not candidate.fits:
        for answer, title in (("stop", _CORRECT), ("null", _NULL)):
            outcome = ask(replace(options, values=answer, orphans=orphans))
            yield Offer(
                _VALUES, title, f"--values {answer}", Way.DATABASE, outcome,
                taken=options.values == answer,
            )  # fmt: skip
    if found and found.orphans:
        for answer, title in (("stop", _CORRECT), ("null", _NULL), ("keep", _KEEP)):
            outcome = ask(replace(options, values=values, orphans=answer))
            yield Offer(
                _ORPHANS, title, f"--orphans {answer}", Way.DATABASE, outcome,
                taken=options.orphans == answer,
            )  # fmt: skip


def _of_window(options: Options, ask: Ask) -> Iterator[Offer]:
    """Where tables are too large for a short lock."""
    narrow = ask(replace(options, offline_window=False))
    if not isinstance(narrow, Manual):
        return
    wide = ask(replace(options, offline_window=True))
    if narrow != wide:
        yield Offer(
            _WHEN, "in a maintenance window", "--offline-window", Way.DATABASE, wide,
            taken=options.offline_window,
        )  # fmt: skip
        yield Offer(
            _WHEN, "not now", "omit --offline-window", Way.NOTHING, narrow,
            taken=not options.offline_window,
        )  # fmt: skip


def of_table(finding: Finding, _live: Live, options: Options, ask: Ask) -> tuple[Offer, ...]:
    """A model without a table: nobody but a person knows whether it is wanted."""
    unused = "INSERTs by this model keep failing (42P01)"

    def choose(answer: str) -> str:
        reason = "" if answer == "create" else " --reason TEXT"
        return f"remediate review PLAN --choose {shlex.quote(f'{finding.id}={answer}')}{reason}"

    return (
        Offer(_TABLE, "create its table", choose("create"), Way.DATABASE, ask(options)),
        Offer(
            _TABLE, "keep the model as code only", choose("code-only"), Way.NOTHING, then=unused
        ),
        Offer(
            _TABLE, "delete the model", choose("delete"), Way.MODELS,
            then="delete it by hand, once the lines that name it have changed",
        ),
    )  # fmt: skip


def of_room(finding: Finding, _live: Live, options: Options, ask: Ask) -> tuple[Offer, ...]:
    """Wider types now or later: until ids end, or outgrow what refers to them, all works."""
    if window := tuple(_of_window(options, ask)):
        return window
    refers = finding.place.constraint is not None
    then = "no row can reference an id that is too large for its column (22003)"
    then = then if refers else "INSERT fails once no id is left"
    return (
        _repair(_WHEN, "now", ask(options)),
        Offer(_WHEN, "later", ignored(finding), Way.NOTHING, then=then),
    )


def of_sides(finding: Finding, live: Live, options: Options, ask: Ask) -> tuple[Offer, ...]:
    """The model or the database, or neither: which of them is right is a decision."""
    place = finding.place.at_column
    name = f"{place.table.schema}.{place.table.name}.{place.column}"
    taken = decided_side(*place, options.right) or DATABASE
    follows = ask(replace(options, right={name: DATABASE}))
    by_models = isinstance(follows, Manual)
    return (
        Offer(
            SIDE, "change the model to the type of the database", "remediate models --write",
            Way.MODELS if by_models else Way.DATABASE, follows, taken=taken == DATABASE,
        ),
        Offer(
            SIDE, "convert the column to the type of the model", f"--right "
            f"{shlex.quote(f'{name}=models')}",
            Way.DATABASE, *_following(finding, live, ask(replace(options, right={name: MODELS}))),
            taken=taken == MODELS,
        ),
        stays(finding),
    )  # fmt: skip


def _following(
    finding: Finding, live: Live, outcome: Remedy | Manual
) -> tuple[Remedy | Manual | None, str]:
    """What becomes of the database, and its size where the columns are read only once chosen."""
    model = part_of(finding.facts, ModelTypeFacts)
    wider = model is not None and model.model_type == "bigint"
    if isinstance(outcome, Remedy) or not wider or finding.place.at_column in live.members:
        return outcome, ""
    return None, cost_in_words(cost_of_following(*finding.place.at_column, live))


def stays(finding: Finding) -> Offer:
    """Model and database go on differing."""
    then = "drivers that send the type of the model still meet another type"
    return Offer(SIDE, "leave both as they are", ignored(finding), Way.NOTHING, then=then)
