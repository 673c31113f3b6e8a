"""A plan for the terminal: the verdict, a block for each rule, and the next commands.

One layout for every width: 80 columns in a file or a pipe, byte for byte the same; colour and links
only where a person looks.
"""

from collections.abc import Iterable, Iterator

from remediate.analysis.facts import in_words
from remediate.findings.finding import Healthy, Unverified
from remediate.findings.selection import Ignored
from remediate.plans.plan import Plan, Revealed, Run
from remediate.postgres.sql import commented
from remediate.render import (
    block,
    closing,
    divergence,
    flows,
    header,
    impact,
    quiet,
    verdict,
)
from remediate.render.lines import wrapped
from remediate.render.once import NOTHING_TOLD
from remediate.render.style import BOLD, PLAIN, Style

_LISTED = 5  # places of which the same is not known
_NAMED = 3  # tables for which the same right lacks


def render(plan: Plan, style: Style = PLAIN) -> str:
    """The whole plan; its last line is a command to run. Quiet: a line for each finding."""
    return "\n".join(quiet.lines(plan) if style.quiet else _lines(plan, style))


def _lines(plan: Plan, style: Style) -> Iterator[str]:
    yield from header.context(plan, style)
    yield from verdict.lines(plan, style)
    assessment = plan.assessment
    yield from flows.summary(assessment.flows, verbose=style.verbose, width=style.width)
    yield ""
    above = NOTHING_TOLD
    for one in block.blocks(plan):
        yield from (*block.lines(one, plan, style, above), "")
        above |= NOTHING_TOLD if block.is_short(one, plan, style) else block.told(one)
    yield from _around(plan, style)
    yield from _closing(plan, style)


def _around(plan: Plan, style: Style) -> Iterator[str]:
    """What is told beside the findings, section by section."""
    yield from _section(
        "Found only once these are repaired", _revealed(plan.revealed, style), style
    )
    yield from _section("Not verified", _unverified(plan.unverified, style), style)
    if (run := plan.run) and run.lacking:
        title = f"Rights that the role {run.role} lacks for these repairs (42501)"
        yield from _section(title, _lacking(run, style), style)
    apart = divergence.sentences(plan.divergences.values())
    new = (line for text in apart for line in wrapped(text, "  ", width=style.width))
    yield from _section("A new database", new, style)
    if style.verbose:
        yield from _kept(plan, style)


def _kept(plan: Plan, style: Style) -> Iterator[str]:
    """What a plan leaves alone, and the order of INSERTs: on demand."""
    places = (*map(str, plan.left_out), *plan.left_out_columns)
    left_out = (f"  {commented(place)}" for place in places)
    yield from _section(f"Left out ({len(places):,})", left_out, style)
    yield from _section(f"Ignored ({len(plan.ignored):,})", _ignored(plan.ignored, style), style)
    title = f"Healthy ({len(plan.healthy):,})"
    yield from _section(title, _healthy(plan.healthy, style), style)
    if plan.impacts and plan.database.version:
        yield from _section("Order of INSERTs", impact.order(plan, style.width), style)


def _section(title: str, lines: Iterable[str], style: Style) -> Iterator[str]:
    """The lines below a title, and an empty one; nothing where there are none."""
    if told := [*lines]:
        yield from (style.paint(title, BOLD), *told, "")


def _closing(plan: Plan, style: Style) -> Iterator[str]:
    if plan.items:
        told = [closing.summary(plan), closing.validity(plan)]
        text = " ".join(filter(None, told))
        yield from (style.paint(one, BOLD) for one in wrapped(text, "", width=style.width))
        if by_accident := impact.by_accident(plan):
            yield from wrapped(f"{by_accident}.", "", width=style.width)
        yield ""
    yield from closing.next_commands(plan, style)


def remaining(plan: Plan) -> str:
    """What could not be verified, alone."""
    return "\n".join(_section("Not verified", _unverified(plan.unverified, PLAIN), PLAIN))


def _healthy(entries: Iterable[Healthy], style: Style) -> Iterator[str]:
    """Each with its reason; several below the reason that they share."""
    alike: dict[str, list[str]] = {}
    for entry in entries:
        alike.setdefault(entry.reason, []).append(str(entry.place))
    for reason, places in alike.items():
        if len(places) == 1:
            yield from wrapped(f"{places[0]}: {reason}", "  ", 4, style.width)
        else:
            yield from wrapped(f"{reason} ({len(places):,})", "  ", 4, style.width)
            yield from wrapped(", ".join(places), "      ", width=style.width)


def _ignored(entries: Iterable[Ignored], style: Style) -> Iterator[str]:
    for entry in entries:
        yield from wrapped(f"{entry.what}: {entry.reason}", "  ", width=style.width)


def _revealed(entries: Iterable[Revealed], style: Style) -> Iterator[str]:
    for entry in entries:
        yield from wrapped(f"{entry.rule} {entry.message}", "  ", width=style.width)
        if entry.repair:
            text = f"{entry.repair}; `--approve all` writes it too"
            yield from wrapped(text, "    + ", width=style.width)
        else:
            text = "not repaired by them: run remediate plan again then"
            yield from wrapped(text, "    ! ", width=style.width)


def _unverified(entries: Iterable[Unverified], style: Style) -> Iterator[str]:
    alike: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        alike.setdefault((entry.reason, entry.verify), []).append(str(entry.place))
    for (reason, verify), places in alike.items():
        shown = places if style.whole else places[:_LISTED]
        more = [f"{len(places) - len(shown):,} more"] if len(places) > len(shown) else []
        yield from wrapped(f"{in_words([*shown, *more])}: {reason}", "  ", width=style.width)
        yield from _statement(verify, style)


def _statement(text: str, style: Style) -> Iterator[str]:
    """A query of several lines keeps them: it is for psql."""
    first, *more = text.splitlines() or [""]
    if more:
        yield f"    ? {commented(first)}"
        yield from (f"      {commented(line)}" for line in more)
    else:
        yield from wrapped(first, "    ? ", width=style.width)


def _lacking(run: Run, style: Style) -> Iterator[str]:
    """What the role that was connected may not do; the one that migrates may be another."""
    for lack in run.lacking:
        more = [f"{len(lack.tables) - _NAMED:,} more"] if len(lack.tables) > _NAMED else []
        tables = in_words([*(commented(str(name)) for name in lack.tables[:_NAMED]), *more])
        yield from wrapped(f"{tables}: {lack.reason}", "  ", width=style.width)
        yield from wrapped(lack.grant, "    ? ", width=style.width)
