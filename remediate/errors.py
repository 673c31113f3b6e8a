"""What stops a command: a sentence, what to do next, and the exit code of the contract."""


class RemediateError(Exception):
    """The command cannot go on.

    `message` says what and why, `hint` what to do next. Neither may hold a secret:
    text that comes from a driver passes through `remediate.system.secrets.scrub` first.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageProblem(RemediateError):
    """An option, the configuration or the Alembic project is not usable as it is (exit 2)."""


class DatabaseProblem(RemediateError):
    """The database cannot be reached, or not read with this role (exit 2)."""


class Refused(RemediateError):
    """Nothing is broken, but going on would be wrong: not reviewed, heads moved (exit 3)."""

    exit_code = 3


class StopsOthers(Refused):
    """What a revision would stop in the other schemas for which env.py runs it, too: by ids."""

    def __init__(self, message: str, hint: str, ids: frozenset[str]) -> None:
        super().__init__(message, hint)
        self.ids = ids


class RehearsalFailed(RemediateError):
    """The scratch PostgreSQL refuted a revision; nothing was written to versions/ (exit 4)."""

    exit_code = 4


class RevisionRefuted(RehearsalFailed):
    """The rehearsal ran, and what a revision does is wrong."""


def pass_on_interrupt(error: BaseException) -> None:
    """Raise KeyboardInterrupt if foreign code swallowed one and raised `error` in its place.

    A bare `except` does so, in an env.py and in Alembic's own template_to_file() (1.16 to 1.18).
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, KeyboardInterrupt):
            raise KeyboardInterrupt from error
        cause = cause.__cause__ or cause.__context__
