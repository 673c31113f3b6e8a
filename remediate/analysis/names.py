"""What the names of tables and columns tell: copies, natural keys, loaders, generators of ids."""

import re

from remediate.snapshots.tables import Name
from remediate.system.words import forms, snake

_COPY = re.compile(
    r"(?:^|_)(archived?|archives|history|histories|hist|log|logs|old|backup|bkp|bak|raw|staging"
    r"|stg|import|copy|snapshot|tmp)(?:_|\d|$)"
)
_OF_A_TIME = re.compile(r"historical|_versions?$|_(?:19|20)\d\d(?:_?\d\d){0,2}$", re.IGNORECASE)
_GLUED = re.compile(r"(?<=\w)(archive|history|backup)$")
_MIRROR = re.compile(r"(?:^|_)(replicas?|mirrors?|standby|sync|cdc|etl)(?:_|\d|$)")
_NATURAL = re.compile(
    r"(?:^|_)(code|year|pid|number|no|nr|num|zip|version|level|day|ssn|sku|upc|imei|plz|blz|cpf|cnpj"
    r"|siren|siret|matricul[ae]|nummer|numero|numer|codigo|codice|kode?|(?:isbn|ean|gtin)_?\d*)$"
)
# kontonr, artikelnummer, zipcode; -no and -number are left out: people number with these, too.
_GLUED_NATURAL = re.compile(r"\w(nr|nummer|numero|matricul[ae]|code|kode|codigo)$")
_LOADED = re.compile(r"^(?:dim|fact|fct|stg|staging|dwh|mart|lookup|bridge)_")
_WAREHOUSE = {"staging", "stg", "dwh", "dw", "mart", "marts", "warehouse", "landing", "raw"}
_HANDING_OUT = {
    "hibernate_sequence", "hibernate_sequences", "hibernate_unique_key", "id_gen", "id_generator",
    "id_generators", "openjpa_sequence_table", "sequence", "sequence_table", "sequence_value_item",
}  # fmt: skip


def copy_of(name: Name) -> str:
    """The word that says that a table keeps the ids of another; "" where none does."""
    table = snake(name.name)
    for match in (_COPY.search(table), _GLUED.search(table), _COPY.fullmatch(snake(name.schema))):
        if match:
            return match[1]
    return ""


def originals(name: Name) -> frozenset[str]:
    """What the table may be a copy of, by its name without that word: orders of raw_orders."""
    table = snake(name.name)
    left = {_COPY.sub("_", table).strip("_"), _GLUED.sub("", table)} - {"", table}
    bare = (one.removeprefix("of_").removesuffix("_of") for one in left)
    return frozenset(form for one in bare for form in forms(one))


def mirrors(schema: str) -> bool:
    """Whether a schema bears the name of one that repeats the tables of another, with their ids."""
    return bool(_COPY.search(snake(schema)) or _MIRROR.search(snake(schema)))


def keeps_old_ids(table: Name) -> bool:
    """Archives, histories, versions, and tables of a year or a month."""
    return bool(copy_of(table) or _OF_A_TIME.search(table.name))


def natural(column: str) -> str:
    """The word that says that the key means something by itself; "" where none does."""
    name = snake(column)
    match = _NATURAL.search(name) or _GLUED_NATURAL.search(name)
    return match[1] if match else ""


def is_loaded(name: Name) -> bool:
    """Whether the table bears the name of one that loaders fill: dim_, fact_, stg_."""
    return bool(_LOADED.match(snake(name.name))) or snake(name.schema) in _WAREHOUSE


def hands_out_ids(name: str) -> bool:
    """hibernate_sequence, and the tables that hold the next id of each entity."""
    return name.lower() in _HANDING_OUT
