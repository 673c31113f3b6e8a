"""How urgent a finding is: probability x impact, its tier, and the score of all.

Probability (1 to 3) is the lesser of how soon it fails and how sure it is:

  3  now, and proven         2  soon, or likely         1  some day, or possible

Impact (1 to 3) is the greatest that anything says of the table:

  3  5 tables depend on it, or 1,000,000 rows, or 1,000 inserts a day
  2  a table depends on it, or 10,000 rows, or 10 inserts a day, or users see it
  1  none of these

Tables that depend on it count where its INSERT fails or will fail: they get no
rows to refer to, directly or through others.

Their product, 1 to 9, gives the tier: 9 critical, 6 high, 4 medium, less low.
What a rule calls an error is medium at least. A tier that somebody set has the
last word ([tool.remediate.tiers]); what users see is what
[tool.remediate.features] names.

The score of a database is 100 where nothing is found. It counts findings of any
kind; not what the settings ignore, what --table or --schema leaves out, or what
could not be verified. With n findings in a tier or a worse one:

  score = 100 x product over the tiers of (1 - c * n / (n + k)), rounded down

  critical  c = 1     k = 2     one leaves 56, two leave 37, many leave 0
  high      c = 3/5   k = 4     however many, without a critical one at least 25
  medium    c = 3/10  k = 8     however many, with nothing worse at least 63
  low       c = 1/10  k = 16    however many, with nothing worse at least 90

For example 1 critical, 3 high and 22 medium ones leave 33: 100 x 2/3 (n = 1)
x 7/10 (n = 4) x 0.771 (n = 26) x 0.938 (n = 26).

Every factor is above 0, at most 1, and falls with n: so the score stays within
0 to 100, neither one more finding nor one that got worse ever raises it, and
their order plays no part. Many small ones never look like a disaster.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from remediate.findings.effects import When
from remediate.findings.finding import Confidence, Severity, Tier
from remediate.system.words import counted


@dataclass(frozen=True, slots=True)
class Exposure:
    """What is at stake at a table; None where it is not known."""

    dependants: int = 0  # tables, directly and through others
    rows: int | None = None
    inserts_a_day: float | None = None
    feature: str = ""  # that users see


@dataclass(frozen=True, slots=True)
class Risk:
    """Probability and impact of a finding, and why they are what they are."""

    probability: int  # 1 to 3
    impact: int  # 1 to 3
    tier: Tier
    why: tuple[str, ...]  # the sentences

    @property
    def score(self) -> int:
        """1 to 9."""
        return self.probability * self.impact


_BY_WHEN = {When.NOW: 3, When.SOON: 2, When.SOME_DAY: 1}
_BY_CONFIDENCE = {Confidence.PROVEN: 3, Confidence.LIKELY: 2, Confidence.POSSIBLE: 1}
_TABLES, _ROWS, _INSERTS = (5, 1), (1_000_000, 10_000), (1_000, 10)  # for impact 3, and for 2
_WEIGHTS = {
    Tier.CRITICAL: (Fraction(1), 2),
    Tier.HIGH: (Fraction(3, 5), 4),
    Tier.MEDIUM: (Fraction(3, 10), 8),
    Tier.LOW: (Fraction(1, 10), 16),
}


def assess(
    weight: tuple[Severity, Confidence], when: When, exposure: Exposure, said: Tier | None = None
) -> Risk:
    """The risk of a finding; `said` is the tier that somebody set."""
    severity, confidence = weight
    probability = min(_BY_WHEN[when], _BY_CONFIDENCE[confidence])
    reasons = [*_reasons(exposure)]
    impact = max((points for points, _ in reasons), default=1)
    why = (f"{confidence.value}, {when.value}", *(sentence for _, sentence in reasons))
    if impact == 1:
        why += ("no known reason makes the impact large",)
    tier = said or _tier(probability * impact, severity)
    if said:
        why += (f"set to {said.value} under [tool.remediate.tiers]",)
    return Risk(probability, impact, tier, why)


def _reasons(exposure: Exposure) -> Iterator[tuple[int, str]]:
    if exposure.dependants:
        one = exposure.dependants == 1
        depend = "1 table depends on it" if one else f"{exposure.dependants:,} tables depend on it"
        yield _points(exposure.dependants, _TABLES), depend
    if exposure.rows is not None and exposure.rows >= _ROWS[1]:
        yield _points(exposure.rows, _ROWS), f"about {counted(exposure.rows, 'row')}"
    if exposure.inserts_a_day is not None and exposure.inserts_a_day >= _INSERTS[1]:
        often = f"about {exposure.inserts_a_day:,.0f} inserts a day"
        yield _points(exposure.inserts_a_day, _INSERTS), often
    if exposure.feature:
        yield 2, f"users see it: {exposure.feature}"


def _points(value: float, bounds: tuple[int, int]) -> int:
    return 3 if value >= bounds[0] else 2 if value >= bounds[1] else 1


def _tier(score: int, severity: Severity) -> Tier:
    if score >= 9:
        return Tier.CRITICAL
    if score >= 6:
        return Tier.HIGH
    return Tier.MEDIUM if score >= 4 or severity is Severity.ERROR else Tier.LOW


def score_of(tiers: Iterable[Tier]) -> int:
    """The score of a database with findings of these tiers, as the head of this file defines it."""
    found = Counter(tiers)
    left, number = Fraction(100), 0
    for tier, (most, half) in _WEIGHTS.items():  # the worst first
        number += found[tier]
        left *= 1 - most * Fraction(number, number + half)
    return floor(left)
