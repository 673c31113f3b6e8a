"""Markdown as a page that stands alone: to be read, sent, and printed."""

import html
import re

from markdown_it import MarkdownIt

from remediate.templates import environment

_BOX = re.compile(r"<li>\[( |x)\] ")


def page(markdown: str) -> str:
    """The whole page, without anything from elsewhere; raw HTML in the text stays text."""
    made = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    body = _BOX.sub(_box, made)
    title = markdown.partition("\n")[0].lstrip("# ")
    template = environment().get_template("page.html.j2")
    return template.render(title=html.escape(title.replace("\\", "")), body=body)


def _box(found: re.Match[str]) -> str:
    return f'<li class="box">{"☑" if found[1] == "x" else "☐"} '
