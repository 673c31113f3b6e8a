"""Whether a function that does nothing says in words that this is meant."""

import ast
import re

_REASON = re.compile(
    r"\b(?:not?|never|nothing|none|cannot|\w+n't|irreversible|reversible|unsupported|impossible|"
    r"unable|one-way|forward[- ]only|intentional(?:ly)?|deliberate(?:ly)?|no-?op|lossy|keep|kept|"
    r"keeps|leave|leaves|left|stays?|remains?|retain(?:ed|s)?|skip(?:ped)?|backup|without)\b",
    re.IGNORECASE,
)
_WORK = re.compile(r"\s*(?:to-?do|fixme|xxx|pragma|noqa|type:|pylint|ruff)\b", re.IGNORECASE)
_COMMENT = re.compile(r"#(.*)")


def says_why(function: ast.FunctionDef, source: str) -> bool:
    """Whether a docstring or a comment of the function gives a reason; `TODO` is none."""
    told = [ast.get_docstring(function) or "", *_comments(function, source)]
    return any(_REASON.search(one) and not _WORK.match(one) for one in told)


def _comments(function: ast.FunctionDef, source: str) -> list[str]:
    """Of its lines, and of the indented ones that follow its last statement."""
    lines = source.splitlines()[function.lineno - 1 :]
    last = (function.end_lineno or function.lineno) - function.lineno
    end = next((n for n, x in enumerate(lines) if n > last and x[:1].strip()), len(lines))
    return [found[1] for line in lines[:end] if (found := _COMMENT.search(line))]
