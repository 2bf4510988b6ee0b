"""How far apart two combinations are: their difference, its interval, its p and its size in standard deviations.

Seeds pair where both have the same ones: a seed decides the order of the data and what is drawn, so that two runs of it
are alike in more than chance. Otherwise the test is Welch's (1947), which does not take both spreads for the same.
"""

import math
import statistics
from collections.abc import Sequence
from typing import NamedTuple

from rnnlab.reports.student import beyond, quantile

LEVEL = 0.05
"""The p below which a difference is called one."""


class Contrast(NamedTuple):
    """The difference of two means, other less first, with its 95 % interval.

    p: two-sided, of no difference. effect: Hedges' g. Both are None, as the interval's ends are, where the scores do
    not vary: then there is no spread to measure a difference by. freedom: degrees of freedom, nan without a test.
    """

    difference: float
    low: float | None
    high: float | None
    p: float | None
    effect: float | None
    paired: bool
    freedom: float


def paired(first: Sequence[float], other: Sequence[float]) -> Contrast:
    """Student's t of the differences within pairs.

    1, 2, 3 and 2, 4, 6: the differences are 1, 2, 3, so 2 ± 4.303 · 1 / √3 and t = 3.464, p = 0.0742.
    """
    each = [b - a for a, b in zip(first, other, strict=True)]
    error = statistics.stdev(each) / math.sqrt(len(each)) if len(each) > 1 else 0.0
    return _contrast(first, other, statistics.fmean(each), error, len(each) - 1, True)


def welch(first: Sequence[float], other: Sequence[float]) -> Contrast:
    """Welch's t of two independent samples, with the degrees of freedom of Satterthwaite (1946).

    1, 2, 3 and 2, 4, 6: variances 1 and 4, so 2 ± t · √(1/3 + 4/3), of (5/3)² / ((1/3)²/2 + (4/3)²/2) = 2.941 degrees.
    """
    difference = statistics.fmean(other) - statistics.fmean(first)
    if min(len(first), len(other)) < 2:
        return _contrast(first, other, difference, 0.0, math.nan, False)
    parts = [statistics.variance(scores) / len(scores) for scores in (first, other)]
    error = math.sqrt(sum(parts))
    shares = [part / sum(parts) if error else 0.0 for part in parts]
    rest = sum(share**2 / (len(scores) - 1) for share, scores in zip(shares, (first, other), strict=True))
    return _contrast(first, other, difference, error, 1 / rest if rest else math.nan, False)


def hedges(first: Sequence[float], other: Sequence[float]) -> float | None:
    """Hedges' g (1981): the difference of the means over √((s² + s'²) / 2), less what few seeds add to it.

    That is the factor 1 - 3 / (4 v - 1) with v = n + n' - 2. Pairs or not, it is the same, so sizes can be compared.
    1, 2, 3 and 2, 4, 6: 2 / √2.5 · (1 - 3 / 15) = 1.012.
    """
    if min(len(first), len(other)) < 2:
        return None
    spread = math.sqrt((statistics.variance(first) + statistics.variance(other)) / 2)
    if not spread:
        return None
    few = 1 - 3 / (4 * (len(first) + len(other) - 2) - 1)
    return few * (statistics.fmean(other) - statistics.fmean(first)) / spread


def holm(values: Sequence[float | None]) -> list[float | None]:
    """The p's of several tests, corrected so that one or more wrong finds come in 5 % of all reports (Holm, 1979).

    The smallest of m is multiplied by m, the next by m - 1 and so on, and none becomes smaller than one before it:
    0.01, 0.04, 0.03 become 0.03, 0.06, 0.06. A test that could not be made, None, stays that and is not counted.
    """
    places = sorted((place for place, p in enumerate(values) if p is not None), key=lambda place: values[place] or 0.0)
    corrected, highest = list(values), 0.0
    for rank, place in enumerate(places):
        highest = max(highest, min(1.0, (len(places) - rank) * (values[place] or 0.0)))
        corrected[place] = highest
    return corrected


def _contrast(
    first: Sequence[float], other: Sequence[float], difference: float, error: float, freedom: float, pairs: bool
) -> Contrast:
    if error <= 1e-12 * max(abs(value) for value in (*first, *other)):  # nothing but rounding varies
        return Contrast(difference, None, None, None, None, pairs, math.nan)
    half = quantile(freedom) * error
    p = beyond(difference / error, freedom)
    return Contrast(difference, difference - half, difference + half, p, hedges(first, other), pairs, freedom)
