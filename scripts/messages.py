"""Bring the server's messages, in every language of its catalogues, into remediate/logs/catalogue.

.venv-dev/bin/python scripts/messages.py [FOLDER...]: a FOLDER holds LANGUAGE/LC_MESSAGES/*.mo, as
`pg_config --localedir` names it. What a catalogue of another version said is kept.
"""

import gettext
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

FILES = Path(__file__).parent.parent / "remediate" / "logs" / "catalogue"
FOLDERS = (Path("/usr/share/locale"),)  # of Debian
_SPECIFIER = re.compile(r"%(?:(\d)\$)?(?:ll|l)?[sdu]")
_FIELD = re.compile(r"\{\w+\}")
_INDENT = "    "
Translate = Callable[[str], str]
Blocks = dict[str, set[tuple[str, str]]]  # by English text: languages and what they say


def catalogues(folders: Iterable[Path]) -> Iterator[tuple[str, Translate]]:
    """The languages of the server's catalogues there, and how each says a message."""
    for folder in folders:
        for path in sorted(folder.glob("*/LC_MESSAGES/postgres-*.mo")):
            with path.open("rb") as file:
                yield path.parent.parent.name, gettext.GNUTranslations(file).gettext


def read(path: Path) -> Blocks:
    """The English texts of a file, each with its translations."""
    blocks: Blocks = {}
    english = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(_INDENT):
            language, _, said = line.strip().partition(" ")
            blocks[english].add((language, said))
        else:
            english = line
            blocks[english] = set()
    return blocks


def written(blocks: Blocks) -> str:
    """The text of a file."""
    return "".join(
        f"{english}\n" + "".join(f"{_INDENT}{a} {b}\n" for a, b in sorted(translations))
        for english, translations in blocks.items()
    )


def renewed(blocks: Blocks, languages: Iterable[tuple[str, Translate]]) -> Blocks:
    """The same, with what these catalogues say."""
    found = {english: set(said) for english, said in blocks.items()}
    for language, translate in languages:
        for english, translations in found.items():
            if said := _said(english, translate):
                translations.add((language, said))
    return found


def _said(english: str, translate: Translate) -> str | None:
    """A message in another language, None where its catalogue does not have it."""
    if english in _COMPOSED:
        return _one_line(_COMPOSED[english](lambda text: _filled(text, translate)))
    fields = _FIELD.findall(english)
    message = _FIELD.sub("%s", english)
    for text in (message, message.replace("(%s)", "(%lld)"), f"{message}:  "):  # a label
        if (said := translate(text)) != text:
            return _one_line(_named(said, fields)).rstrip(": ")
    return None


def _named(said: str, fields: list[str]) -> str:
    places = iter(range(len(fields)))
    return _SPECIFIER.sub(lambda m: fields[int(m[1]) - 1 if m[1] else next(places)], said)


def _one_line(text: str) -> str:
    return text.strip().replace("\n", "\\n").replace("\N{NO-BREAK SPACE}", " ")


def _filled(text: str, translate: Translate) -> Callable[..., str]:
    return lambda *fields: _named(translate(text), list(fields))


def _column(say: Callable[[str], Callable[..., str]]) -> str:
    return say("column %s of %s")("{column}", say("table %s")("{table}"))


# What a DETAIL puts together from several messages.
_COMPOSED: dict[str, Callable[[Callable[[str], Callable[..., str]]], str]] = {
    "default value for column {column} of table {table} depends on": lambda say: _until_other(
        say("%s depends on %s")(say("default value for %s")(_column(say)), "{other}")
    ),
    "constraint {constraint} on table {table} depends on": lambda say: _until_other(
        say("%s depends on %s")(
            say("constraint %s on %s")("{constraint}", say("table %s")("{table}")), "{other}"
        )
    ),
    "column {column} of table {table}": _column,
    "constraint {constraint} on table {table}": lambda say: say("constraint %s on %s")(
        "{constraint}", say("table %s")("{table}")
    ),
}


def _until_other(text: str) -> str:
    return text.partition("{other}")[0]


def main(folders: list[str]) -> None:
    languages = [*catalogues(map(Path, folders) if folders else FOLDERS)]
    for path in sorted(FILES.glob("*.txt")):
        path.write_text(written(renewed(read(path), languages)), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
