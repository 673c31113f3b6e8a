"""`remediate merge`: the results of all shards of a fleet as one."""

from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

from remediate.errors import UsageProblem
from remediate.plans.fleet import Answer, Fleet, Shard, Unread, grouped, positions
from remediate.plans.fleet_document import load
from remediate.system.paths import shown


def merge(files: Sequence[Path]) -> Fleet:
    """What became of every database of a fleet, of which each file holds a shard.

    Raises UsageProblem unless there is just one result of each shard, all of them of the same
    command with the same targets and settings.
    """
    read = [(shown(file), load(file)) for file in files]
    if not read:
        raise UsageProblem("no result is named", "Name one of each shard.")
    _check_alike(read)
    _check_complete(read)
    shards = [fleet for _, fleet in read]
    first, groups = shards[0], [group for shard in shards for group in shard.groups]
    results = {group.need: group.result for group in reversed(groups)}
    where = {name: heads for shard in shards for heads, who in shard.at.items() for name in who}
    answers = [Answer(n, g.need, where.get(n)) for g in groups for n in g.databases]
    _check_once(answers)
    return Fleet(
        first.command, first.asked, Shard(), grouped(answers, results),
        _unread(chain.from_iterable(shard.unread for shard in shards)), positions(answers),
        first.tips, max(shard.seconds for shard in shards),
    )  # fmt: skip


def _check_alike(read: Sequence[tuple[str, Fleet]]) -> None:
    name, first = read[0]
    for other, fleet in read[1:]:
        for what, one, two in (
            ("another command", first.command, fleet.command),
            ("another file of targets, or other settings", first.asked, fleet.asked),
            ("another number of shards", first.shard.of, fleet.shard.of),
            ("a project with other revisions", first.tips, fleet.tips),
        ):
            if one != two:
                raise UsageProblem(
                    f"{other} is the result of {what} than {name}",
                    "Make all of them again, with the same files and options.",
                )


def _check_complete(read: Sequence[tuple[str, Fleet]]) -> None:
    of, by_number = read[0][1].shard.of, dict[int, str]()
    for name, fleet in read:
        number = fleet.shard.number
        if number in by_number:
            raise UsageProblem(
                f"{name} and {by_number[number]} are both of shard {number}/{of}", "Leave one out."
            )
        by_number[number] = name
    if missing := [number for number in range(1, of + 1) if number not in by_number]:
        listed = ", ".join(f"{number}/{of}" for number in missing[:5])
        more = f" and {len(missing) - 5:,} more" if len(missing) > 5 else ""
        raise UsageProblem(
            f"there is no result of {listed}{more}, so it is unknown what these databases need",
            f"Create it: --shard {missing[0]}/{of} -f json -o RESULT.",
        )


def _check_once(answers: Iterable[Answer]) -> None:
    seen: set[str] = set()
    for one in answers:
        if one.name in seen:
            raise UsageProblem(
                f"{one.name} is in the results of two shards",
                "Make all of them again, with the same file of targets.",
            )
        seen.add(one.name)


def _unread(several: Iterable[Unread]) -> tuple[Unread, ...]:
    """Each once: a server that cannot be asked is so in every shard."""
    return tuple(sorted({one.name: one for one in several}.values(), key=lambda one: one.name))
