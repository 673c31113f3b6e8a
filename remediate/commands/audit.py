"""`remediate audit`: what code, revisions and database hold, side by side. Reads only."""

from collections.abc import Callable
from dataclasses import dataclass

from remediate.analysis.audit import autogenerate, deletes, names, past, references, tables
from remediate.analysis.audit.audit import Audit, Section, Sections
from remediate.analysis.audit.autogenerate import Compared
from remediate.catalog import structure as structures
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.findings import selection
from remediate.findings.lists import parts
from remediate.plans.impact.graph import reference_graph
from remediate.project.comparison import compare
from remediate.project.inspection import Opened, Reading, read_with
from remediate.snapshots.structure import Structure
from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """What the report is about."""

    sections: tuple[str, ...] = ()
    """Names of sections; empty: all of them."""
    rows: bool = False
    """Whether a DELETE's rows are estimated, by the statistics."""


def audit(config: Config, options: AuditOptions = AuditOptions()) -> Audit:
    """Code, revisions and database side by side.

    Raises UsageProblem for a section or table that does not exist, and where there is neither a
    project nor a database URL; DatabaseProblem where the database cannot be read.
    """
    asked = _sections(options.sections)

    def more(opened: Opened) -> tuple[Structure, Compared]:
        compares = Section.AUTOGENERATE in asked
        compared = compare(opened.context, opened.live) if compares else Compared()
        return structures.read(opened.connection, opened.live), compared

    reading, (structure, compared) = read_with(config, more)
    inside = _inside(reading, config)
    return Audit(
        database=reading.live.database.identity,
        heads=reading.environment.heads if reading.environment else None,
        script_directory=str(reading.project.script.dir) if reading.project else "",
        left_out=len(reading.left_out.tables),
        left_out_by=reading.left_out.by,
        sections=_found(reading, structure, compared, inside, asked, options),
    )


def _sections(words: tuple[str, ...]) -> frozenset[Section]:
    known = {section.value: section for section in Section}
    for word in (given := parts(words)):
        if word not in known:
            raise UsageProblem(f"there is no section {word!r}", f"Known: {', '.join(known)}")
    return frozenset(known[word] for word in given) or frozenset(Section)


def _inside(reading: Reading, config: Config) -> Callable[[Name], bool]:
    named = selection.named(reading.live, config.table)
    return selection.speaks_of(reading.live, config.schema, named, reading.left_out.all)


def _found(
    reading: Reading,
    structure: Structure,
    compared: Compared,
    inside: Callable[[Name], bool],
    asked: frozenset[Section],
    options: AuditOptions,
) -> Sections:
    live, declared = reading.live, reading.declared
    engine = reading.environment.engine if reading.environment else ""
    by_text = past.of(declared.history, live, engine) if asked & _OF_REVISIONS else past.Past()
    order = reference_graph(live, declared).order
    return Sections(
        tables=tables.tables(
            *(live, declared, structure, by_text, inside, order), models_read=reading.models_read
        )
        if Section.TABLES in asked
        else None,
        names=names.names(live, declared, structure, inside) if Section.NAMES in asked else None,
        references=references.references(live, declared, structure, by_text, inside)
        if Section.REFERENCES in asked
        else None,
        deletes=deletes.deletes(live, declared, structure, inside, rows=options.rows)
        if Section.DELETES in asked
        else None,
        autogenerate=autogenerate.autogenerate(compared, declared, structure)
        if Section.AUTOGENERATE in asked
        else None,
    )


_OF_REVISIONS = {Section.TABLES, Section.REFERENCES}
