"""The hazards: what each is about, what a person does, which repairs carry it."""

from collections.abc import Iterator

from remediate.findings.remedy import ACCEPTED_BY_NAME, HAZARD_TEXT, OF_MODELS, Hazard
from scripts.site_pages.markdown import Page, block, code, escaped, joined, prose, rule_link, table
from scripts.site_pages.observed import rules_with

PATH = "hazards.md"

_NOWHERE = "No repair of this version carries it; a plan that another one saved may name it."


def page() -> Page:
    """Each hazard below a heading of its name."""
    rows = [
        (f"[{code(hazard.value)}](#{hazard.value.lower()})", _answer(hazard), _rules(hazard))
        for hazard in Hazard
    ]
    parts = [
        "# Hazards",
        "A hazard is what a person has to know before a repair runs. A plan names the hazards of "
        "each repair, and the review asks about them.",
        f"{len(ACCEPTED_BY_NAME)} of {len(Hazard)} change or lose what somebody may rely on: "
        "`remediate generate` refuses the repair until `--allow`, or `allow` under "
        "`[tool.remediate]`, names them.",
        table(("Hazard", "What it needs", "Seen in repairs of"), rows),
    ]
    return Page(PATH, joined([*parts, *(part for hazard in Hazard for part in _part(hazard))]))


def _answer(hazard: Hazard) -> str:
    if hazard in ACCEPTED_BY_NAME:
        return "accept it by name"
    return "change the models in the same deploy" if hazard in OF_MODELS else "read it"


def _rules(hazard: Hazard) -> str:
    return ", ".join(rule_link(one, PATH) for one in rules_with(hazard))


def _part(hazard: Hazard) -> Iterator[str]:
    text = HAZARD_TEXT[hazard]
    yield f"## {escaped(hazard.value)} {{ #{hazard.value.lower()} }}"
    yield prose(f"{text[0].upper()}{text[1:]}.", PATH)
    if hazard in ACCEPTED_BY_NAME:
        yield block(f"remediate generate --allow {hazard.value}", "console")
    rules = _rules(hazard)
    yield f"Seen in repairs of {rules}." if rules else _NOWHERE
