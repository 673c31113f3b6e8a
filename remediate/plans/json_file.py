"""Files of JSON values that commands read back, each with its schema."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from remediate.errors import UsageProblem
from remediate.system import atomic, documents


class Damage(NamedTuple):
    """The first place where a document does not fit its schema, and why."""

    where: str
    why: str


def read(path: Path, name: str, hint: str) -> Any:
    """The values of a file, which is called so in sentences.

    Raises UsageProblem, with the hint, for what cannot be read and what is no JSON.
    """
    try:
        return documents.parsed(atomic.read(path))
    except OSError as error:
        raise UsageProblem(f"{name} cannot be read: {error.strerror}", hint) from error
    except ValueError as error:
        raise UsageProblem(f"{name} is not JSON: {error}", hint) from error


def damage(document: object, schema: Mapping[str, Any]) -> Damage | None:
    """What is wrong with it; None where nothing is."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415  (a tenth of a second)

    problem = next(Draft202012Validator(schema).iter_errors(document), None)
    if problem is None:
        return None
    return Damage("/".join(map(str, problem.absolute_path)) or "its top", problem.message[:200])
