"""What became of many databases as JSON values, and back: a file a shard."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from remediate.errors import UsageProblem
from remediate.plans import json_file
from remediate.plans.fleet import FORMAT, Fleet, Group, Shard, Unread
from remediate.postgres.templates import file
from remediate.system.paths import shown

_HINT = "Make it with --targets FILE --shard NUMBER/OF -f json -o RESULT."


def as_json(fleet: Fleet) -> dict[str, Any]:
    """The fleet; each group has the result of its first database, as the command prints it."""
    behind = fleet.behind
    return {
        "format": FORMAT,
        "command": fleet.command,
        "asked": fleet.asked,
        "shard": {"number": fleet.shard.number, "of": fleet.shard.of},
        "seconds": round(fleet.seconds, 1),
        "databases": {"read": fleet.read, "unread": len(fleet.unread)},
        "heads": None if fleet.tips is None else list(fleet.tips),
        "revisions": [
            {
                "heads": None if heads is None else list(heads),
                "behind": heads in behind,
                "databases": list(who),
            }
            for heads, who in fleet.at.items()
        ],
        "unread": [
            {"name": one.name, "reason": one.reason, "hint": one.hint, "server": one.server}
            for one in fleet.unread
        ],
        "stale": list(fleet.stale),
        "groups": [
            {"need": g.need, "databases": list(g.databases), "result": dict(g.result)}
            for g in fleet.groups
        ],
    }


def load(path: Path) -> Fleet:
    """The fleet of a file. Raises UsageProblem for a file that holds none."""
    document = json_file.read(path, shown(path), _HINT)
    if damage := json_file.damage(document, schema()):
        raise UsageProblem(
            f"{shown(path)} is not the result of a shard: {damage.where}: {damage.why}", _HINT
        )
    return _fleet(document)


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a fleet."""
    values: dict[str, Any] = json.loads(file("fleet.schema.json").read_text(encoding="utf-8"))
    return values


def _fleet(document: dict[str, Any]) -> Fleet:
    tips = document["heads"]
    return Fleet(
        command=document["command"],
        asked=document["asked"],
        shard=Shard(document["shard"]["number"], document["shard"]["of"]),
        groups=tuple(
            Group(one["need"], tuple(one["databases"]), one["result"]) for one in document["groups"]
        ),
        unread=tuple(Unread(**one) for one in document["unread"]),
        at={
            None if one["heads"] is None else tuple(one["heads"]): tuple(one["databases"])
            for one in document["revisions"]
        },
        tips=None if tips is None else tuple(tips),
        seconds=document["seconds"],
    )
