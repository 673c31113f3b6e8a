"""What a saved plan names, for the completion of a shell: read at once, and never refused."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from remediate.plans.plan import FORMAT
from remediate.postgres.sql import quote
from remediate.snapshots.tables import Name


def findings(files: Iterable[Path]) -> tuple[tuple[str, str], ...]:
    """Each finding by its id, with its sentence, of the first of these files that is a plan."""
    return tuple((one["id"], one["message"]) for one in _listed(files, "findings"))


def tables(files: Iterable[Path]) -> tuple[str, ...]:
    """The tables of its findings and healthy keys, qualified."""
    return tuple(str(name) for name in _tables(files))


def schemas(files: Iterable[Path]) -> tuple[str, ...]:
    """The schemas of these tables."""
    return tuple(dict.fromkeys(quote(name.schema) for name in _tables(files)))


def _tables(files: Iterable[Path]) -> dict[Name, None]:
    files = tuple(files)
    listed = [*_listed(files, "findings"), *_listed(files, "healthy")]
    return dict.fromkeys(Name(one["schema"], one["table"]) for one in listed if one["table"])


def _listed(files: Iterable[Path], key: str) -> list[dict[str, Any]]:
    documents = (document for file in files if (document := _document(file)))
    return next((document[key] for document in documents), [])


def _document(file: Path) -> dict[str, list[dict[str, Any]]]:
    """The plan in the file; nothing where it has none."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    is_plan = isinstance(document, dict) and document.get("format") == FORMAT
    return document if is_plan else {}
