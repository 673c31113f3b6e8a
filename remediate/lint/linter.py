"""From the text of revisions to what is unsafe in them, and to what they leave behind."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from remediate.lint import (
    key_changes,
    key_checks,
    mirror,
    remarks,
    step_checks,
    swaps,
    type_checks,
)
from remediate.lint.evaluate import evaluate
from remediate.lint.events import Run, run_function
from remediate.lint.handlers import handler_lines
from remediate.lint.queries import is_offline_aware
from remediate.lint.scope import Text
from remediate.lint.state import State, initial_state, known_from
from remediate.lint.values import NOTHING, Known, Unsafe
from remediate.lint.walk import Walker

_CHECKS = (
    type_checks.type_without_using,
    type_checks.default_not_cast,
    type_checks.reference_mistyped,
    type_checks.reference_left_mistyped,
    type_checks.sequence_left_narrow,
    key_checks.key_without_default,
    key_checks.copy_without_default,
    key_checks.generator_dropped,
    key_checks.default_late_bound,
    key_checks.default_of_dropped_sequence,
    swaps.generator_shared,
    swaps.copy_in_place,
    swaps.key_dropped,
    key_changes.key_made_nullable,
    key_changes.key_of_new_column,
    key_changes.key_not_declared,
    key_changes.seeded_ids,
    key_changes.sequence_not_created,
    step_checks.failure_swallowed,
    step_checks.downgrade_cascades,
    step_checks.several_statements,
    step_checks.statement_not_read,
)
_REMARKS = (
    remarks.upgrade_cascades, remarks.table_dropped, remarks.rows_lost, remarks.constraint_unnamed,
)  # fmt: skip
_REFUSED = "@-+:"  # alembic.script.revision._revision_illegal_chars


def lint(source: str, known: Known = NOTHING) -> tuple[Unsafe, ...]:
    """What is unsafe in a revision, by line. Raises SyntaxError where it is no Python."""
    return read(source, known).unsafe


@dataclass(frozen=True, slots=True)
class Linted:
    """What is unsafe in a revision, its functions, and what the next one may know."""

    unsafe: tuple[Unsafe, ...]
    remarks: tuple[Unsafe, ...]  # of the kinds REMARKS, on other lines
    runs: tuple[Run, ...]
    after: Known


def read(source: str, known: Known = NOTHING) -> Linted:
    """A revision upon what is known. Raises SyntaxError where it is no Python."""
    walker, before = Walker(source), initial_state(known)
    made = tuple(runs(walker, before))
    end = next((run.end for run in reversed(made) if run.upgrades), before)
    unsafe = _unsafe(walker, made, known)
    return Linted(
        unsafe, _remarks(walker, made, unsafe), made, known_from(end, known.version_width)
    )


def _remarks(walker: Walker, made: Iterable[Run], unsafe: Iterable[Unsafe]) -> tuple[Unsafe, ...]:
    """One kind a line, where nothing worse is said of that."""
    told = {one.line for one in unsafe} | handler_lines(walker.tree)
    found = [remark for check in _REMARKS for run in made for remark in check(run)]
    found += mirror.unmirrored(walker, made)
    kinds = {remark.line: remark.kind for remark in reversed(found) if remark.line not in told}
    return step_checks.merge(one for one in found if one.kind == kinds.get(one.line))


def _unsafe(walker: Walker, made: Iterable[Run], known: Known) -> tuple[Unsafe, ...]:
    findings = list(_revision_id(walker, known))
    steering = not is_offline_aware(walker.tree)
    for run in made:
        for check in _CHECKS:
            findings += check(run)
        findings += step_checks.query_steers_ddl(run) if steering else ()
    fallback = handler_lines(walker.tree)
    return step_checks.merge(one for one in findings if one.line not in fallback)


def learn(sources: Iterable[str], known: Known = NOTHING) -> Known:
    """What these revisions leave behind, run in this order upon what is known already."""
    state = initial_state(known)
    for source in sources:
        walker = Walker(source)
        for run in runs(walker, state):
            state = run.end if run.upgrades else state
    return known_from(state, known.version_width)


def runs(walker: Walker, before: State) -> Iterator[Run]:
    """Each function; a downgrade starts where its upgrade ends, if PostgreSQL gets there."""
    ends: dict[str, State] = {}
    failed: set[str] = set()
    entries = sorted(walker.entries(), key=lambda node: node.name.startswith("downgrade"))
    for entry in entries:
        way, _, database = entry.name.partition("_")
        start = ends.get(database, before) if way == "downgrade" else before
        run = run_function(entry.name, () if database in failed else walker.steps(entry), start)
        failed |= {database} if run.of_sqlite else set()
        ends.setdefault(database, run.end)
        yield run


def _revision_id(walker: Walker, known: Known) -> Iterator[Unsafe]:
    """The revision's own id."""
    for node in walker.tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        for given in (v for target in targets for v in _given("revision", target, value)):
            name = evaluate(given, walker.module)
            if isinstance(name, Text) and name.complete:
                yield from _check_id(name.value, node.lineno, known.version_width)


def _given(name: str, target: ast.expr | None, value: ast.expr | None) -> Iterator[ast.expr]:
    """What an assignment gives to the name, alone or among others."""
    if value is not None and isinstance(target, ast.Name) and target.id == name:
        yield value
    several = ast.Tuple | ast.List
    if isinstance(target, several) and isinstance(value, several):
        for one, its in zip(target.elts, value.elts, strict=False):
            yield from _given(name, one, its)


def _check_id(name: str, line: int, width: int) -> Iterator[Unsafe]:
    if len(name) > width:
        message = (
            f"the revision id {name} has {len(name)} characters, and alembic_version.version_num "
            f"holds {width}: the upgrade fails at its end (22001)"
        )
        yield Unsafe("revision-id-too-long", line, "", message, "", error=True)
    refused = sorted(set(name) & set(_REFUSED))
    if refused:
        message = f"Alembic does not accept {' or '.join(refused)} in the revision id {name}"
        yield Unsafe("revision-id-refused", line, "", message, "", error=True)
