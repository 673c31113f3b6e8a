"""A plan as one page: the verdict, the references, the findings, the headroom, the locks."""

from remediate.plans.plan import Plan
from remediate.render.page import entries, lanes
from remediate.render.page.headroom import headroom
from remediate.render.page.passages import passages
from remediate.render.page.references import HEIGHT, WIDTH, references
from remediate.render.page.skeleton import skeleton
from remediate.render.page.verdict import head


def of_plan(plan: Plan, nothing: str = "") -> str:
    """The page of a plan: the same for one that was just made, and for one from a file.

    Without a finding it says `nothing`, by default that nothing is found.
    """
    saved = plan.on_file
    shown = entries.entries(saved)
    return skeleton(
        "page/report.html.j2",
        head=head(saved, nothing),
        entries=shown,
        notes=entries.notes(shown),
        rules=sorted({entry.rule for entry in shown}),
        references=references(saved, entries.anchors(saved, shown)),
        box=(WIDTH, HEIGHT),
        headroom=headroom(saved, entries.places(saved, shown)),
        lanes=lanes.of_plan(saved.items),
        passages=passages(saved),
    )
