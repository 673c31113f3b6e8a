"""What names say: words, singulars, copies, natural keys."""

import re

from remediate.schema import Name

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_COPY = re.compile(
    r"(?:^|_)(archived?|archives|history|histories|hist|log|logs|old|backup|bkp|bak|raw|staging"
    r"|stg|import|copy|snapshot|tmp)(?:_|\d|$)"
)
_GLUED = re.compile(r"\w(archive|history|backup)$")
_NATURAL = re.compile(r"(?:^|_)(code|year|pid|number|no|nr|num|zip|isbn|version|level|day)$")
_LOADED = re.compile(r"^(?:dim|fact|fct|stg|staging|dwh|mart|lookup|bridge)_")
_WAREHOUSE = {"staging", "stg", "dwh", "dw", "mart", "marts", "warehouse", "landing", "raw"}
_HANDING_OUT = {
    "hibernate_sequence", "hibernate_sequences", "hibernate_unique_key", "id_gen", "id_generator",
    "id_generators", "openjpa_sequence_table", "sequence", "sequence_table", "sequence_value_item",
}  # fmt: skip


def snake(name: str) -> str:
    """orderItems, OrderItems and order_items are one name."""
    return _HUMP.sub("_", name).lower()


def singular(name: str) -> str:
    lowered = name.lower()
    if lowered.endswith("ies"):
        return lowered[:-3] + "y"
    if lowered.endswith(("sses", "xes", "ches", "shes")):
        return lowered[:-2]
    return lowered.removesuffix("s")


def forms(table: str) -> tuple[str, str]:
    """What a column that means this table may begin with."""
    name = snake(table)
    return name, singular(name)


def copy_of(name: Name) -> str:
    """The word that says that a table keeps the ids of another; "" where none does."""
    table = snake(name.name)
    for match in (_COPY.search(table), _GLUED.search(table), _COPY.fullmatch(snake(name.schema))):
        if match:
            return match[1]
    return ""


def natural(column: str) -> str:
    """The word that says that the key means something by itself; "" where none does."""
    match = _NATURAL.search(snake(column))
    return match[1] if match else ""


def is_loaded(name: Name) -> bool:
    """Whether the table bears the name of one that loaders fill: dim_, fact_, stg_."""
    return bool(_LOADED.match(snake(name.name))) or snake(name.schema) in _WAREHOUSE


def hands_out_ids(name: str) -> bool:
    """hibernate_sequence, and the tables that hold the next id of each entity."""
    return name.lower() in _HANDING_OUT
