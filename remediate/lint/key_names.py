"""Names that tell a surrogate key from a natural one, and a copy that is kept from one to use."""

import re

_OWN = {"id", "pk", "key", "uid"}
_KEPT = re.compile(
    r"(?:^|_)(?:archived?|backup|bak|bkp|copy|dump|history|hist|log|audit|old|orig|prev|saved?"
    r"|snapshot|stag(?:e|ing)|te?mp|remediate)(?:_|$|\d)"
)


def is_own_key(column: str, table: str) -> bool:
    """Whether the column is called as the key of its own table: id, user_id in users."""
    name, owner = column.lower(), table.rpartition(".")[2].lower()
    singular = {owner, owner.removesuffix("s"), owner.removesuffix("es"), owner[:-3] + "y"}
    return name in _OWN or any(name in {f"{o}_id", f"{o}id", f"id_{o}"} for o in singular)


def is_copy_kept(table: str) -> bool:
    """Whether the name of a copy says that nobody adds rows to it."""
    return bool(_KEPT.search(table.rpartition(".")[2].lower()))
