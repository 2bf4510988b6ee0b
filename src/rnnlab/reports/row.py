"""What the seeds of one combination say together."""

import math
import statistics
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from rnnlab.config.objectives import is_share, lower_is_better
from rnnlab.reports.interval import interquartile_mean, interval
from rnnlab.reports.records import SOLVED, Run


class Row:
    """One combination: a short name, its values, its runs, and what those that are done say: one score a seed."""

    def __init__(self, name: str, values: list[str], runs: list[Run], objective: str):
        self.name, self.values, self.runs, self.objective = name, values, runs, objective
        self.lower = lower_is_better(objective)
        self.statuses = Counter(run.status for run in runs)
        done = sorted((run for run in runs if run.status == "done"), key=lambda run: str(run.record.get("started")))
        newest = {run.seed: run for run in done if math.isfinite(run.scores.get(objective, math.nan))}
        self.counted = sorted(newest.values(), key=lambda run: (len(run.seed), run.seed))
        self.repeated = len(done) - len({run.seed for run in done})
        self.without_score = len({run.seed for run in done}) - len(self.counted)

    @cached_property
    def scores(self) -> list[float]:
        return [run.scores[self.objective] for run in self.counted]

    @cached_property
    def mean(self) -> float | None:
        return statistics.fmean(self.scores) if self.scores else None

    @cached_property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the mean."""
        return interval(self.scores, *((0.0, 1.0) if is_share(self.objective) else ()))

    @property
    def median(self) -> float | None:
        return median(self.scores)

    @property
    def interquartile_mean(self) -> float | None:
        return interquartile_mean(self.scores) if self.scores else None

    @property
    def best(self) -> float | None:
        return (min if self.lower else max)(self.scores, default=None)

    @property
    def seconds(self) -> float | None:
        """The median time of a run."""
        return median(run.seconds for run in self.counted)

    @cached_property
    def checked(self) -> int:
        """How many of the scored runs say at which check they were solved, if at any."""
        return sum(SOLVED in run.checks for run in self.counted)

    @cached_property
    def solved(self) -> list[Run]:
        return [run for run in self.counted if run.solved]

    @property
    def seconds_to_solved(self) -> float | None:
        """The median over the seeds that were solved."""
        return median(run.solved[1] for run in self.solved if run.solved)


def median(values: Iterable[float]) -> float | None:
    """The median, or None of nothing."""
    finite = [value for value in values if math.isfinite(value)]
    return statistics.median(finite) if finite else None
