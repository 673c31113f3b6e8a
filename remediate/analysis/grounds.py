"""Weigh a column that seems to reference a key: how certain that is, and on what grounds."""

import re
from enum import StrEnum

from remediate.analysis.inference import CLEAR
from remediate.analysis.matching import CONFIGURED, forms, words
from remediate.snapshots.references import Candidate, family_of

ENOUGH = 20  # values
PRESENT = 0.95  # share of the values that the key's table has to hold


# What one of our own rows is to the one that refers to it: the last post, the shipping address.
# Other words in front of a table's name often say whose numbering it is: the issuer's card.
_QUALIFIER = re.compile(
    r"first|last|latest|next|prev|previous|current|default|main|primary|secondary|final|initial"
    r"|parent|child|root|top|base|source|origin|original|target|dest|destination|from|to|in|reply|at|by"
    r"|left|right|head|lead|chief|cover|home|work|billing|shipping|delivery|sub|new|best|other|second"
    r"|sender|recipient|owner|author|buyer|seller|\w+ing|\w+ed"
)
_MARKS = {"id", "uuid", "guid", "fk", "ref"}


class Grounds(StrEnum):
    """Why a column is said to mean a key."""

    MODEL = "the models declare the reference"
    MODEL_TYPE = "the models give it the type of the key"
    SETTING = "[tool.remediate.references] names it"
    DATA = "its values are those of the key"


def grounds(candidate: Candidate) -> Grounds | None:
    """None where nothing but the name speaks for it: that is wrong more often than right."""
    if candidate.model:
        return Grounds.MODEL
    if candidate.external:
        return None
    if candidate.strength >= CLEAR and not candidate.fits and _typed_by_models(candidate):
        return Grounds.MODEL_TYPE
    if candidate.how == CONFIGURED:
        return Grounds.SETTING
    return Grounds.DATA if _told_by_data(candidate) else None


def _typed_by_models(candidate: Candidate) -> bool:
    return bool(candidate.model_type) and (
        family_of(candidate.model_type) == family_of(candidate.target_type)
    )


def _told_by_data(candidate: Candidate) -> bool:
    found = candidate.evidence
    if found is None or found.values < ENOUGH or not _is_named_clearly(candidate):
        return False
    if candidate.fits:
        return found.present == found.values
    spelled = found.canonical == found.values and not found.elsewhere
    return spelled and found.present >= PRESENT * found.values


def _is_named_clearly(candidate: Candidate) -> bool:
    """Small numbers are found in any table: data confirm a name, and never speak alone."""
    if candidate.table.schema != candidate.target.schema:
        return False
    if candidate.how == "suffix":
        return not candidate.fits and qualifies(candidate.column, candidate.target.name)
    return (
        candidate.how in ("exact", "key", "prefix", "self", "role") and candidate.strength >= CLEAR
    )


def qualifies(column: str, table: str) -> bool:
    """Whether the words before a table's name say which of its rows is meant, and not whose."""
    ours = {form for word in words(table) for form in forms(word)}
    front = [w for w in words(column) if w not in _MARKS and not ours & set(forms(w))]
    return all(_QUALIFIER.fullmatch(word) for word in front)


def models_agree(candidate: Candidate) -> bool:
    """Whether the models say the same type as the database, and so mean what it says."""
    return family_of(candidate.model_type) == family_of(candidate.base_type)
