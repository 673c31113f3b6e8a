"""PK001 without models: keys that mean something by themselves, and lookup tables."""

import psycopg
import pytest
import sqlalchemy as sa

from remediate.analysis.names import natural
from remediate.findings.finding import Finding
from tests.support import helpers

ROWS = "INSERT INTO {0} SELECT g FROM generate_series({1}, {2}) g; ANALYZE {0}; "
REFERRED = "CREATE TABLE of_{0} (id serial PRIMARY KEY, k {2} REFERENCES {0} ({1})); "
KEY = "CREATE TABLE {0} ({1} {2} PRIMARY KEY, label text); "


@pytest.mark.parametrize(
    "name",
    [
        "lieferantennr", "BelegNr", "rechnungsnummer", "MATRICULA", "num_matricula", "postcode",
        "cpf", "ean13", "isbn_13", "plz", "codigo", "tax_code", "siret",
    ],
)  # fmt: skip
def test_names_of_what_means_something(name: str) -> None:
    assert natural(name)


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "itemid",
        "empno",
        "borrowernumber",
        "nrow",
        "codec",
        "seq",
        "numbers",
        "genre",
        "number_id",
        "casino",
    ],
)
def test_names_that_say_nothing_of_the_kind(name: str) -> None:
    assert not natural(name)


@pytest.mark.newest_in_ci
@pytest.mark.parametrize(
    ("table", "column", "type_", "ids", "confidence"),
    [
        ("konto", "kontonr", "numeric(5)", (70001, 70060), None),
        ("aluno", "matricula", "integer", (1001, 1060), None),
        ("state", "state_id", "numeric(2)", (1, 6), "possible"),
        ("kind", "id", "numeric(1,0)", (1, 4), "possible"),
        ("grade", "level_id", "numeric(1)", (1, 4), None),
        ("batch", "batch_id", "numeric(4)", (1, 40), "likely"),
        ("parcel", "id", "smallint", (1, 40), "likely"),
    ],
)
def test_what_is_referenced_and_dense(
    table: str,
    column: str,
    type_: str,
    ids: tuple[int, int],
    confidence: str | None,
    url: sa.URL,
    connection: psycopg.Connection,
) -> None:
    ddl = KEY + ROWS.replace("{1}", str(ids[0])).replace("{2}", str(ids[1])) + REFERRED
    connection.execute(ddl.format(table, column, type_).encode())
    verdict = helpers.verdicts(url)[f"public.{table}.{column}"]
    said = verdict.confidence if isinstance(verdict, Finding) else None
    assert said == confidence
