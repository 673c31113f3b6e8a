"""A plan as JSON values, and back. Fields are added freely; none is renamed within a version."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from remediate.findings.facts import facts_as_json, facts_from_json
from remediate.findings.finding import (
    Confidence,
    Finding,
    Healthy,
    Place,
    Severity,
    Unverified,
)
from remediate.findings.remedy import Act, Hazard, Lock, Manual, Proposal, Step
from remediate.findings.selection import Ignored
from remediate.findings.waiting import Repeat, Stop, Waiting
from remediate.plans.alternatives_document import alternative_as_json, alternatives_from_json
from remediate.plans.answers_document import check_settled, decision_as_json, decisions_from_json
from remediate.plans.digest_document import (
    alterations_as_json,
    alterations_from_json,
    digest_as_json,
    digest_from_json,
)
from remediate.plans.headroom import headroom_as_json, headroom_from_json
from remediate.plans.impact_document import (
    assessment_as_json,
    assessment_from_json,
    impact_as_json,
    impact_from_json,
    name_from_text,
)
from remediate.plans.made import made_from_json
from remediate.plans.origin_document import divergences_from_json, origin_as_json, origins_from_json
from remediate.plans.plan import FORMAT, Company, Fate, Item, Plan, Revealed, Setting
from remediate.plans.shapes_document import groups_as_json
from remediate.rules import RULES_BY_CODE
from remediate.snapshots.defaults import words
from remediate.snapshots.live import DatabaseIdentity
from remediate.snapshots.tables import Location, Name

Json = Mapping[str, Any]


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan without its review. It holds no secret, and of rows only extreme ids."""
    database = plan.database
    return {
        "format": FORMAT,
        "database": {
            "name": database.name,
            "host": database.host,
            "server_version": database.version_text,
            "system_identifier": database.system_identifier,
        },
        "heads": None if plan.heads is None else list(plan.heads),
        "project": {
            "bases": list(plan.bases),
            "heads": list(plan.tips),
            "waiting": list(plan.waiting),
            "revisions": plan.revisions,
        },
        "engine": plan.engine,
        "tables": plan.tables,
        "model_tables": plan.model_tables,
        "ignored": [{"what": one.what, "reason": one.reason} for one in plan.ignored],
        "left_out": [*map(str, plan.left_out), *plan.left_out_columns],
        **assessment_as_json(plan.assessment),
        "findings": [_item_as_json(item, plan) for item in plan.items],
        **groups_as_json(plan.items),
        "revealed": [asdict(one) for one in plan.revealed],
        "healthy": [{**_place_as_json(h.place), "reason": h.reason} for h in plan.healthy],
        "unverified": [
            {**_place_as_json(u.place), "reason": u.reason, "verify": u.verify, "read": u.read}
            for u in plan.unverified
        ],
        "headroom": headroom_as_json(plan.headroom),
    }


def with_review(plan: Plan) -> dict[str, Any]:
    """The plan as its file holds it: with the decisions, and with the settings that shaped it."""
    document = as_json(plan)
    document["findings"] = [
        {
            **values,
            "decision": decision_as_json(item.decision) if item.decision else None,
            "decisions": [*map(decision_as_json, item.decisions)],
        }
        for values, item in zip(document["findings"], plan.items, strict=True)
    ]
    settings = {one.name: _plain(one.value) for one in plan.settings}
    catalog = {"catalog": digest_as_json(plan.catalog)} if plan.catalog else {}
    made = {"made": asdict(plan.made)} if plan.made else {}
    return {**document, **made, "reviewers": plan.reviewers, "settings": settings, **catalog}


def from_json(document: Json) -> Plan:
    """The plan of a document that fits the schema; what an older one lacks is left open.

    Raises ValueError for a document that no version up to this one could have written.
    """
    database, project = document["database"], document["project"]
    left_out = [words(text) for text in document.get("left_out", ())]
    findings = document["findings"]
    read = Plan(
        database=DatabaseIdentity(
            database["name"],
            database.get("host", ""),
            _version(database.get("server_version", "0.0")),
            database["system_identifier"],
        ),
        items=tuple(map(_item, findings)),
        revealed=tuple(
            Revealed(one["id"], one["message"], one["repair"])
            for one in document.get("revealed", ())
        ),
        healthy=tuple(Healthy(place_of(h), h["reason"]) for h in document["healthy"]),
        unverified=tuple(
            Unverified(place_of(u), u["reason"], u["verify"], u.get("read", False))
            for u in document["unverified"]
        ),
        heads=None if document["heads"] is None else tuple(document["heads"]),
        bases=tuple(project["bases"]),
        tips=tuple(project["heads"]),
        waiting=tuple(project.get("waiting", ())),
        revisions=project.get("revisions", 0),
        engine=document["engine"],
        left_out=tuple(Name(*parts) for parts in left_out if len(parts) == 2),
        left_out_columns=tuple(
            text
            for text, parts in zip(document.get("left_out", ()), left_out, strict=True)
            if len(parts) != 2
        ),
        ignored=tuple(Ignored(i["what"], i["reason"]) for i in document.get("ignored", ())),
        tables=document.get("tables", 0),
        model_tables=document.get("model_tables"),
        impacts={f["id"]: impact_from_json(f, place_of(f).table) for f in findings if "risk" in f},
        assessment=assessment_from_json(document),
        origins=origins_from_json(findings),
        divergences=divergences_from_json(findings),
        headroom=headroom_from_json(document),
        catalog=digest_from_json(document["catalog"]) if "catalog" in document else None,
        settings=tuple(
            Setting(name, tuple(value) if isinstance(value, list) else value)
            for name, value in document.get("settings", {}).items()
        ),
        made=made_from_json(document["made"]) if "made" in document else None,
    )
    demanding = read.demanding(document.get("reviewers", 1))
    for item, finding in zip(demanding.items, findings, strict=True):
        check_settled(finding, item.decision)
    return demanding


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value


def _version(text: str) -> int:
    major, minor = map(int, text.split("."))
    return major * 10000 + minor


def _item_as_json(item: Item, plan: Plan) -> dict[str, Any]:
    finding, impact = item.finding, plan.impacts.get(item.id)
    model = finding.model
    return {
        "id": finding.id,
        "rule": finding.rule,
        "name": finding.name,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        **_place_as_json(finding.place),
        "message": finding.message,
        "query": finding.query,
        "facts": facts_as_json(finding.facts),
        "model": {"file": model.file, "line": model.line} if model else None,
        **origin_as_json(item.id, plan.origins, plan.divergences),
        **(impact_as_json(impact) if impact else {}),
        "remedy": _remedy_as_json(item.remedy),
        "company": asdict(item.company) if item.company else None,
        "waiting": [asdict(one) for one in item.waiting],
        "alternatives": [*map(alternative_as_json, item.alternatives)],
        "fingerprint": item.fingerprint,
    }


def _item(values: Json) -> Item:
    if values["rule"] not in RULES_BY_CODE:
        raise ValueError(f"{values['rule']} is not a rule of this version")
    model = values["model"]
    finding = Finding(
        rule=values["rule"],
        name=values["name"],
        place=place_of(values),
        severity=Severity(values["severity"]),
        confidence=Confidence(values["confidence"]),
        message=values["message"],
        facts=facts_from_json(RULES_BY_CODE[values["rule"]], values["facts"]),
        model=Location(model["file"], model["line"]) if model else None,
        query=values.get("query", ""),
    )
    if finding.id != values["id"]:
        raise ValueError(f"the id {values['id']} is that of another place: {finding.place}")
    decisions = decisions_from_json(values)
    waiting = tuple(map(_waiting, values.get("waiting", ())))
    known = values.get("company")
    company = Company(Fate(known["fate"]), known["reason"]) if known else None
    remedy, digest = _remedy(values["remedy"]), values["fingerprint"]
    alternatives = alternatives_from_json(values)
    return Item(finding, remedy, digest, decisions, waiting, company, alternatives=alternatives)


def _waiting(values: Json) -> Waiting:
    return Waiting(
        values["revision"],
        values["file"],
        values["before"],
        tuple(Stop(s["line"], s["sqlstate"], s["why"]) for s in values["stops"]),
        tuple(map(_repeat, values["repeats"])),
        tuple(values.get("beside", ())),
    )


def _repeat(values: Json) -> Repeat:
    empties = values.get("empties", False)  # of a plan that another version saved
    return Repeat(values["first"], values["last"], values["what"], values["whole"], empties)


def _place_as_json(place: Place) -> dict[str, str | None]:
    return {
        "schema": place.table.schema if place.table else None,
        "table": place.table.name if place.table else None,
        "column": place.column,
        "constraint": place.constraint,
        "subject": place.subject,
    }


def place_of(values: Json) -> Place:
    schema, table = values.get("schema"), values.get("table")
    return Place(
        table=None if schema is None or table is None else Name(schema, table),
        column=values.get("column"),
        constraint=values.get("constraint"),
        subject=values.get("subject"),
    )


def _remedy_as_json(remedy: Proposal | Manual) -> dict[str, Any]:
    if isinstance(remedy, Manual):
        return {"manual": remedy.reason}
    return {
        "title": remedy.title,
        "undo": remedy.undo,
        "rows_rewritten": remedy.rows,
        "steps": [
            {
                "up": step.up,
                "down": step.down,
                "lock": step.lock.value,
                "relation": str(step.relation),
                "transactional": step.transactional,
                "hazards": [hazard.value for hazard in step.hazards],
                "act": step.act.value,
                "alters": alterations_as_json(step.alters),
            }
            for step in remedy.all_steps
        ],
    }


def _remedy(values: Json) -> Proposal | Manual:
    if "manual" in values:
        return Manual(values["manual"])
    steps = [
        Step(
            up=step["up"],
            down=step["down"],
            lock=Lock(step["lock"]),
            relation=name_from_text(step["relation"]),
            transactional=step["transactional"],
            hazards=tuple(map(Hazard, step["hazards"])),
            act=Act(step.get("act", Act.OTHER)),
            alters=alterations_from_json(step.get("alters", ())),
        )
        for step in values["steps"]
    ]
    return Proposal(
        title=values["title"],
        undo=values["undo"],
        steps=tuple(s for s in steps if s.transactional),
        finish=tuple(s for s in steps if not s.transactional),
        rows=values.get("rows_rewritten", 0),
    )
