"""Curves of a combination: the mean over seeds, and the band from the lowest to the highest seed."""

import math
import statistics
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple

from rnnlab.reports.records import RANDOM, Length, Run
from rnnlab.reports.row import Row

POINTS = 120
"""Points of a curve; more cannot be seen at the width of a page."""


class Point(NamedTuple):
    """The mean of the seeds at `x`, and their range."""

    x: float
    mean: float
    low: float
    high: float


def learning(row: Row, metric: str) -> list[Point]:
    """A metric over optimizer steps. Once a run has ended, early because it was solved perhaps, its last value goes on.

    Seeds at x: [(1, a), (2, b)] and [(1, c)] give a mean of (a + c) / 2 at 1 and of (b + c) / 2 at 2.
    """
    seeds = [seed for seed in (_checks(run, metric) for run in row.counted) if seed]
    everywhere = sorted({step for seed in seeds for step, _ in seed})
    steps = [[step for step, _ in seed] for seed in seeds]
    points = []
    for x in thinned(everywhere):
        places = [bisect_right(one, x) for one in steps]
        values = [seed[place - 1][1] for seed, place in zip(seeds, places, strict=True) if place]
        points.append(Point(x, statistics.fmean(values), min(values), max(values)))
    return points


def by_length(row: Row, random: bool) -> list[Point]:
    """Exact match by length, of random inputs or over all kinds of adversarial ones, each kind counting the same.

    With a single seed the band of random inputs is its own interval, from the number of examples.
    """
    together: dict[float, list[tuple[float, float, float]]] = {}
    for run in row.counted:
        kinds: dict[float, list[Length]] = {}
        for one in run.lengths:
            if (one.inputs == RANDOM) == random:
                kinds.setdefault(one.length, []).append(one)
        for length, found in kinds.items():
            mean = statistics.fmean(one.exact_match for one in found)
            low, high = (found[0].exact_match_low, found[0].exact_match_high) if random else (mean, mean)
            together.setdefault(length, []).append((mean, low, high))
    return [_point(length, together[length]) for length in thinned(sorted(together))]


def thinned(values: list[float], most: int = POINTS) -> list[float]:
    """At most `most` of the values, evenly, the first and the last among them."""
    if len(values) <= most:
        return values
    return [values[round(place * (len(values) - 1) / (most - 1))] for place in range(most)]


def _point(length: float, seeds: list[tuple[float, float, float]]) -> Point:
    exact = [value for value, _, _ in seeds]
    low, high = seeds[0][1:] if len(seeds) == 1 else (min(exact), max(exact))
    known = math.isfinite(low) and math.isfinite(high)
    return Point(length, statistics.fmean(exact), low if known else exact[0], high if known else exact[0])


def _checks(run: Run, metric: str) -> list[tuple[float, float]]:
    pairs: Iterable[tuple[float, float]] = zip(run.checks.get("step", []), run.checks.get(metric, []), strict=False)
    return sorted((step, value) for step, value in pairs if math.isfinite(step) and math.isfinite(value))
