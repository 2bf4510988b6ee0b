"""Which parameter of a search mattered: the share of the results' spread that each explains alone.

The results are ranked, so that a few trials that went astray do not decide. The trials are put into groups by the
parameter: one for each value, or for a number of many values groups of equal size, up to four. With S the sum of
squares of the ranks around their mean, and W that around the means of the groups, eta squared is 1 - W / S (the effect
size of Kruskal and Wallis's test, 1952). It is above 0 by chance alone, which is taken off: with n trials in k groups
1 - (W / (n - k)) / (S / (n - 1)), the epsilon squared of Kelley (1935), and never below 0. What two parameters do only
together is in neither share.
"""

import math
import statistics
from collections.abc import Sequence
from typing import Any

GROUPS = 4


def importance(values: Sequence[Any], results: Sequence[float]) -> float | None:
    """The share, from 0 to 1, of the results that a parameter explains alone; None where there are too few trials to
    say: fewer than two a group, or one group.

    Values a, a, b, b with results 1, 2, 3, 4: S = 5, W = 1, so 1 - (1 / 2) / (5 / 3) = 0.7.
    """
    together: dict[Any, list[float]] = {}
    for group, rank in zip(groups(values), ranks(results), strict=True):
        together.setdefault(group, []).append(rank)
    count, parts = len(results), len(together)
    if parts < 2 or count < 2 * parts:
        return None
    everything = _squares(ranks(results))
    if everything == 0:
        return None
    within = math.fsum(map(_squares, together.values()))
    return max(0.0, 1 - (within / (count - parts)) / (everything / (count - 1)))


def groups(values: Sequence[Any]) -> list[Any]:
    """The group of each value."""
    distinct = {repr(value) for value in values}
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    if not numbers or len(distinct) <= GROUPS:
        return [repr(value) for value in values]
    parts = max(2, min(GROUPS, len(values) // 3))
    return [int((rank - 0.5) / len(values) * parts) for rank in ranks(values)]


def ranks(values: Sequence[float]) -> list[float]:
    """1 for the lowest; equal values share the mean of their places."""
    places: dict[float, list[int]] = {}
    for place, value in enumerate(sorted(values), 1):
        places.setdefault(value, []).append(place)
    return [statistics.fmean(places[value]) for value in values]


def _squares(values: Sequence[float]) -> float:
    mean = statistics.fmean(values)
    return math.fsum((value - mean) ** 2 for value in values)
