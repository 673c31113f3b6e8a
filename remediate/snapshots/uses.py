"""Where the project's own Python code names a model, outside of the model itself."""

from dataclasses import dataclass

from remediate.snapshots.tables import Location


@dataclass(frozen=True, slots=True)
class Use(Location):
    """A line that imports a class, refers to it, or names its table."""

    what: str = ""  # 'imports TaxRate', 'ForeignKey("tax_rates.id")'


@dataclass(frozen=True, slots=True)
class Uses:
    """The lines that name one model, of the files that were read."""

    places: tuple[Use, ...] = ()
    files: int = 0  # that were read
    unread: tuple[str, ...] = ()  # files that are no Python
