"""Curves of a combination: the mean over seeds, and the band from the lowest to the highest seed."""

import math
import statistics
from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple, TypeVar

from rnnlab.reports.records import RANDOM, Length, Run
from rnnlab.reports.row import Row

Value = TypeVar("Value")

POINTS = 120
"""Points of a curve; more cannot be seen at the width of a page."""


class Over(NamedTuple):
    """What a curve can be drawn over: its column, and what stands at the axis."""

    column: str
    title: str


OVER = {
    "steps": Over("step", "optimizer step"),
    "epochs": Over("epoch", "epoch"),
    "examples": Over("examples", "training examples (of text, characters)"),
    "seconds": Over("seconds", "seconds of training"),
}


class Point(NamedTuple):
    """The mean of the seeds at `x`, and their range."""

    x: float
    mean: float
    low: float
    high: float


def learning(row: Row, metric: str, over: str = "steps") -> list[Point]:
    """A metric over one of OVER, straight between checks. Once a run has ended, because it was solved perhaps, its last
    value goes on.

    Seeds [(1, a), (3, b)] and [(2, c)]: at 1 the mean is a, at 2 ((a + b) / 2 + c) / 2, at 3 (b + c) / 2.
    """
    seeds = [seed for seed in (_checks(run, metric, OVER[over].column) for run in row.counted) if seed]
    points = []
    for x in thinned(sorted({x for seed in seeds for x, _ in seed})):
        values = [value for seed in seeds if (value := _at(seed, x)) is not None]
        points.append(Point(x, statistics.fmean(values), min(values), max(values)))
    return points


def _at(checks: list[tuple[float, float]], x: float) -> float | None:
    """The value at x, None before the first check; of checks at the same place the last counts."""
    place = bisect_right(checks, x, key=lambda check: check[0])
    if place == 0:
        return None
    before, value = checks[place - 1]
    if x == before or place == len(checks):
        return value
    after, next_value = checks[place]
    return value + (next_value - value) * (x - before) / (after - before)


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


def thinned(values: list[Value], most: int = POINTS) -> list[Value]:
    """At most `most` of the values, evenly, the first and the last among them."""
    if len(values) <= most:
        return values
    return [values[round(place * (len(values) - 1) / (most - 1))] for place in range(most)]


def _point(length: float, seeds: list[tuple[float, float, float]]) -> Point:
    exact = [value for value, _, _ in seeds]
    low, high = seeds[0][1:] if len(seeds) == 1 else (min(exact), max(exact))
    known = math.isfinite(low) and math.isfinite(high)
    return Point(length, statistics.fmean(exact), low if known else exact[0], high if known else exact[0])


def _checks(run: Run, metric: str, column: str) -> list[tuple[float, float]]:
    pairs: Iterable[tuple[float, float]] = zip(run.checks.get(column, []), run.checks.get(metric, []), strict=False)
    first = 1 if column == "epoch" else 0  # metrics.csv counts them from 0
    finite = [(x + first, value) for x, value in pairs if math.isfinite(x) and math.isfinite(value)]
    return sorted(finite, key=lambda check: check[0])
