"""What runs differ in, and what each combination scored over its seeds."""

import math
import re
import statistics
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from rnnlab.config.objectives import is_share, lower_is_better
from rnnlab.errors import InputError, nearest, shown
from rnnlab.reports.differences import short, value, varied
from rnnlab.reports.interval import interquartile_mean, interval
from rnnlab.reports.records import SOLVED, Run

EXACT, BITS = "exact_match/test", "bits_per_character/test"
CIRCUMSTANCES = ("git_commit", "git_dirty", "device", "machine", "versions")


class Row:
    """One combination: its runs, and what those that are done say together. Scores are one per seed."""

    def __init__(self, key: tuple[str, ...], values: list[str], runs: list[Run], objective: str):
        self.key, self.values, self.runs, self.objective = key, values, runs, objective
        self.task, self.model = runs[0].task, runs[0].model
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


class Comparison(NamedTuple):
    """All rows, best first; `columns` they differ in, `following` what else differs, but only because those do."""

    columns: list[str]
    following: list[str]
    rows: list[Row]
    notes: list[str]
    skipped: list[tuple[Path, str]]  # folders whose run.json cannot be read, and why

    @property
    def runs(self) -> list[Run]:
        return [run for row in self.rows for run in row.runs]

    @property
    def objectives(self) -> list[str]:
        return list(dict.fromkeys(row.objective for row in self.rows))

    def status(self, status: str) -> list[Run]:
        return [run for run in self.runs if run.status == status]


def compare(runs: list[Run], objective: str | None = None, skipped: Iterable[tuple[Path, str]] = ()) -> Comparison:
    """The rows of `runs`, sorted by `objective`: by default exact match, or for text bits per character, of test data.

    Raises:
        InputError: for an objective that no run has.
    """
    check_objective(runs, objective)
    for run in runs:
        run.checks, run.lengths  # noqa: B018 - read now, so that what is wrong with them is known
    differing, keys, following = varied(runs)
    together: dict[tuple[str, ...], list[Run]] = {}
    for run in runs:
        together.setdefault(tuple(repr(run.config.get(key, "-")) for key in differing), []).append(run)
    rows = []
    for key, group in together.items():
        values = [value(group[0], name) for name in keys]
        rows.append(Row(key, values, group, objective or usual_objective(runs, group[0].task)))
    order = sorted({row.objective for row in rows}, key=lambda name: (name != EXACT, name))
    rows.sort(key=lambda row: (order.index(row.objective), *_rank(row), row.values))
    return Comparison(short(keys), [shown(key) for key in following], rows, _notes(rows), list(skipped))


def check_objective(runs: list[Run], objective: str | None) -> None:
    """Raises InputError with the nearest name for an objective that no run has."""
    names = {name for run in runs for name in run.scores}
    names = names or {
        f"{score}/{part}" for score in ("loss", "accuracy", "exact_match") for part in ("validation", "test")
    }
    if objective is not None and objective not in names:
        raise InputError("unknown objective", nearest(objective, names), "objective", objective)


def usual_objective(runs: list[Run], task: str) -> str:
    """The objective where none is given: the one that was typed for all the runs, otherwise that of the task."""
    typed = {shown(run.config.get("objective")) if "objective" in run.typed else "" for run in runs}
    if len(typed) == 1 and any(typed & run.scores.keys() for run in runs):
        return typed.pop()
    return BITS if any(BITS in run.scores for run in runs if run.task == task) else EXACT


def median(values: Iterable[float]) -> float | None:
    """The median, or None of nothing."""
    finite = [value for value in values if math.isfinite(value)]
    return statistics.median(finite) if finite else None


def _rank(row: Row) -> tuple[bool, float, float]:
    if row.mean is None:
        return True, 0.0, 0.0
    return False, row.mean if row.lower else -row.mean, row.seconds_to_solved or math.inf


def _notes(rows: list[Row]) -> list[str]:
    """What a reader of the table must know."""
    runs = [run for row in rows for run in row.runs]
    notes = []
    repeated, empty = sum(row.repeated for row in rows), sum(row.without_score for row in rows)
    if repeated:
        notes.append(f"{repeated} earlier done runs of the same settings and seed are left out; the newest counts")
    if empty:
        notes.append(f"{empty} done runs have no finite value of the objective and are left out")
    for name in CIRCUMSTANCES:
        if len({repr(run.record.get(name)) for run in runs if "started" in run.record}) > 1:
            notes.append(f"the runs differ in {name.replace('_', ' ')}")
    added = re.compile(r" sweep\.varies=\S*")  # by us, not by whoever typed it
    commands = {added.sub("", shown(run.record.get("command", ""), 1000)) for run in runs}
    return [*notes, f"command: {commands.pop()}"] if len(commands) == 1 and commands != {""} else notes
