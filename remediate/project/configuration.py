"""What is wrong with the files that configure Alembic, without a word of what they hold.

configparser quotes the value, or the line, that it cannot read: a part of a password, often.
"""

import configparser
import contextlib
from collections.abc import Iterator

from remediate.errors import UsageProblem
from remediate.system.secrets import scrub

_HINT = "It must be UTF-8, in the form that Alembic's manual shows; try: alembic current"


@contextlib.contextmanager
def problems_of(file: str) -> Iterator[None]:
    """Turn what ConfigParser, tomllib and Alembic raise for a damaged file into a UsageProblem."""
    try:
        yield
    except configparser.Error as error:
        raise problem_of_ini(error, file) from None
    except (ValueError, AttributeError, TypeError, KeyError) as error:
        reason = "" if isinstance(error, KeyError) else f": {scrub(str(error))}"
        raise UsageProblem(
            f"{file}, or the pyproject.toml beside it, cannot be read{reason}", _HINT
        ) from None


def problem_of_ini(error: configparser.Error, file: str) -> UsageProblem:
    """The place that is wrong in this file, in words of ours."""
    if isinstance(error, configparser.InterpolationError):
        return UsageProblem(
            f"{file}: the value of {error.option} in [{error.section}] holds a % that is not "
            "doubled, or refers to a value that does not exist",
            "Write each % in it as %%, also in the password of a URL.",
        )
    line = getattr(error, "lineno", None) or next(iter(getattr(error, "errors", ())), (0,))[0]
    where = f", line {line}" if line else ""
    return UsageProblem(f"{file} is no valid ini file: {type(error).__name__}{where}", _HINT)
