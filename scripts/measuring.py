"""Whole processes, measured in turns: A B A B ..., so that the machine's noise hits all of them."""

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Command:
    """What is run, where, and with which variables beside those of this process."""

    words: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process."""

    seconds: float
    cpu: float  # seconds of its own, without those of a server
    peak: float  # MiB of resident memory


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of each round, and the most that its median may be, if anybody said so."""

    what: str
    values: tuple[float, ...]
    target: float | None = None
    unit: str = "x"

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def is_met(self) -> bool:
        return self.target is None or self.median <= self.target

    @property
    def cells(self) -> tuple[str, ...]:
        """What a table says of it."""
        spread = f"{min(self.values):.2f} to {max(self.values):.2f}"
        shown = self.what, f"{self.median:.2f} {self.unit}", spread
        if self.target is None:
            return (*shown, "", "")
        return (*shown, f"{self.target:g}", "yes" if self.is_met else "no")


def run(command: Command) -> Run:
    """Run it to its end; raises RuntimeError where it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command.words,
        cwd=command.folder,
        # As users run it: with modules that are compiled already.
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": ""} | command.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise RuntimeError(f"{' '.join(command.words[:4])}: {said.decode()[-500:]}")
    return Run(seconds, used.ru_utime, used.ru_maxrss / 1024)


def in_turns(commands: Mapping[str, Command], rounds: int) -> dict[str, tuple[Run, ...]]:
    """Each command once a round, after a round that is not counted."""
    made = [{name: run(one) for name, one in commands.items()} for _ in range(rounds + 1)]
    return {name: tuple(one[name] for one in made[1:]) for name in commands}


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, ...]:
    """Those of each round."""
    return tuple(a / b for a, b in zip(ours, theirs, strict=True))


def seconds(runs: Sequence[Run]) -> tuple[float, ...]:
    return tuple(one.seconds for one in runs)


def table(figures: Sequence[Figure]) -> str:
    """In Markdown: the median, the spread, the target."""
    head = ("measured", "median", "spread", "at most", "met")
    rows = [head, tuple("---" for _ in head), *(one.cells for one in figures)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
