"""What tests of several files do with a database."""

import json
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import psycopg
import sqlalchemy as sa

from remediate.catalog import catalog
from remediate.commands.planning import planned
from remediate.config import Config
from remediate.findings.facts import facts_as_json
from remediate.findings.finding import Facts, Finding, Healthy, Options, Rule
from remediate.findings.remedy import Remedy
from remediate.plans.document import from_json, with_review
from remediate.plans.plan import Item, Plan
from remediate.postgres import client, programs
from remediate.postgres.connections import address
from remediate.postgres.direct import opened
from remediate.project import models
from remediate.project.enrichment import enrich
from remediate.project.metadatas import Discovery, ProjectMetadata
from remediate.project.reading import Reading
from remediate.rehearsal import schema_copy
from remediate.rehearsal.scratch import Server
from remediate.revisions.blocks import Block, Script
from remediate.revisions.finishing import finishing
from remediate.revisions.script import script
from remediate.rules import RULES, rule_of
from remediate.rules.keys.key_without_default import RULE
from remediate.snapshots.declared import Declared
from remediate.snapshots.live import Live
from remediate.snapshots.tables import Generator, Name

Said = Callable[..., list[str]]  # of a rule, DDL and any number of MetaData
NO_TABLE = Name("public", "alembic_version")


def snapshot(url: sa.URL, models: Declared = Declared(), config: Config = Config()) -> Live:
    """As it is read by psycopg alone; tests of projects read by SQLAlchemy."""
    with opened(address(url.render_as_string(hide_password=False))) as connection:
        return enrich(connection, catalog.read(connection), models, config)


def declared(*metadatas: sa.MetaData, tracked: int = 99) -> Declared:
    """The models of m0, m1, and so on; the first so many are given to Alembic."""
    found = [
        ProjectMetadata(m, f"m{n}", None, tracked=n < tracked) for n, m in enumerate(metadatas)
    ]
    return models.read(Discovery(tuple(found)), "public")


def verdicts(
    url: sa.URL, *, models: Declared = Declared(), options: Options = Options()
) -> dict[str, Finding | Healthy]:
    """By place, as it is printed."""
    live = snapshot(url)
    return {str(v.place): v for v in RULE.find(live, models, options)}


def items(url: sa.URL, *, options: Options = Options()) -> list[Item]:
    """What is found where models leave every key to the database."""
    live = snapshot(url)
    found = [v for v in RULE.find(live, as_models(live), options) if isinstance(v, Finding)]
    return [Item.of(finding, RULE.remedy(finding, live, options)) for finding in found]


def plan_that_comes_back(live: Live, models: Declared) -> Plan:
    """By all rules, also those that have to be asked for; its file holds what it held."""
    config = Config(select=tuple(rule.code for rule in RULES))
    plan = planned(Reading(live, models, 1.5, {}), config)
    assert from_json(with_review(plan)) == plan.on_file
    return plan


def as_models(live: Live) -> Declared:
    return Declared(
        tables=tuple(
            replace(
                table,
                columns=tuple(replace(c, generator=Generator.DATABASE) for c in table.columns),
            )
            for table in live.tables
        )
    )


def scripts(url: sa.URL, *, options: Options = Options()):
    return script([i.remedy for i in items(url, options=options) if isinstance(i.remedy, Remedy)])


def statements(blocks: Iterable[Block]) -> list[str]:
    return [statement for block in blocks for statement in block.statements]


def run(connection: psycopg.Connection, blocks: Iterable[Block]) -> None:
    """As one transaction, the way Alembic does."""
    with connection.transaction():
        for statement in statements(blocks):
            connection.execute(statement.encode())


def finish(remedies: Sequence[Remedy], connection: psycopg.Connection, *, back: bool) -> None:
    """What comes after the transaction."""
    run_finishing(connection, finishing(remedies), back=back)


def run_finishing(connection: psycopg.Connection, made: Script, *, back: bool) -> None:
    """In autocommit, and then what is one transaction."""
    alone, together = ((), made.down) if back else (made.autocommit, made.up)
    for statement in statements(alone):
        connection.execute(statement.encode())
    run(connection, together)


def parsed(text: str) -> dict[str, Any]:
    """JSON that a command printed."""
    made = json.loads(text)
    assert isinstance(made, dict)
    return made


def dump(url: sa.URL) -> str:
    bindir = programs.clients(18)
    return schema_copy.text(client.environment(url), bindir, NO_TABLE)


def psql(url: sa.URL, script: str, *options: str) -> None:
    """Run the script by psql, which stops at the first error."""
    uri = url.set(drivername="postgresql").render_as_string(hide_password=False)
    program = [programs.clients(18) / "psql", "-v", "ON_ERROR_STOP=1", "-q", *options, uri]
    result = subprocess.run(program, input=script, text=True, capture_output=True, check=False)
    assert result.returncode == 0, result.stderr


@contextmanager
def own_log(server: Server, to: Path) -> Iterator[None]:
    """What the server logs meanwhile, as a file."""
    assert server.folder
    log = server.folder / "log"
    before = log.stat().st_size
    yield
    to.write_bytes(log.read_bytes()[before:])


@contextmanager
def connected(
    url: sa.URL, user: str = "postgres", *, autocommit: bool = True
) -> Iterator[psycopg.Connection]:
    parameters = client.environment(url.set(username=user))
    with client.connect(parameters) as connection:
        connection.autocommit = autocommit
        connection.cursor_factory = psycopg.Cursor  # what it executes is a user's
        yield connection


def sentences(rule: Rule, live: Live, models: Declared) -> list[str]:
    """What the rule says of this database and of these models."""
    found = rule.find(live, models, Options())
    return sorted(verdict.message for verdict in found if isinstance(verdict, Finding))


def locks_held(asking: psycopg.Connection, pid: int, *, catalogs: bool = False) -> int:
    """The number of locks that the process `pid` holds on user tables and their indexes."""
    asked = asking.execute(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'relation' AND pid = %s AND relation >= %s",
        [pid, 0 if catalogs else 16384],
    )
    return int(asked.fetchone()[0])


def facts_of(finding: Finding) -> dict[str, Any]:
    """The facts of a finding by their names in JSON."""
    return facts_as_json(finding.facts)


def facts(code: str, **given: object) -> Facts:
    """The facts of a rule of which only these are told; the others are empty."""
    return next(
        made
        for kind in rule_of(code).facts
        if given.keys() <= facts_as_json(made := empty(kind, given)).keys()
    )


def empty(kind: type[Any], given: dict[str, object]) -> Any:
    """Facts of this kind, of which only these are told."""
    hints = get_type_hints(kind)
    return kind(**{one.name: _told(hints[one.name], one.name, given) for one in fields(kind)})


def _told(hint: Any, name: str, given: dict[str, object]) -> object:
    kinds = get_args(hint) or (hint,)
    if isinstance(kinds[0], type) and issubclass(kinds[0], Facts):
        part = empty(kinds[0], given)
        untold = type(None) in kinds and given.keys().isdisjoint(facts_as_json(part))
        return None if untold else part
    if name in given:
        value = given[name]
        return tuple(value) if isinstance(value, list) else value
    if type(None) in kinds or hint is type(None):
        return None
    if hint is Name:
        return Name("", "")
    return () if get_args(hint) else empty(hint, given) if is_dataclass(hint) else hint()
