"""Rights as the catalog lists them, entry by entry."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

PUBLIC = ""  # as the grantee of an entry
OWN = frozenset("rwU")  # what the owner of a sequence has where nobody said otherwise
Entries = Mapping[str, frozenset[str]]  # by role: the letters of rights, "U*" with grant option

_ENTRY = re.compile(r'("(?:[^"]|"")*"|[^\s"=]*)=([a-zA-Z*]*)/')
_RIGHT = re.compile(r"[a-zA-Z]\*?")


@dataclass(frozen=True, slots=True)
class DefaultRights:
    """What ALTER DEFAULT PRIVILEGES gives with each sequence that a role creates."""

    role: str
    schema: str  # "": of each schema, in the place of what its owner has anyway
    entries: Entries


def entries(text: str) -> dict[str, frozenset[str]]:
    """The rights of each role in a list of aclitem, whoever gave them."""
    found: dict[str, set[str]] = defaultdict(set)
    for role, letters in _ENTRY.findall(text):
        found[_unquoted(role)].update(_RIGHT.findall(letters))
    return {role: frozenset(rights) for role, rights in found.items()}


def _unquoted(role: str) -> str:
    # Not as SQL reads it: aclitem leaves upper case without quotes.
    return role[1:-1].replace('""', '"') if role.startswith('"') else role
