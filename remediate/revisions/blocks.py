"""The parts of a script, in the order in which they run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """Statements that belong together, and what they are for."""

    title: str
    statements: tuple[str, ...]
    always: bool = False  # a script that runs again runs it again, also where all else is done
    name: str = ""  # under which a revision has its one statement below: it is long, and no repair


@dataclass(frozen=True, slots=True)
class Script:
    """Blocks to run in this order: `autocommit` by itself, the others as one transaction."""

    up: tuple[Block, ...]
    down: tuple[Block, ...]
    autocommit: tuple[Block, ...] = ()  # before `up`, each statement by itself
