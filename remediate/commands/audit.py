"""`remediate audit`: what code, revisions and database hold, side by side. Reads only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from remediate.analysis.audit import autogenerate, ddl, deletes, names, past, references, tables
from remediate.analysis.audit.audit import Audit, Section, Sections
from remediate.analysis.audit.autogenerate import Compared
from remediate.catalog import structure as structures
from remediate.config import Config
from remediate.errors import UsageProblem
from remediate.findings import selection
from remediate.findings.lists import parts
from remediate.plans.impact.graph import reference_graph
from remediate.project import relationships
from remediate.project.comparison import compare
from remediate.project.inspection import read_with
from remediate.project.reading import Opened, Reading
from remediate.snapshots.structure import Index, Structure
from remediate.snapshots.tables import Name
from remediate.system import stages
from remediate.system.paths import shown
from remediate.system.words import did_you_mean

if TYPE_CHECKING:
    from remediate.lint.paper import Paper

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AuditOptions:
    """What the report is about."""

    sections: tuple[str, ...] = ()
    """Names of sections; empty: all of them."""
    rows: bool = False
    """Whether a DELETE's rows are estimated, by the statistics."""
    ddl: tuple[Path, ...] = ()
    """Files of DDL with which the database is compared; of Markdown, the SQL in its fences."""


def audit(config: Config, options: AuditOptions = AuditOptions()) -> Audit:
    """Code, revisions and database side by side.

    Raises UsageProblem for a section or table that does not exist, for a file that cannot be read,
    and where there is neither a project nor a database URL; DatabaseProblem where the database
    cannot be read.
    """
    asked = _sections(options)
    papers = _papers(options.ddl)

    def more(opened: Opened) -> tuple[Structure, Sequence[Index], Compared]:
        compares = Section.AUTOGENERATE in asked
        compared = compare(opened.context, opened.live) if compares else Compared()
        found = structures.indexes(opened.connection) if papers else ()
        return structures.read(opened.connection, opened.live), found, compared

    reading, (structure, indexes, compared) = read_with(config, more)
    read = _Read(
        reading, structure, indexes, compared, papers, _inside(reading, config), config.references
    )
    return Audit(
        database=reading.live.database.identity,
        heads=reading.environment.heads if reading.environment else None,
        script_directory=str(reading.project.script.dir) if reading.project else "",
        left_out=len(reading.left_out.tables),
        left_out_by=reading.left_out.by,
        sections=read.sections(asked, rows=options.rows),
    )


def _sections(options: AuditOptions) -> frozenset[Section]:
    """Those that are asked for; a file to compare with asks for its section."""
    known = {section.value: section for section in Section}
    for word in (given := parts(options.sections)):
        if word not in known:
            near = did_you_mean(word, known)
            raise UsageProblem(
                f"there is no section {word!r}", f"{near} Known: {', '.join(known)}".lstrip()
            )
    asked = {known[word] for word in given} or {*Section} - {Section.DDL}
    if Section.DDL in asked and not options.ddl:
        raise UsageProblem("the section ddl compares with a file", "Name it: --ddl FILE")
    return frozenset(asked | ({Section.DDL} if options.ddl else set()))


def _papers(files: Sequence[Path]) -> tuple[tuple[str, "Paper"], ...]:
    """What each file declares, by the name under which it is shown."""
    if not files:
        return ()
    from remediate.lint import paper  # noqa: PLC0415  (the parser takes 0.1 s to import)

    texts = ((file, _text(file)) for file in files)
    return tuple(
        (shown(str(file)), paper.read(paper.of_markdown(text) if _is_markdown(file) else text))
        for file, text in texts
    )


def _is_markdown(file: Path) -> bool:
    return file.suffix.lower() in (".md", ".markdown")


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageProblem(f"--ddl {file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageProblem(f"--ddl {file} is not UTF-8: {error.reason}") from error


def _inside(reading: Reading, config: Config) -> Callable[[Name], bool]:
    named = selection.named(reading.known, config.table)
    return selection.speaks_of(reading.live, config.schema, named, reading.left_out.all)


@dataclass(frozen=True, slots=True)
class _Read:
    """Everything that the sections are made of."""

    reading: Reading
    structure: Structure
    indexes: Sequence[Index]
    compared: Compared
    papers: tuple[tuple[str, "Paper"], ...]
    inside: Callable[[Name], bool]
    references: Mapping[str, str]  # of the settings: which table a column means

    def sections(self, asked: frozenset[Section], *, rows: bool) -> Sections:
        live, declared, structure = self.reading.live, self.reading.declared, self.structure
        inside, by_text = self.inside, self._past(asked)

        def given(section: Section, make: Callable[[], T]) -> T | None:
            if section not in asked:
                return None
            stages.begin(f"comparing {section.value}")
            return make()

        return Sections(
            given(Section.TABLES, lambda: self._tables(by_text)),
            given(
                Section.NAMES,
                lambda: names.names(live, declared, structure, inside, self.references),
            ),
            given(
                Section.REFERENCES,
                lambda: references.references(live, declared, structure, by_text, inside),
            ),
            given(
                Section.DELETES,
                lambda: self._deletes(rows=rows),
            ),
            given(
                Section.AUTOGENERATE,
                lambda: autogenerate.autogenerate(self.compared, declared, structure),
            ),
            given(
                Section.DDL,
                lambda: ddl.ddl(self.papers, live, structure, self.indexes, inside),
            ),
        )

    def _past(self, asked: frozenset[Section]) -> past.Past:
        """What the revisions made, where a section compares with that."""
        if asked.isdisjoint({Section.TABLES, Section.REFERENCES}):
            return past.Past()
        engine = self.reading.environment.engine if self.reading.environment else ""
        return past.of(self.reading.declared.history, self.reading.live, engine)

    def _deletes(self, *, rows: bool) -> deletes.Deletes:
        live = self.reading.live
        known = self.reading.models_read
        relations = relationships.read(live.database.default_schema) if known else ()
        return deletes.deletes(
            live, self.reading.declared, self.structure, self.inside, relations, rows=rows
        )

    def _tables(self, by_text: past.Past) -> tables.Tables:
        live, declared = self.reading.live, self.reading.declared
        graph = reference_graph(live, declared)
        stuck = [cycle.tables for cycle in graph.cycles if not cycle.left_null_first]
        return tables.tables(
            *(live, declared, self.structure, by_text, self.inside, graph.order, stuck),
            models_read=self.reading.models_read,
        )
