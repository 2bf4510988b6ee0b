"""What a few seeds say about all: their mean with its interval, and a mean that a single bad seed moves little."""

import math
import statistics
from collections.abc import Sequence

from rnnlab.reports.student import quantile

METHOD = (
    "95 % interval: mean ± t(0.975, n - 1) · s / √n (Student, 1908), s the standard deviation over seeds, n - 1 in it"
)


def interval(values: Sequence[float], low: float = -math.inf, high: float = math.inf) -> tuple[float, float] | None:
    """The 95 % interval of the mean; None for a single value, which says nothing about its spread.

    low, high: what no value can lie beyond, and so no mean: cutting the interval there leaves out nothing possible.
    """
    if len(values) < 2:
        return None
    mean, half = statistics.fmean(values), quantile(len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return max(mean - half, low), min(mean + half, high)


def interquartile_mean(values: Sequence[float]) -> float:
    """The mean without the lowest and the highest quarter (rounded down): of 1, 2, 3, 4, 10 that of 2, 3, 4.

    Proposed for few and costly runs, as it needs fewer of them than a median does (Agarwal et al., 2021).
    """
    out = len(values) // 4
    return statistics.fmean(sorted(values)[out : len(values) - out])
