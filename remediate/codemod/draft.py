"""Collect the edits of one change before any of them is applied."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import libcst as cst

from remediate.codemod.names import Names
from remediate.codemod.site import Site
from remediate.codemod.source import Edit, Listing, ParsedSource, listing
from remediate.codemod.spelling import Import, Spelled, Speller
from remediate.codemod.values import Unsafe


@dataclass(slots=True)
class Draft:
    """The edits of one column; none is applied if any part of the change is refused."""

    text: ParsedSource
    names: Names
    site: Site
    speller: Speller
    needed: list[Import] = field(default_factory=list)
    _edits: list[Edit] = field(default_factory=list)
    _listings: dict[cst.CSTNode, Listing] = field(default_factory=dict)
    _positional: list[str] = field(default_factory=list)  # of a new call
    _keywords: list[str] = field(default_factory=list)
    _added: int = 0

    def write(self, spelled: Spelled) -> str:
        """The text of a name; its imports are added to those needed."""
        self.needed += spelled.needed
        return spelled.text

    def replace(self, start: int, end: int, text: str) -> None:
        """Replace source[start:end] by a text."""
        self._edits.append(Edit(start, end, text))

    def replace_value(self, holder: cst.CSTNode, item: cst.CSTNode, text: str) -> None:
        """Replace the value of an item, such as `type_=UUID` of a call."""
        found = self.listing(holder)
        value = item.value if isinstance(item, cst.Arg | cst.DictElement) else item
        start, end = self.text.span(value)
        first, last = self.text.span(item)
        source = self.text.source
        found.items[_index(found, (first, last))].text = (
            source[first:start] + text + source[end:last]
        )

    def rewrite(self, call: cst.CSTNode, item: cst.CSTNode, text: str) -> None:
        """Replace an item."""
        found = self.listing(call)
        found.items[_index(found, self.text.span(item))].text = text

    def remove(self, holder: cst.CSTNode, item: cst.CSTNode) -> None:
        """Remove an item."""
        found = self.listing(holder)
        found.remove(_index(found, self.text.span(item)))

    def positional(self, text: str, *, behind: int) -> None:
        """Add a positional argument after the first `behind` ones, and after those added before."""
        if self.site.call is None:
            self._positional.append(text)
        else:
            self.listing(self.site.call).insert(behind + self._added, text)
            self._added += 1

    def keyword(self, name: str, value: str) -> None:
        """Add `name=value` after the other arguments."""
        if self.site.call is None:
            self._keywords.append(f"{name}={value}")
        else:
            self.append(self.site.call, f"{name}={value}")

    def append(self, holder: cst.CSTNode, text: str) -> None:
        """Add an item at the end of a list."""
        found = self.listing(holder)
        found.insert(len(found.items), text)

    def listing(self, holder: cst.CSTNode) -> Listing:
        """The arguments of a call, or the elements of a list, tuple or dict."""
        if holder not in self._listings:
            self._listings[holder] = self._read(holder)
        return self._listings[holder]

    def make_call(self, name: Spelled) -> None:
        """Write the call for the added arguments if the column has none."""
        arguments = [*self._positional, *self._keywords]
        value = self.site.value
        if not arguments:
            return
        if value is None:
            end = self.text.span(self.site.node)[1]
            self.replace(end, end, f" = {self.write(name)}({', '.join(arguments)})")
            return
        arguments.insert(0, f"default={self.text.code(value)}")
        self.replace(*self.text.span(value), f"{self.write(name)}({', '.join(arguments)})")

    def edits(self) -> Iterable[Edit]:
        """All edits of the draft."""
        yield from self._edits
        for found in self._listings.values():
            yield from found.edits()

    def _read(self, holder: cst.CSTNode) -> Listing:
        start, end = self.text.span(holder)
        if isinstance(holder, cst.Call):
            start = self.text.source.index("(", self.text.span(holder.func)[1]) + 1
            return listing(self.text, holder.args, start, end - 1)
        if not isinstance(holder, cst.List | cst.Tuple | cst.Dict):
            raise Unsafe(f"`{self.text.code(holder)}` is not a list: change it by hand")
        inset = 0 if isinstance(holder, cst.Tuple) else 1
        return listing(self.text, holder.elements, start + inset, end - inset)


def _index(found: Listing, span: tuple[int, int]) -> int:
    return next(i for i, item in enumerate(found.items) if item.span == span)
