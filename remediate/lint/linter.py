"""From the text of revisions to what is unsafe in them, and to what they leave behind."""

import ast
from collections.abc import Iterable, Iterator

from remediate.lint import key_checks, step_checks, table_checks, type_checks
from remediate.lint.evaluate import evaluate
from remediate.lint.events import Run, run
from remediate.lint.knowing import known as known_of
from remediate.lint.knowing import started
from remediate.lint.queries import is_offline_aware
from remediate.lint.state import State
from remediate.lint.text import Text
from remediate.lint.values import NOTHING, Known, Unsafe
from remediate.lint.walk import Walker

_CHECKS = (
    type_checks.without_using,
    type_checks.left_narrow,
    key_checks.lost,
    key_checks.late_bound,
    key_checks.dropped_sequence,
    table_checks.bare_keys,
    table_checks.copies,
    step_checks.swallowed,
    step_checks.cascading,
    step_checks.together,
)
_REFUSED = "@-+:"  # alembic.script.revision._revision_illegal_chars


def lint(source: str, known: Known = NOTHING) -> tuple[Unsafe, ...]:
    """What is unsafe in a revision, by line. Raises SyntaxError where it is no Python."""
    walker = Walker(source)
    found = list(_identified(walker, known))
    steering = not is_offline_aware(walker.tree)
    for made in _runs(walker, started(known)):
        for check in _CHECKS:
            found += check(made)
        found += step_checks.steered(made) if steering else ()
    return step_checks.once(found)


def learn(sources: Iterable[str], known: Known = NOTHING) -> Known:
    """What these revisions leave behind, run in this order upon what is known already."""
    state = started(known)
    for source in sources:
        walker = Walker(source)
        for made in _runs(walker, state):
            state = made.end if made.upgrades else state
    return known_of(state, known.version_width)


def _runs(walker: Walker, before: State) -> Iterator[Run]:
    """Each function; a downgrade starts where its upgrade ends."""
    ends: dict[str, State] = {}
    entries = sorted(walker.entries(), key=lambda node: node.name.startswith("downgrade"))
    for entry in entries:
        way, _, database = entry.name.partition("_")
        start = ends.get(database, before) if way == "downgrade" else before
        made = run(entry.name, walker.steps(entry), start)
        ends.setdefault(database, made.end)
        yield made


def _identified(walker: Walker, known: Known) -> Iterator[Unsafe]:
    """The revision's own id."""
    for node in walker.tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if value is None or "revision" not in {getattr(t, "id", "") for t in targets}:
            continue
        made = evaluate(value, walker.module)
        if isinstance(made, Text) and made.complete:
            yield from _of_id(made.value, node.lineno, known.version_width)


def _of_id(name: str, line: int, width: int) -> Iterator[Unsafe]:
    if len(name) > width:
        message = (
            f"the revision id {name} has {len(name)} characters, and alembic_version.version_num "
            f"holds {width}: the upgrade fails at its end (22001)"
        )
        yield Unsafe("revision-id-too-long", line, "", message, "", error=True)
    refused = sorted(set(name) & set(_REFUSED))
    if refused:
        message = f"Alembic does not take {' or '.join(refused)} in the revision id {name}"
        yield Unsafe("revision-id-refused", line, "", message, "", error=True)
