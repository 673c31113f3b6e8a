"""Which items the words of an approval name: `all`, rules, ids, also several in one word."""

from collections.abc import Iterable

from remediate.findings import lists
from remediate.findings.finding import Confidence
from remediate.plans.plan import Item, Plan


def names(words: Iterable[str], plan: Plan) -> tuple[str, ...]:
    """Each name by itself."""
    ids = frozenset(item.id for item in plan.items)
    return tuple(name for word in words for name in lists.known_parts(word, ids))


def means(name: str, item: Item) -> bool:
    """Whether `all`, a rule's code or name, or a finding's id speaks of this item."""
    rule = (item.finding.rule.lower(), item.finding.name)
    return name == item.id or name.lower() == "all" or name.lower().replace("_", "-") in rule


def approves(name: str, item: Item) -> bool:
    """Whether an approval of this name covers the item.

    `all` and a rule leave what is merely possible to its id; `all` also leaves what is a choice.
    """
    if name == item.id:
        return True
    if item.finding.confidence is Confidence.POSSIBLE:
        return False
    return means(name, item) and not (item.is_choice and name.lower() == "all")
