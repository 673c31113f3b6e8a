"""The messages that are known are those of the server, in every language that it speaks."""

import importlib.util
import re
from pathlib import Path

import pytest

from remediate.findings.effects import ErrorKind
from remediate.logs import messages
from remediate.logs.errors import ServerError, details, mentioned, recognised
from remediate.logs.formats import TIGHT
from remediate.logs.reader import LogReader

ROOT = Path(__file__).parents[2]
_SPEC = importlib.util.spec_from_file_location("messages_script", ROOT / "scripts" / "messages.py")
assert _SPEC
assert _SPEC.loader
script = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(script)

FILES = sorted(script.FILES.glob("*.txt"))
SPOKEN = {
    "de", "es", "fr", "id", "it", "ja", "ka", "ko", "pl", "pt_BR", "ru", "sv", "tr", "uk",
    "zh_CN", "zh_TW",
}  # fmt: skip
VALUES = {
    "column": "nr", "table": "shelf", "constraint": "shelf_pkey", "sequence": "shelf_seq",
    "type": "integer", "given": "text", "operator": "integer = text", "value": "77",
    "object": "x", "other": "y", "construct": "JOIN/USING", "columns": "`nr`", "model": "Shelf",
    "number": "1", "integer": "int4", "refusal": "value out of int32 range",
}  # fmt: skip
# The server says of a missing table what it says of a missing sequence.
SAID = [kind for kind in ErrorKind if kind is not ErrorKind.TABLE_MISSING]
TEXTS = [(kind, text) for kind in SAID for text in messages.texts(kind.value)]


def filled(text: str) -> str:
    """A message as the server writes it; a line that ends in it ends."""
    return re.sub(r"\{(\w+)\}", lambda m: VALUES[m[1]], text).replace("\\n", "\n")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_catalogues_on_this_machine_say_nothing_else(path: Path) -> None:
    """Where they do: .venv-dev/bin/python scripts/messages.py."""
    known = script.read(path)
    assert script.renewed(known, script.catalogues(script.FOLDERS)) == known
    assert script.written(known) == path.read_text(encoding="utf-8")


def test_every_kind_of_error_has_its_messages() -> None:
    assert {kind.value for kind in SAID} == {p.stem for p in FILES} - {"labels", "details"}


@pytest.mark.parametrize("name", ["duplicate-key", "nothing-unique", "not-referenceable", "labels"])
def test_every_language_of_the_server_is_known(name: str) -> None:
    said = script.read(script.FILES / f"{name}.txt").values()
    assert {language for translations in said for language, _ in translations} == SPOKEN


@pytest.mark.parametrize(("kind", "text"), TEXTS)
def test_every_message_is_told_and_nothing_else_is(kind: ErrorKind, text: str) -> None:
    found = recognised(filled(text))
    assert mentioned(filled(text))
    assert found
    assert found.kind is kind
    fields = set(re.findall(r"\{(\w+)\}", text))
    assert (found.table == "shelf") is ("table" in fields)
    assert (found.column == "nr") is bool(fields & {"column", "columns"})
    if fields & {"constraint", "sequence"}:
        assert found.name in ("shelf_pkey", "shelf_seq")


def test_labels_without_blanks_are_those_of_the_catalogues() -> None:
    """Turkish and Korean: their translators left them out."""
    log = (
        '2024-05-01 10:00:00 +03 [7] HATA:  duplicate key value violates unique constraint "odd"\n'
        "2024-05-01 10:00:00 +03 [8] HATA:  deadlock\n"
        "2024-05-01 10:00:00 +03 [8] AYRINTI:Key (other)=(1) already exists.\n"
        "2024-05-01 10:00:00 +03 [7] AYRINTI:Key (nr)=(1) already exists.\n"
        "2024-05-01 10:00:00 +03 [7] KOMUT:  INSERT INTO shelf VALUES (1)\n"
    )
    reader = LogReader()
    entries = [entry for line in log.splitlines() for entry in reader.take(line)]
    found = [entry.error for entry in (*entries, *reader.rest())]
    assert found == [ServerError(ErrorKind.DUPLICATE, "", "shelf", "nr", "odd"), None]
    tight = {
        said
        for _, say in script.catalogues(script.FOLDERS)
        for label in ("DETAIL:  ", "CONTEXT:  ", "QUERY:  ", "STATEMENT:  ")
        if not (said := say(label)).endswith("  ")
    }
    assert tight <= set(TIGHT)


@pytest.mark.parametrize("text", messages.texts("details"))
def test_every_detail_is_told(text: str) -> None:
    said = f"{filled(text)} z"
    found = next(match for match in (pattern.search(said) for pattern in details()) if match)
    assert found["table"] == "shelf"
    assert found.groupdict().get("column", "nr") == "nr"
