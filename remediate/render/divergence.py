"""What the upgrade of a new database meets where the revisions do not make what is repaired."""

from collections.abc import Iterable, Iterator, Sequence

from remediate.analysis.facts import in_words
from remediate.findings.origin import Divergence
from remediate.postgres.sql import commented
from remediate.system import invocation

_NAMED = 5  # tables or columns in a sentence


def sentences(found: Iterable[Divergence]) -> Iterator[str]:
    """What no revision makes, what that leads to, and the ways around; none where all is made."""
    known = tuple(found)
    tables = sorted({table for one in known for table in one.tables})
    columns = sorted({one.otherwise for one in known if one.otherwise and not one.tables})
    if tables:
        yield f"No revision of this project makes {_listed([*map(str, tables)])}."
    if columns:
        yield (
            "As far as their text tells, the revisions of this project make "
            f"{_listed(columns)} without the defect that is found here."
        )
    if tables or columns:
        it = "it" if len(tables) + len(columns) == 1 else "them"
        script = invocation.remediate("plan --sql")
        yield (
            f"The upgrade of a new database (CI, a new developer) stops at the revision that "
            f"needs {it}. To prevent that, first add a revision that makes {it} as here, and "
            f"run alembic stamp for it here; or repair this database alone, by the script of: "
            f"{script}"
        )


def _listed(names: Sequence[str]) -> str:
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return in_words([*map(commented, names[:_NAMED]), *more])
