"""What refutes a revision, each defect by its name, made from what the rehearsal saw."""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from remediate.findings.finding import id_parts
from remediate.lint import Unsafe
from remediate.rehearsal import rights
from remediate.rehearsal.result import Defect, Run, Statement
from remediate.rehearsal.rights import INSUFFICIENT_PRIVILEGE
from remediate.rules.revisions.graph_broken import mend, message
from remediate.snapshots.history import Broken, Fault
from remediate.system.words import counted

_DIFFERENT = 40  # lines of a difference that are shown
_RELATION = re.compile(r'relation "([^"]+)" does not exist')
_DRAWN = r"""(?:nextval|setval|currval)\s*\(\s*'["\w.]*\b{name}\b"""
_UNFOUND = re.compile(r'(?:(?:relation|type) "(\w+)"|function (\w+)\([^)]*\)) does not exist')
_REBUILDING = "set_config('search_path', 'pg_catalog', true)"
_FUNCTION = re.compile(r'\bfunction "?(?!inline_code_block\b)([^"( ]+)')
_SEQUENCE = r"""(?:{drawn}|ALTER\s+SEQUENCE\s+(?:IF\s+EXISTS\s+)?["\w.]*\b{name}\b)"""
_MADE = r"""CREATE\s+SEQUENCE\s+(?:IF\s+NOT\s+EXISTS\s+)?["\w.]*\b{name}\b"""
_CANCELLED = "57014"
LACKS_RIGHT = "LACKS_RIGHT"


@dataclass(frozen=True, slots=True)
class Script:
    """The revision's file, and what is needed to say where something is wrong."""

    file: str
    way: str = "upgrade"  # which of its functions ran
    role: str = ""  # that ran it; "" for the superuser


def of_run(run: Run, apart: Run, script: Script, tables: Collection[str]) -> Iterator[Defect]:
    """Why a run failed, or hid that it did. `apart`: the same, each statement by itself."""
    swallowed = [s for s in run.errors if s.number and not s.recovered]
    last = next((s for s in reversed(run.statements) if s.failed), None)
    if not run.returned and swallowed[-1:] == [last]:  # it, or an error made of it, ended the run
        swallowed = swallowed[:-1]
    if swallowed:
        yield _swallowed(swallowed, run, script)
    failed = [s for s in (*run.errors, *apart.errors) if not s.recovered and s.sqlstate != "25001"]
    if script.role and failed and failed[0].sqlstate == INSUFFICIENT_PRIVILEGE:
        # What else fails in a run apart lacks what those before it were not allowed to make.
        failed = [s for s in failed if s.sqlstate == INSUFFICIENT_PRIVILEGE]
    sent = "\n".join(s.sql for s in (*run.statements, *apart.statements))
    named: dict[tuple[str, str], Defect] = {}
    for statement in failed:
        defect = _of_statement(statement, script, sent, tables)
        if defect.name == "STATEMENT_FAILS" and statement in swallowed[:1]:
            continue  # that one is told already
        named.setdefault((defect.name, defect.what), defect)
    yield from named.values()
    if not named and not swallowed and run.failure:
        yield _of_failure(run, script)


def _swallowed(failed: Sequence[Statement], run: Run, script: Script) -> Defect:
    first = failed[0]
    aborted = not first.alone
    evidence = f"statement {first.number} failed ({_error_text(first)}), and {script.way}() went on"
    if run.refused:
        evidence += f"; {counted(len(run.refused), 'later statement')} refused (25P02)"
    lines = [line.strip() for line in run.printed.splitlines() if line.strip()]
    if said := [line for line in lines if line[0] not in "[("] or lines:  # but SQLAlchemy's notes
        evidence += f'; it printed "{_clean(said[-1])}"'
    return Defect(
        "ERROR_SWALLOWED",
        "the revision swallows an error in a transaction that PostgreSQL has aborted: "
            "PostgreSQL refuses every later statement"
        if aborted
        else "the revision swallows an error outside of a transaction: Alembic records the "
            "version without that step",
        evidence,
        "no try around op.execute: let the error end the revision; where something may be "
            "absent, ask in SQL (IF EXISTS, to_regclass)",
        script.file, first.line, first.sql,
    )  # fmt: skip


def _of_statement(
    statement: Statement, script: Script, sent: str, tables: Collection[str]
) -> Defect:
    name, what, instead = _named(statement, script, sent, tables)
    number = f"statement {statement.number}" if statement.number else "Alembic's own statement"
    evidence = f"{number} of {script.way}(): {_error_text(statement)}"
    return Defect(name, what, evidence, instead, script.file, statement.line, statement.sql)


def _named(
    statement: Statement, script: Script, sent: str, tables: Collection[str]
) -> tuple[str, str, str]:
    """Name, what is wrong, and what to write instead."""
    called = _function_without(statement, sent)
    missing = None if called else _RELATION.search(statement.message)
    if statement.sqlstate == _CANCELLED:
        return "TIMES_OUT", "a statement takes longer than the time limit of the rehearsal", _WAIT
    if statement.sqlstate == INSUFFICIENT_PRIVILEGE and script.role:
        sql = rights.refused(statement.sql, statement.context)
        refused = script.role, statement.message, sql
        return LACKS_RIGHT, rights.lacking(*refused), rights.to_grant(*refused)
    if script.way == "downgrade":
        return "DOWNGRADE_FAILS", "the downgrade fails", _UNDO
    if statement.sqlstate == "42P01" and missing:
        return _of_missing(missing[1], statement, sent, tables)
    if not statement.number:
        return "VERSION_NOT_WRITTEN", "Alembic cannot record that the revision ran", _VERSION
    what = "a statement fails"
    instead = TYPED if _is_of_type(statement) else "what PostgreSQL accepts on this schema"
    if called:
        what = (
            f"function {called} looks up names by search_path, and does not find one: "
            f"{statement.message}"
        )
        instead = f"{BY_PATH}ALTER FUNCTION {called} SET search_path, or {_QUALIFY}"
    return "STATEMENT_FAILS", what, instead


def _function_without(statement: Statement, sent: str) -> str:
    """The function that does not find a name without its schema, as it is run by what is rebuilt.

    "" where that is not it: only revisions that were generated set this search_path.
    """
    named = _UNFOUND.search(statement.message)
    called = _FUNCTION.search(statement.context)
    unfound = statement.sqlstate in ("42P01", "42883", "42704") and _REBUILDING in sent
    if not (unfound and named and called):
        return ""
    own = re.search(rf"\b{named[1] or named[2]}\b", statement.sql, re.IGNORECASE)
    return "" if own else called[1]


def _is_of_type(statement: Statement) -> bool:
    """Whether it may fail for the new type of a column; 42804 has other reasons elsewhere."""
    makes = statement.sql.lstrip().upper().startswith("CREATE")
    return statement.sqlstate == "42883" or (statement.sqlstate == "42804" and makes)


_WAIT = "look for a lock that the revision itself holds, or allow more time with --timeout"
TYPED = (
    "a view, a trigger, a policy or another expression may pass a converted column with "
    "its former type: create the function for the new type too. Where the function takes a "
    "text, write (column || '') in that expression, and plan again: PostgreSQL drops the "
    "cast in column::text while the column is a text"
)
_TABLE = (
    "the name of a table that exists; where create_all creates the table and no revision "
    "does, rehearse on a database that has it"
)
_QUALIFY = "write the names in it with their schema"
BY_PATH = (
    "the revision rebuilds what depends on a converted column, with search_path = pg_catalog: "
)
_UNDO = "the inverse of each step of the upgrade, in reverse order"
_VERSION = "an id of at most 32 characters, in a version table that this role may write"


def _of_missing(
    relation: str, statement: Statement, sent: str, tables: Collection[str]
) -> tuple[str, str, str]:
    name = re.escape(relation.rpartition(".")[2])
    drawn = _SEQUENCE.format(drawn=_DRAWN.format(name=name), name=name)
    if not re.search(drawn, statement.sql, re.IGNORECASE):
        close = _close(relation, tables)
        near = f" (there is {' and '.join(close)})" if close else ""
        return "NO_SUCH_TABLE", f"there is no table {relation}{near}", _TABLE
    if not re.search(_MADE.format(name=name), sent, re.IGNORECASE):
        instead = f"CREATE SEQUENCE {relation} before it is used"
        return "NO_SUCH_SEQUENCE", f"there is no sequence {relation}", instead
    instead = "CREATE SEQUENCE, then OWNED BY and setval, and SET DEFAULT last"
    if "DEFAULT" in statement.sql.upper():
        what = f"the revision sets the default before its sequence {relation} exists"
        return "DEFAULT_BEFORE_SEQUENCE", what, instead
    return "SEQUENCE_USED_EARLY", f"the revision uses {relation} before it creates it", instead


def _close(relation: str, tables: Collection[str]) -> list[str]:
    inside = sorted(t for t in tables if relation.rpartition(".")[2] in t)
    return (inside or difflib.get_close_matches(relation, sorted(tables)))[:2]


def _of_failure(run: Run, script: Script) -> Defect:
    if run.timed_out:
        what = f"{script.way}() does not end"
        return Defect("TIMES_OUT", what, run.failure, _WAIT, script.file, run.failure_line)
    return Defect(
        f"{script.way.upper()}_FAILS", f"{script.way}() fails", _clean(run.failure),
        "statements that run without this error", script.file, run.failure_line,
    )  # fmt: skip


def half_done(script: Script, difference: str) -> Defect:
    return Defect(
        "HALF_DONE",
        f"the {script.way} fails and leaves changes behind, because it commits before it fails",
        difference,
        "move what runs outside of a transaction to a revision of its own, which can run twice",
        script.file,
    )


def difference(before: str, after: str) -> str:
    """What pg_dump prints otherwise than before; "" where it prints the same."""
    if before == after:  # difflib takes a second for thousands of equal tables
        return ""
    pair = before.splitlines(), after.splitlines()
    lines = [*difflib.unified_diff(*pair, "before", "after", n=0, lineterm="")]
    kept = [s for s in lines[2:] if s.strip("+- ") and not s.startswith(("@@", "+--", "---"))]
    more = len(kept) - _DIFFERENT
    cut = f"\n... {more:,} more lines" if more > 0 else ""
    return "\n".join(kept[:_DIFFERENT]) + cut


def not_restored(script: Script, lines: str) -> Defect:
    what = "the downgrade does not restore the schema (- before the upgrade, + after the downgrade)"
    return Defect("DOWNGRADE_DIFFERS", what, lines, _UNDO, script.file)


def rows_lost(table: object, lines: str, file: str) -> Defect:
    what = f"the downgrade does not restore the values of {table} (- before, + after it)"
    return Defect("DOWNGRADE_DIFFERS", what, lines, _UNDO, file)


def not_refused(script: Script, table: str) -> Defect:
    what = f"the downgrade succeeds although an id in {table} does not fit the former type"
    return Defect("DOWNGRADE_LOSES", what, "the plan announces that it refuses", _UNDO, script.file)


def new_finding(id_: str, message: str, file: str) -> Defect:
    rule, _ = id_parts(id_)
    instead = f"see: remediate explain {rule}"
    what = "this revision introduces a new problem:"
    return Defect("NEW_FINDING", what, f"{id_}: {message}", instead, file)


def of_text(
    unsafe_steps: Iterable[Unsafe], file: str
) -> tuple[tuple[Defect, ...], tuple[Defect, ...]]:
    """The linter's findings in a revision: what is wrong for certain, and what is a hazard."""
    wrong: list[Defect] = []
    hazards: list[Defect] = []
    for unsafe in (one for one in unsafe_steps if not one.note):
        cascades = unsafe.kind == "downgrade-cascades"
        name = "CASCADE_IN_DOWNGRADE" if cascades else unsafe.kind.upper().replace("-", "_")
        instead = unsafe.rewritten or ("the same without CASCADE" if cascades else "")
        where = f"read in {unsafe.function or 'the module'}(), line {unsafe.line}"
        defect = Defect(name, unsafe.message, where, instead, file, unsafe.line)
        (wrong if unsafe.error or cascades else hazards).append(defect)
    return tuple(wrong), tuple(hazards)


def unseen(hazards: Iterable[Defect], defects: Collection[Defect]) -> tuple[Defect, ...]:
    """Those hazards that the run did not turn into a defect."""
    names = {defect.name for defect in defects}
    happened = {"FAILURE_SWALLOWED"} if "ERROR_SWALLOWED" in names else set()
    return tuple(h for h in hazards if h.name not in happened)


def of_graph(broken: Broken) -> Defect:
    of_parent = broken.fault is Fault.MISSING_PARENT
    name = "BROKEN_DOWN_REVISION" if of_parent else "GRAPH_BROKEN"
    stops = "Alembic can run none of the project's revisions" if broken.fatal else "see AL001"
    source = broken.source
    return Defect(
        name, message(broken), stops, mend(broken), source.file if source else "",
        source.line if source else 0,
    )  # fmt: skip


def _error_text(statement: Statement) -> str:
    said = f"{statement.message}. {statement.detail}" if statement.detail else statement.message
    return f"{statement.sqlstate}: {said}" if statement.sqlstate else said


def _clean(text: str) -> str:
    return " ".join(text.split())[:200]
