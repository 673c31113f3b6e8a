"""What is right, or cannot be told from the text, is left alone."""

import subprocess
import sys

import pytest

from remediate import lint
from remediate.commands.demo import incident
from remediate.findings.finding import Options
from remediate.findings.remedy import Remedy
from remediate.plans.plan import Item
from remediate.rehearsal.scratch import Server
from remediate.remedies.binding import bind
from remediate.revisions import drafts
from remediate.revisions.script import script
from tests.corpora import remedies
from tests.lint.innocent import INNOCENT
from tests.lint.revisions import SERIAL, Case
from tests.lint.unsafe import UNSAFE
from tests.remedies import test_values as values
from tests.remedies import test_widening as widened
from tests.support import helpers


@pytest.mark.parametrize("case", INNOCENT, ids=lambda case: case.name)
def test_left_alone(case: Case) -> None:
    assert lint.lint(case.source, case.known) == ()


def test_there_are_enough_of_them() -> None:
    assert len(UNSAFE) >= 60
    assert len(INNOCENT) >= 60
    assert len({case.name for case in (*UNSAFE, *INNOCENT)}) == len(UNSAFE) + len(INNOCENT)


def test_nothing_is_imported_and_nothing_run() -> None:
    source = "raise SystemExit('run')\nimport nowhere\ndef upgrade():\n    nowhere.at_all()\n"
    assert lint.lint(source) == ()
    program = "import sys, remediate.lint; print([m for m in ('alembic', 'psycopg', 'jinja2') if m in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"


KEYS = [*remedies.CASES_BY_ID.values(), *widened.CASES]


@pytest.mark.parametrize(
    "cases",
    [KEYS[::15], pytest.param(KEYS, marks=pytest.mark.soak)],
    ids=["every fifteenth", "all"],
)
def test_our_own_revisions(cases: list[remedies.Case], newest: Server) -> None:
    """Remedies of the tests, plain and hostile, as the revisions that would be written."""
    with helpers.connected(newest.url) as connection:
        remedies.create_roles(connection)
    seen = 0
    for case in cases:
        with newest.database() as url:
            with helpers.connected(url) as connection:
                connection.execute(case.ddl.encode())
            _, items = remedies.look(url, case)
        made = tuple(item for item in items if isinstance(item.remedy, Remedy))
        seen += len(made)
        if made:
            source = _source(made)
            found = lint.read(source, SERIAL)
            assert (found.unsafe, found.remarks) == ((), ()), f"{case.id}\n{source}"
    assert seen >= len(cases) / 2


def test_our_own_conversion(newest: Server) -> None:
    """A mistyped reference, converted: the type changes with USING, and the way back too."""
    with newest.database() as url:
        with helpers.connected(url) as connection:
            connection.execute((values.KEYS + values.column("('1'), ('2')")).encode())
        live = values.said_by_models(url)
        remedy = bind(live.candidates[0], live, Options())
    assert isinstance(remedy, Remedy)
    made, run = script([remedy]), {"noted": False, "back": False}
    bodies = (
        drafts.indented(drafts._body(made.up, (), "", run)),
        drafts.indented(drafts._body(made.down, (), "", run)),
    )
    source = f"from alembic import op\n\ndef upgrade():\n    {bodies[0]}\n\ndef downgrade():\n    {bodies[1]}\n"
    assert "TYPE integer USING" in source
    assert lint.lint(source, lint.Known({("c", "p_id"): "character varying(9)"})) == ()


def _source(items: tuple[Item, ...]) -> str:
    made = [*drafts.drafts([[items]], "x")]
    bodies = "\n\n".join(
        f"def {name}_{n}():\n    {drafts.indented(body)}"
        for n, draft in enumerate(made)
        for name, body in (("upgrade", draft.upgrade), ("downgrade", draft.downgrade))
    )
    return f"from alembic import op\n\nrevision = 'one'\n\n{bodies}\n"


def test_the_incident_is_told_from_its_revisions_alone() -> None:
    """Two mistakes of its authors are in their text; the rest is right, or needs a run to tell."""
    versions = sorted((incident.PROJECT / "migrations" / "versions").glob("*.py"))
    sources = [path.read_text() for path in versions]
    found = [
        {one.kind for one in lint.lint(source, lint.learn(sources[:n]))}
        for n, source in enumerate(sources)
    ]
    assert found == [{"key-without-default"}, set(), {"copy-without-default"}, set(), set()]
