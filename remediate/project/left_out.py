"""What a project does not manage."""

from dataclasses import dataclass

from remediate.snapshots.tables import Name


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What this project does not manage, and the functions of env.py that reject it."""

    tables: frozenset[Name] = frozenset()
    models: frozenset[Name] = frozenset()  # models without a table
    columns: frozenset[tuple[Name, str]] = frozenset()  # of other tables
    by: tuple[str, ...] = ()

    @property
    def all(self) -> frozenset[Name]:
        """The rejected tables, whether they exist or not."""
        return self.tables | self.models
