"""The changelog: what CHANGELOG.md holds, and the notes that no version holds yet."""

from collections.abc import Iterator
from pathlib import Path

from scripts.site_pages.markdown import Page, escaped, joined, prose

PATH = "changelog.md"
_MARK = "<!-- towncrier release notes start -->"
_KINDS = ("added", "changed", "deprecated", "removed", "fixed", "security")


def page(root: Path) -> Page:
    """The changelog of the repository in this folder."""
    head, _, versions = (root / "CHANGELOG.md").read_text(encoding="utf-8").partition(_MARK)
    first, *_ = head.split("\n\nChanges that no version holds yet")
    notes = [*_unreleased(root / "changelog.d")]
    waiting = ["## Not released yet", *notes] if notes else []
    return Page(PATH, joined([first.strip(), *waiting, versions.strip()]))


def _unreleased(folder: Path) -> Iterator[str]:
    for kind in _KINDS:
        if files := sorted(folder.glob(f"*.{kind}.md")):
            yield f"### {escaped(kind.capitalize())}"
            yield "\n".join(f"- {prose(file.read_text(encoding='utf-8'), PATH)}" for file in files)
