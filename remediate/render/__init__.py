"""Values to text. Nothing here decides, reads or prints.

A format is imported when somebody asks for it.
"""

from typing import TYPE_CHECKING, Literal, assert_never

from remediate.render.room import COMMENT
from remediate.system.formats import PlanFormat
from remediate.system.paths import HERE, Repository

if TYPE_CHECKING:
    from remediate.plans.baseline import Checked
    from remediate.plans.plan import Item, Plan
    from remediate.render.style import Style


def plan(
    made: "Plan",
    format_: PlanFormat,
    style: "Style",
    repository: Repository = HERE,
    *,
    room: int = COMMENT,
) -> str:
    """The plan in one of the formats; as Markdown with as many bytes at most as there is room."""
    match format_:
        case PlanFormat.TEXT:
            from remediate.render import text

            return text.render(made, style)
        case PlanFormat.JSON:
            from remediate.render import json

            return json.render(made)
        case PlanFormat.MARKDOWN:
            return _markdown(made, room=room)
        case PlanFormat.HTML:
            return _page(made)
        case PlanFormat.SARIF:
            from remediate.render import sarif

            return sarif.render(made, repository)
        case _:
            return _for_services(made, format_, repository)


def check(
    made: "Checked",
    format_: PlanFormat,
    repository: Repository,
    style: "Style | None" = None,
    *,
    room: int = COMMENT,
) -> str:
    """What is new, or everything with what is known of it, in one of the formats."""
    from remediate.render import checked

    match format_:
        case PlanFormat.TEXT:
            return checked.as_text(made, style) if style else checked.as_text(made)
        case PlanFormat.JSON:
            return checked.as_json(made)
        case PlanFormat.MARKDOWN:
            return _markdown(checked.to_report(made), checked.nothing(made), room=room)
        case PlanFormat.HTML:
            return _page(checked.to_report(made), checked.nothing(made))
        case PlanFormat.SARIF:
            from remediate.render import sarif

            return sarif.of_check(made, repository)
        case _:
            return _for_services(made.plan, format_, repository, made.to_report)


_Service = Literal[PlanFormat.GITHUB, PlanFormat.GITLAB, PlanFormat.JUNIT, PlanFormat.PROMETHEUS]


def _for_services(
    made: "Plan",
    format_: _Service,
    repository: Repository,
    new: "tuple[Item, ...] | None" = None,
) -> str:
    """What a service reads of a plan; of a check, `new` is what its baseline does not accept."""
    match format_:
        case PlanFormat.GITHUB:
            from remediate.render import github

            return github.render(made, repository, new)
        case PlanFormat.GITLAB:
            from remediate.render import gitlab

            return gitlab.render(made, repository, new)
        case PlanFormat.JUNIT:
            from remediate.render import junit

            return junit.render(made, repository, new)
        case PlanFormat.PROMETHEUS:
            from remediate.render import prometheus

            return prometheus.render(made, new)
        case _:
            assert_never(format_)


def _markdown(made: "Plan", nothing: str = "", *, room: int) -> str:
    from remediate.render import markdown, script

    return markdown.markdown(made, script.render(made, example=True), nothing, room=room)


def _page(made: "Plan", nothing: str = "") -> str:
    from remediate.render.page import report

    return report.of_plan(made, nothing)
