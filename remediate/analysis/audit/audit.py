"""The sections of an audit, each None where it was not asked for."""

from dataclasses import dataclass, fields
from enum import StrEnum

from remediate.analysis.audit.autogenerate import Autogenerate
from remediate.analysis.audit.ddl import Ddl
from remediate.analysis.audit.deletes import Deletes
from remediate.analysis.audit.names import Names
from remediate.analysis.audit.references import References
from remediate.analysis.audit.tables import Tables
from remediate.snapshots.live import DatabaseIdentity


class Section(StrEnum):
    """What can be asked for by name, in the order of the report."""

    TABLES = "tables"
    NAMES = "names"
    REFERENCES = "references"
    DELETES = "deletes"
    AUTOGENERATE = "autogenerate"
    DDL = "ddl"  # only with a file to compare with


@dataclass(frozen=True, slots=True)
class Sections:
    """What was found, by the names of `Section`."""

    tables: Tables | None = None
    names: Names | None = None
    references: References | None = None
    deletes: Deletes | None = None
    autogenerate: Autogenerate | None = None
    ddl: Ddl | None = None

    @property
    def asked_for(self) -> tuple[str, ...]:
        """The names of those that are there."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name) is not None)


@dataclass(frozen=True, slots=True)
class Audit:
    """Code, revisions and database side by side, as they were at one moment."""

    database: DatabaseIdentity
    heads: tuple[str, ...] | None  # None: there is no Alembic project
    script_directory: str
    left_out: int  # tables that the project's filters keep out of this report
    left_out_by: tuple[str, ...]
    sections: Sections
