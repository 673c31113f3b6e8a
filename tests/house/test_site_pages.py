"""Texts of the program as Markdown: nothing in them becomes markup, and what is known is linked."""

import markdown
import pytest

from scripts.site_pages.documents import as_markdown, language, sections
from scripts.site_pages.markdown import block, code, escaped, link, prose, table
from scripts.site_pages.settings import page as settings
from scripts.site_pages.types import words_of

HERE = "rules/PK001.md"
HOSTILE = "<b>a</b> *b* _c_ [d](e) `` # | &lt; \\ ![x](y) {{ z }}"


def html(text: str) -> str:
    return markdown.markdown(text, extensions=["tables", "def_list", "fenced_code", "attr_list"])


def test_a_text_stays_as_it_is() -> None:
    shown = html(escaped(HOSTILE))
    assert "<b>" not in shown
    assert "<em>" not in shown
    assert "<a " not in shown
    assert shown.startswith("<p>&lt;b&gt;a&lt;/b&gt; *b* _c_ [d](e) `` # | &amp;lt; \\ ![x](y)")


@pytest.mark.parametrize("text", ["a|b", "<i>|", "`x`|"])
def test_a_cell_stays_one(text: str) -> None:
    for cell in (code(text), escaped(text)):
        assert html(table(("x", "y"), [(cell, "z")])).count("<td") == 2


def test_code_keeps_its_characters() -> None:
    assert html(code("a<b")) == "<p><code>a&lt;b</code></p>"
    assert html(code("a|<b")) == "<p><code>a&#124;&lt;b</code></p>"
    assert html(block("```\n<x>")).count("<code") == 1


def test_what_is_known_is_linked() -> None:
    assert prose("see PK001, PK002 and EXPLICIT_IDS: `PK003`, --headroom, XPK002", HERE) == (
        "see PK001, [PK002](PK002.md) and [`EXPLICIT_IDS`](../hazards.md#explicit_ids): `PK003`, "
        "`--headroom`, XPK002"
    )
    assert link("x", "rules/PK002.md#a", "hazards.md") == "[x](rules/PK002.md#a)"


PAGE = """\
What is wrong.

What it does
------------
Finds this:

  error    it fails, and
           goes on
  info     it <does> not

- a list
  of two lines
- another

Example
-------
  SELECT 1;

  op.execute("SELECT 1")

References
----------
https://example.org/a_b_c
"""


def test_a_page_for_the_terminal() -> None:
    parts = sections(PAGE)
    assert [*parts] == ["", "What it does", "Example", "References"]
    assert as_markdown(parts["What it does"], HERE) == (
        "Finds this:\n\nerror\n:   it fails, and goes on\n\ninfo\n:   it &lt;does> not\n\n"
        "- a list of two lines\n- another"
    )
    assert as_markdown(parts["Example"], HERE) == (
        '```sql\nSELECT 1;\n```\n\n```python\nop.execute("SELECT 1")\n```'
    )
    assert as_markdown(parts["References"], HERE) == "- <https://example.org/a_b_c>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CREATE TABLE t ()", "sql"),
        ("class A(Base): ...", "python"),
        ('[tool.remediate.right]\n"a" = "models"', "toml"),
        ("integer out of range", "text"),
    ],
)
def test_the_language_of_an_example(text: str, expected: str) -> None:
    assert language(text) == expected


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (int | None, "number or null"),
        (tuple[str, ...], "list of text"),
        (tuple[str, str], "list of 2: text"),
        (bool, "true or false"),
    ],
)
def test_types_in_words(hint: object, expected: str) -> None:
    assert words_of(hint) == expected


def test_a_setting_has_its_type_and_default() -> None:
    rows = [line for line in settings().text.splitlines() if 'id="headroom"' in line]
    assert rows == [
        '| <span id="headroom"></span>`headroom` | integer, 0 or more | `0` | '
        "Ids left free above the highest one. |"
    ]
