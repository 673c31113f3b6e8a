"""A finding about an event."""

from remediate.lint.events import Seen
from remediate.lint.values import Unsafe


def unsafe(seen: Seen, kind: str, message: str, rewritten: str = "", *, error: bool) -> Unsafe:
    function = seen.event.step.around.function
    return Unsafe(kind, seen.event.line, function, message, rewritten, error)
