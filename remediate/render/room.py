"""How much Markdown GitHub takes, and the most of a text that fits.

A comment holds "65536 characters", a step summary 1 MiB. Both are taken as bytes of UTF-8 here: so
many bytes are never more characters, however GitHub counts these.
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
"""

from collections.abc import Callable, Iterable, Iterator

COMMENT = 65_536  # bytes
SUMMARY = 1_048_576  # bytes
_CUT = "\n\n(The rest is too long for GitHub.)"


def size(text: str) -> int:
    """Bytes of the text in UTF-8."""
    return len(text.encode(errors="surrogatepass"))


def fits(text: str, room: int | None) -> bool:
    """Whether it has as many bytes at most; None: nothing is too long."""
    return room is None or size(text) <= room


def fitted(
    whole: Iterable[Callable[[], str]], some: Callable[[int], str], number: int, room: int | None
) -> str:
    """The first of the whole texts that fits, else what `some` makes of as many as fit.

    `some` gets how many of the `number` to show. What is too long even without any is cut.
    """
    for make in whole:
        if fits(text := make(), room):
            return text
    least, most = 0, number
    while least < most:
        middle = (least + most + 1) // 2
        if fits(some(middle), room):
            least = middle
        else:
            most = middle - 1
    return _cut(some(least), room)


def _cut(text: str, room: int | None) -> str:
    """The paragraphs that fit; with a note that there are more."""
    if room is None or size(text) <= room:
        return text
    left = room - size(_CUT)
    kept = [end for end in _ends(text) if end <= left]
    start = text.encode(errors="surrogatepass")[: kept[-1] if kept else 0]
    return start.decode(errors="ignore") + _CUT if left >= 0 else ""


def _ends(text: str) -> Iterator[int]:
    """The bytes at which paragraphs end."""
    end = 0
    for paragraph in text.split("\n\n"):
        end += size(paragraph)
        yield end
        end += 2
