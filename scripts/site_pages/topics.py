"""What `remediate explain` knows beside rules and hazards: topics, and what refutes a revision."""

import re

from remediate.commands.topics import topics
from remediate.findings.topics import Topic
from remediate.rehearsal.defect_pages import DEFECTS
from scripts.site_pages.documents import as_markdown, sections
from scripts.site_pages.markdown import Page, block, escaped, joined, prose

DEFECTS_PATH = "topics/defects.md"


def page(topic: Topic) -> Page:
    """A topic: most are Markdown already, and `score` is a text as those of the rules are."""
    here = f"topics/{topic.name}.md"
    if titled := re.match(r"(.+)\n=+\n", topic.page):
        text = f"# {titled[1]}\n\n{topic.page[titled.end() :].strip()}"
    else:
        parts = sections(topic.page)
        text = joined([f"# {escaped(topic.name.capitalize())}", as_markdown(parts[""], here)])
    again = block(f"remediate explain {topic.name}\n{topic.next}", "console")
    return Page(here, joined([text, "## In the terminal", again]))


def defects() -> Page:
    """Every name that a rehearsal prints of what refutes a revision."""
    parts = [
        "# What refutes a revision",
        "`remediate rehearse` and `remediate generate` run a revision on a scratch PostgreSQL, and "
        "name what is wrong with it. `remediate explain NAME` prints the same in the terminal.",
    ]
    for name, text in DEFECTS.items():
        parts += [f"## {escaped(name)} {{ #{name.lower()} }}", prose(text, DEFECTS_PATH)]
    return Page(DEFECTS_PATH, joined(parts))


def pages() -> tuple[Page, ...]:
    """The topics, and the defects."""
    return (*map(page, topics()), defects())
