"""The origin of a finding as JSON values, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from remediate.findings.origin import Act, Commit, Divergence, Origin
from remediate.snapshots.defaults import words
from remediate.snapshots.tables import Location, Name

Json = Mapping[str, Any]
Origins = Mapping[str, Origin | None]  # by id of the finding; None: no revision explains it


def origin_as_json(
    id_: str, origins: Origins, divergences: Mapping[str, Divergence]
) -> dict[str, Any]:
    """What JSON says of where a finding comes from, and of a new database; None: nothing."""
    return {
        "origin": _origin_as_json(id_, origins),
        "divergence": _divergence_as_json(divergences.get(id_)),
    }


def _origin_as_json(id_: str, origins: Origins) -> dict[str, Any] | None:
    if id_ not in origins:
        return None
    origin = origins[id_]
    if origin is None:
        return {"explained": False}
    return {
        "explained": True,
        "act": origin.act.value,
        "revision": origin.revision,
        "file": origin.source.file,
        "line": origin.source.line,
        "certain": origin.certain,
        "type": origin.type or None,
        "commit": asdict(origin.commit) if origin.commit else None,
    }


def origins_from_json(findings: list[Json]) -> Origins:
    """The origins of these findings; what an older version saved has none."""
    known = ((one["id"], one.get("origin")) for one in findings)
    return {id_: _origin(values) for id_, values in known if values is not None}


def _origin(values: Json) -> Origin | None:
    if not values["explained"]:
        return None
    commit = values["commit"]
    return Origin(
        Act(values["act"]),
        values["revision"],
        Location(values["file"], values["line"]),
        values["certain"],
        values["type"] or "",
        Commit(commit["short"], commit["date"], commit["subject"]) if commit else None,
    )


def _divergence_as_json(one: Divergence | None) -> dict[str, Any] | None:
    """What JSON says of what a new database lacks for a repair."""
    if one is None:
        return None
    return {"tables": [*map(str, one.tables)], "otherwise": one.otherwise or None}


def divergences_from_json(findings: list[Json]) -> Mapping[str, Divergence]:
    """Those of these findings; what an older version saved has none."""
    known = ((one["id"], one.get("divergence")) for one in findings)
    return {
        id_: Divergence(tuple(Name(*words(t)) for t in values["tables"]), values["otherwise"] or "")
        for id_, values in known
        if values is not None
    }
