"""Whatever a text is, it comes back from the quotes that it was put in."""

import ast
import subprocess

import pytest

from remediate.postgres.filters import python_literal, python_string, shell_word


@pytest.mark.parametrize(
    "text", ["plain", 'with "quotes"', "it's", "both ' and \"", "back\\slash", "two\nlines",
        'two\n"""lines"""', "ends\nwith\\"]
)  # fmt: skip
def test_python_literals_keep_their_text(text: str) -> None:
    read = ast.literal_eval(python_literal(text))
    assert " ".join(read.split()) == " ".join(text.split())


STRINGS = ["a", "'", '"', "\"'", "\\", "\n", "é\u2028", "'''\"\"", "%s :x {y}"]


@pytest.mark.parametrize("text", STRINGS)
def test_a_string_literal(text: str) -> None:
    assert ast.literal_eval(python_string(text)) == text


@pytest.mark.parametrize("text", ["a", "a b", "it's", "a\\b'c\n\x1b[2J\u202eé😀", "$HOME\t`x`\n"])
def test_a_word_of_a_shell_is_one_line(text: str) -> None:
    word = shell_word(text)
    assert word.isprintable()
    told = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, check=True)
    assert told.stdout.decode() == text
