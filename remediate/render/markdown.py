"""A plan as Markdown, for a pull request or an issue; and as a page."""

import html
import re
from functools import partial
from itertools import groupby

from markdown_it import MarkdownIt

from remediate.analysis import uses
from remediate.analysis.uses import UseFacts
from remediate.findings.facts import part_of
from remediate.findings.remedy import Manual, Remedy
from remediate.plans.plan import Item, Plan
from remediate.plans.shapes import Shape, shapes
from remediate.postgres.templates import environment
from remediate.render import (
    alternatives,
    closing,
    divergence,
    flows,
    header,
    impact,
    locks,
    order,
    origins,
    tenants,
)
from remediate.render.evidence import psql


def markdown(plan: Plan, sql: str, nothing: str = "") -> str:
    """The table of risks, each finding with a box to tick, and the SQL of the repair.

    Without a finding it says `nothing`, by default that nothing is found.
    """
    planned = (i for i in plan.items if not i.is_choice)
    remedies = [i.remedy for i in planned if isinstance(i.remedy, Remedy)]
    return (
        environment()
        .get_template("plan.md.j2")
        .render(
            plan=plan,
            without_database=_without_database(plan),
            nothing=nothing or closing.nothing(plan),
            uncounted=impact.uncounted(plan),
            by_hand=[i for i in plan.items if isinstance(i.remedy, Manual)],
            affected=impact.markdown(plan),
            flows=flows.markdown(plan.assessment.flows),
            cycles=[impact.cycle_sentence(cycle) for cycle in plan.assessment.cycles],
            groups=[[*group] for _, group in groupby(shapes(plan.items), _kind)],
            locks=locks.of_all(remedies),
            sql=sql if remedies else "",
            queries=psql,
            origins=partial(origins.sentences, known=plan.origins),
            apart=[*divergence.sentences(plan.divergences.values())],
            order=order.sentences,
            costs=alternatives.sentences,
            alike=alternatives.alike,
            used=_used,
            by_schemas=tenants.by_schemas,
            schemas=tenants.all_named,
        )
        .rstrip("\n")
    )


def _without_database(plan: Plan) -> list[str]:
    """What was read, where it was no database."""
    return [] if plan.database.version else [" ".join(one.split()) for one in header.lines(plan)]


def _used(item: Item) -> str:
    """Where code names a model without a table; "" for other findings."""
    facts = part_of(item.finding.facts, UseFacts)
    return uses.summary(facts) if facts else ""


def _kind(shape: Shape) -> tuple[str, ...]:
    finding = shape.first.finding
    return finding.rule, finding.severity, finding.confidence


_BOX = re.compile(r"<li>\[( |x)\] ")


def page(markdown: str) -> str:
    """The whole page, without anything from elsewhere; raw HTML in the text stays text."""
    text = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    body = _BOX.sub(_box, text)
    title = markdown.partition("\n")[0].lstrip("# ")
    template = environment().get_template("page.html.j2")
    return template.render(title=html.escape(title.replace("\\", "")), body=body)


def _box(match: re.Match[str]) -> str:
    return f'<li class="box">{"☑" if match[1] == "x" else "☐"} '
