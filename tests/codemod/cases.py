"""Cases of the codemod, read from text files: changes, the source before, the source after.

A file holds cases of this form; `# refused` stands for a source that stays as it is:

    === what the case is about
    User.id type=Integer references=orgs.id index
    users:id type="Numeric(12, 0)" identity
    ---
    the source before
    ---
    the source after

where `User.id` is an attribute of a class and `users:id` a column of a Core table.
"""

import shlex
from dataclasses import dataclass
from pathlib import Path

from remediate.codemod import Change

FOLDER = Path(__file__).parent / "cases"
FLAGS = {"True": True, "False": False}


@dataclass(frozen=True)
class Case:
    title: str
    changes: tuple[Change, ...]
    before: str
    after: str  # for a case that is refused: "line: reason" of every refusal


def cases(name: str) -> list[Case]:
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return [case(part) for part in text.split("=== ")[1:]]


def case(text: str) -> Case:
    head, before, after = text.split("---\n")
    title, *lines = head.splitlines()
    return Case(title, tuple(map(change, lines)), before, after)


def change(line: str) -> Change:
    """`User.id type=Integer index`, as a value."""
    place, *words = shlex.split(line)
    fields = dict((*word.split("=", 1), "True")[:2] for word in words)
    values = {k: v if k == "sequence" else FLAGS.get(v, v) for k, v in fields.items()}
    table, colon, column = place.partition(":")
    if colon:
        return Change("", table, column, **values)
    owner, _, attribute = place.rpartition(".")
    return Change(owner, "", attribute, **values)
