"""What has to come before a repair, and after it, in words."""

from collections.abc import Iterator

from remediate.plans.plan import Company, Fate, Item
from remediate.render import waiting


def sentences(item: Item) -> Iterator[str]:
    """What becomes of it beside other repairs, and of the revisions that wait to be run."""
    if item.company:
        yield _beside_others(item.company)
    yield from waiting.sentences(item.waiting)


def _beside_others(company: Company) -> str:
    match company.fate:
        case Fate.LATER:
            does = "goes into a later revision, planned on what the others leave"
        case Fate.SETTLED:
            does = "is settled by one of the others"
        case Fate.NOT_WRITTEN:
            does = f"is not written: {company.reason}"
    return f"It meets other repairs on one key, sequence or index. If all are approved, it {does}."
