"""Revisions that wait to be run, and meet a repair, in words."""

from collections.abc import Iterable, Iterator, Sequence

from remediate.findings.waiting import Repeat, Waiting


def sentences(several: Sequence[Waiting]) -> Iterator[str]:
    """Which of them the repair must precede, why, and what is to be deleted from them."""
    blocked = False
    for one in several:
        blocked |= bool(one.stops)
        if one.stops:
            yield f"The repair must run before {one.revision}, which has not run. {reasons(one)}"
        if one.repeats and blocked:
            what = f"{repeats(one)}.{passes(one)}"
            yield f"Once it does, delete from {one.file} what the repair has done: {what}"
        elif one.repeats:
            yield (
                f"{one.revision} has not run, and does the same: {repeats(one)} of {one.file}. "
                f"Run it first, or delete those lines from it.{passes(one)}"
            )


def reasons(one: Waiting) -> str:
    """Why the revision cannot run, by line."""
    return " ".join(f"{one.file}:{stop.line}: {stop.why}." for stop in one.stops)


def passes(one: Waiting) -> str:
    """Where a statement has to stay, " " before it; "" where nowhere."""
    numbers = [_lines(repeat) for repeat in one.repeats if repeat.empties]
    return f" Put pass in place of {_numbers(numbers)}: a block is empty there." if numbers else ""


def repeats(one: Waiting) -> str:
    """The lines to delete, by what they do."""
    lines: dict[str, list[str]] = {}
    for repeat in one.repeats:
        lines.setdefault(_what(repeat), []).append(_lines(repeat))
    return "; ".join(f"{_numbers(numbers)} ({what})" for what, numbers in lines.items())


def places(several: Iterable[Waiting]) -> Iterator[str]:
    """Each place to delete, as editors open it, with what it does."""
    for one in several:
        for repeat in one.repeats:
            stays = "; put pass there, or its block is empty" if repeat.empties else ""
            yield f"{one.file}:{_lines(repeat)}  {_what(repeat)}{stays}"


def _numbers(numbers: Sequence[str]) -> str:
    single = len(numbers) == 1 and "-" not in numbers[0]
    *rest, last = numbers
    return f"line{'' if single else 's'} {', '.join(rest)}{' and ' if rest else ''}{last}"


def _lines(repeat: Repeat) -> str:
    return f"{repeat.first}-{repeat.last}" if repeat.last > repeat.first else f"{repeat.first}"


def _what(repeat: Repeat) -> str:
    return repeat.what if repeat.whole else f"only {repeat.what}, not what else they do"
