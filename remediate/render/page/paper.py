"""A Markdown paper, such as a runbook, as a page: with contents, and buttons that copy commands."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from remediate.render.page.skeleton import skeleton
from remediate.render.page.values import Lane, State

_BOX = re.compile(r"<li>\[( |x)\] ")
_NOW = re.compile(r"(?s)<h2 id=\"s1\">(Do this now|In short).*?(?=<h2)")


def of_markdown(text: str, state: State = State.PLAIN, lanes: Sequence[Lane] = ()) -> str:
    """The whole page, without anything from elsewhere; raw HTML in the text stays text.

    `lanes` are the locks that were measured, below the text.
    """
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    contents = tuple(_with_anchors(tokens))
    _without_empty_heads(tokens)
    first = next((i for i, one in enumerate(tokens) if one.tag == "h2"), len(tokens))
    top, body = (_html(reader, part) for part in (tokens[:first], tokens[first:]))
    return skeleton(
        "page/paper.html.j2",
        title=text.partition("\n")[0].lstrip("# ").replace("\\", ""),
        state=state,
        contents=contents,
        top=top,
        lanes=lanes,
        body=_NOW.sub(_in_a_frame, body),
    )


def _with_anchors(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Gives each section an anchor: these, with their titles."""
    number = 0
    for one, inside in pairwise(tokens):
        if one.type == "heading_open" and one.tag == "h2":
            number += 1
            one.attrSet("id", f"s{number}")
            yield f"s{number}", "".join(part.content for part in inside.children or ())


def _without_empty_heads(tokens: Sequence[Token]) -> None:
    """The head of a column without a name is no head."""
    for one, inside, end in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if one.type == "th_open" and not inside.content:
            one.tag = end.tag = "td"


def _html(reader: MarkdownIt, tokens: Sequence[Token]) -> str:
    """With boxes to tick, tables that scroll by themselves, and code that can be copied."""
    text = reader.renderer.render(tokens, reader.options, {})
    text = _BOX.sub(_box, text).replace("<pre>", '<pre class="code">')
    tables = text.split("<table>")
    scrolling = (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Table {n}"><table>{rest}'
        for n, rest in enumerate(tables[1:], 1)
    )
    return (tables[0] + "".join(scrolling)).replace("</table>", "</table></div>")


def _box(match: re.Match[str]) -> str:
    return f'<li class="box">{"☑" if match[1] == "x" else "☐"} '


def _in_a_frame(match: re.Match[str]) -> str:
    """What is to be done now, so that nobody overlooks it."""
    return f'<div class="do-now">{match[0]}</div>\n'
