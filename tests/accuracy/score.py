"""Found, missed, false alarms: each tool against the truth, corpus by corpus."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import sqlalchemy as sa

from remediate.findings.finding import Severity
from remediate.rehearsal.scratch import Server
from tests.accuracy import tools
from tests.accuracy.corpus import Corpus, Spot, corpora
from tests.accuracy.tools import Claim
from tests.accuracy.trials import Bench
from tests.accuracy.truth import Truth, truth
from tests.corpora.kinds import Kind
from tests.support import helpers


@dataclass(frozen=True, slots=True)
class Judged:
    """One corpus: what is true of it, and what each tool reported."""

    corpus: Corpus
    truth: Truth
    claims: Mapping[str, frozenset[Claim]]  # by tool

    def reported(self, tool: str) -> dict[Spot, Severity]:
        """Of what is judged, the gravest claim at each spot."""
        found: dict[Spot, Severity] = {}
        for claim in sorted(self.claims[tool], key=lambda c: _RANK[c.severity]):
            if self.truth.judges(claim.spot):
                found[claim.spot] = claim.severity
        return found


_RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


@dataclass(frozen=True, slots=True)
class Score:
    """One tool and one kind of defect: places, each with its corpus."""

    found: tuple[str, ...]
    hinted: tuple[str, ...]  # found, but no more than mentioned (info)
    missed: tuple[str, ...]
    alarms: tuple[str, ...]  # called broken (error), and healthy
    warnings: tuple[str, ...]  # warned of, and healthy
    mentions: tuple[str, ...]  # mentioned, and healthy

    @property
    def total(self) -> int:
        """The true defects."""
        return len(self.found) + len(self.hinted) + len(self.missed)


def judged(server: Server, wanted: Callable[[Corpus], bool] = lambda _: True) -> tuple[Judged, ...]:
    """Every corpus that is wanted, judged in a database of its own."""
    return tuple(_judge(server, corpus) for corpus in corpora() if wanted(corpus))


def _judge(server: Server, corpus: Corpus) -> Judged:
    with laid(server, corpus) as bench:
        claims = {name: tool(bench) for name, tool in tools.TOOLS.items()}
        return Judged(corpus, truth(bench), claims)


@contextmanager
def laid(server: Server, corpus: Corpus) -> Iterator[Bench]:
    """The corpus in an empty database."""
    with server.database() as url, helpers.connected(url) as connection:
        _create_roles(connection, corpus.roles)
        connection.execute(f"SET search_path = {corpus.search_path}".encode())
        for statements in corpus.statements:
            if statements.strip():
                connection.execute(statements.encode())
        connection.execute("RESET search_path; ANALYZE")
        for role, path in corpus.paths.items():
            alter = f"ALTER ROLE {role} IN DATABASE {url.database} SET search_path = {path}"
            connection.execute(alter.encode())
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        yield Bench(corpus, connection, engine)
        engine.dispose()


def _create_roles(connection: psycopg.Connection, roles: Iterable[str]) -> None:
    known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
    for role in roles:
        if role not in known:
            connection.execute(f"CREATE ROLE {role} LOGIN".encode())


def score(results: Iterable[Judged], tool: str, kind: Kind) -> Score:
    """What the tool made of this kind of defect in all of these corpora."""
    places: dict[str, list[str]] = {name: [] for name in Score.__slots__}
    for one in results:
        reported = {s: w for s, w in one.reported(tool).items() if s.kind is kind}
        true = {spot for spot in one.truth.broken if spot.kind is kind}
        for spot in sorted(true | reported.keys()):
            place = f"{one.corpus.name}: {spot}"
            places[_outcome(reported.get(spot), true=spot in true)].append(place)
    return Score(**{name: tuple(found) for name, found in places.items()})


def _outcome(severity: Severity | None, *, true: bool) -> str:
    if true:
        return {None: "missed", Severity.INFO: "hinted"}.get(severity, "found")
    healthy = {Severity.ERROR: "alarms", Severity.WARNING: "warnings"}
    return healthy.get(severity, "mentions") if severity else "mentions"
