"""Which parameter of a search mattered: the share of the results' spread that each explains alone.

The results are ranked, so that a few trials that went astray do not decide. The trials are put into groups by the
parameter: one for each value, or for a number of many values groups of equal size, up to four. With S the sum of
squares of the ranks around their mean, and W that around the means of the groups, eta squared is 1 - W / S (the effect
size of Kruskal and Wallis's test, 1952). It is above 0 by chance alone, which is taken off: with n trials in k groups
1 - (W / (n - k)) / (S / (n - 1)), the epsilon squared of Kelley (1935), and never below 0. What two parameters do only
together is in neither share.

Of few trials any parameter can seem to matter. So nothing is said where even the clearest result, no two groups
overlapping, would come by chance in more than one of twenty searches: of n trials in groups of n1, n2, ... there are
n! / (n1! n2! ...) ways to deal the ranks, and k! of them are as clear.
"""

import math
import statistics
from collections.abc import Sequence
from typing import Any

GROUPS = 4

CHANCE = 0.05
"""The largest chance of the clearest result at which something is said."""


def importance(values: Sequence[Any], results: Sequence[float]) -> float | None:
    """The share, from 0 to 1, of the results that a parameter explains alone; None where there are too few trials.

    Values a, a, a, a, b, b, b, b with results 1 to 8: S = 42, W = 10, so 1 - (10 / 6) / (42 / 7) = 0.722.
    """
    together: dict[Any, list[float]] = {}
    for group, rank in zip(groups(values), ranks(results), strict=True):
        together.setdefault(group, []).append(rank)
    count, parts = len(results), len(together)
    if parts < 2 or by_chance([len(group) for group in together.values()]) > CHANCE:
        return None
    everything = _squares(ranks(results))
    if everything == 0:
        return None
    within = math.fsum(map(_squares, together.values()))
    return max(0.0, 1 - (within / (count - parts)) / (everything / (count - 1)))


def by_chance(sizes: Sequence[int]) -> float:
    """How likely groups of these sizes do not overlap by chance: sizes 5 and 1 in 2 of 6 deals, 4 and 4 in 2 of 70."""
    deals = math.factorial(sum(sizes)) // math.prod(map(math.factorial, sizes))
    return math.factorial(len(sizes)) / deals


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
