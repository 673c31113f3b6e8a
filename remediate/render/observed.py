"""The locks and durations that a rehearsal saw, in words."""

from collections.abc import Iterator, Sequence

from remediate.plans.proof import Lock, Proof, Timing
from remediate.postgres.sql import commented
from remediate.system.words import counted

_STRONG = {"SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"}  # writers wait for them
_WIDTH = 70  # of a statement's beginning


def locks(held: Sequence[Lock], statements: int) -> Iterator[str]:
    """The strong ones, those that are held alike in one line; the others counted."""
    alike: dict[tuple[str, int, int, bool], list[str]] = {}
    for lock in held:
        if lock.mode in _STRONG or lock.rewritten:
            key = lock.mode, lock.since, lock.until, lock.rewritten
            alike.setdefault(key, []).append(commented(str(lock.relation)))
    for (mode, since, until, rewritten), relations in alike.items():
        ends = "to the end" if until >= statements else f"to statement {until}"
        during = f"{mode} from statement {since} of {statements} {ends}"
        anew = ", rewritten" if rewritten else ""
        yield f"{during}{anew}: {', '.join(relations)}"
    weak = len(held) - sum(map(len, alike.values()))
    if weak and alike:
        yield f"weaker ones on {weak} more"


def of_proof(proof: Proof) -> list[str]:
    """What the rehearsal of a generated revision held, and for how long it ran."""
    lines = [*locks(proof.locks, len(proof.timings))]
    if proof.timings:
        longest = max(proof.timings, key=lambda timing: timing.seconds)
        together = took(sum(timing.seconds for timing in proof.timings))
        lines.append(
            f"{counted(len(proof.timings), 'statement')} took {together} together; the longest was "
            f"statement {longest.number}, {took(longest.seconds)}"
        )
    return lines


def timings(shown: Sequence[Timing], titles: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Number, duration and beginning of each; `titles` where they are as many."""
    titled = len(titles) == len(shown)
    for place, timing in enumerate(shown):
        text = titles[place] if titled else commented(" ".join(timing.sql.split()))
        cut = text if len(text) <= _WIDTH else f"{text[:_WIDTH]}..."
        yield timing.number, took(timing.seconds), cut


def took(seconds: float) -> str:
    """3.2 s, or 14 ms."""
    return f"{seconds:.1f} s" if seconds >= 1 else f"{max(round(seconds * 1000), 1)} ms"
