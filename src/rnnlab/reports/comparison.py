"""What the runs of a task differ in, and the rows that this makes of them."""

import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from rnnlab.errors import InputError, nearest, shown
from rnnlab.reports.differences import names, short, value, varied
from rnnlab.reports.records import Run
from rnnlab.reports.row import Row
from rnnlab.reports.versus import Versus, versus_best

EXACT, BITS = "exact_match/test", "bits_per_character/test"
CIRCUMSTANCES = ("git_commit", "git_dirty", "device", "machine", "versions")


class Comparison(NamedTuple):
    """The combinations of one task, best first, and each against the best.

    keys: of the config, those that the rows differ in. following: what else differs, but only because those do.
    """

    task: str
    objective: str
    keys: list[str]
    following: list[str]
    rows: list[Row]
    versus: list[Versus]
    notes: list[str]

    @property
    def columns(self) -> list[str]:
        """What stands above the values of a row; where all runs are the same but for the seed, their model."""
        return short(self.keys) or ["model"]

    @property
    def runs(self) -> list[Run]:
        return [run for row in self.rows for run in row.runs]


class Report(NamedTuple):
    """What runs say together, each task by itself; the folders whose run.json cannot be read, and why."""

    comparisons: list[Comparison]
    notes: list[str]
    skipped: list[tuple[Path, str]]

    @property
    def runs(self) -> list[Run]:
        return [run for one in self.comparisons for run in one.runs]

    def status(self, status: str) -> list[Run]:
        return [run for run in self.runs if run.status == status]


def compare(runs: list[Run], objective: str | None = None, skipped: Iterable[tuple[Path, str]] = ()) -> Report:
    """The rows of each task, sorted by `objective`; where there is none, or no run of a task has it, by its usual one.

    Raises:
        InputError: for an objective that no run has.
    """
    check_objective(runs, objective)
    for run in runs:
        run.checks, run.lengths, run.inside  # noqa: B018 - read now, so that what is wrong with them is known
    together: dict[str, list[Run]] = {}
    for run in runs:
        together.setdefault(run.task, []).append(run)
    found = [_compare(group, objective) for group in together.values()]
    found.sort(key=lambda one: (one.objective != EXACT, one.objective, one.task))
    return Report(found, _circumstances(runs), list(skipped))


def _compare(runs: list[Run], objective: str | None) -> Comparison:
    """The rows of one task."""
    if objective is None or not any(objective in run.scores for run in runs):
        objective = usual_objective(runs)
    differing, keys, following = varied(runs)
    together: dict[tuple[str, ...], list[Run]] = {}
    for run in runs:
        together.setdefault(tuple(repr(run.config.get(key, "-")) for key in differing), []).append(run)
    groups = list(together.values())
    values = [[value(group[0], key) for key in keys] or [group[0].model] for group in groups]
    named = names(short(keys) or ["model"], values, runs[0].model)
    rows = [Row(*each, objective) for each in zip(named, values, groups, strict=True)]
    rows.sort(key=lambda row: (*_rank(row), row.values))
    following = [shown(key) for key in following]
    return Comparison(runs[0].task, objective, keys, following, rows, versus_best(rows), _left_out(rows))


def check_objective(runs: list[Run], objective: str | None) -> None:
    """Raises InputError with the nearest name for an objective that no run has."""
    names = {name for run in runs for name in run.scores}
    names = names or {
        f"{score}/{part}" for score in ("loss", "accuracy", "exact_match") for part in ("validation", "test")
    }
    if objective is not None and objective not in names:
        raise InputError("unknown objective", nearest(objective, names), "objective", objective)


def usual_objective(runs: list[Run]) -> str:
    """The objective that was typed for all the runs of a task, or else its exact match or bits per character."""
    typed = {shown(run.config.get("objective")) if "objective" in run.typed else "" for run in runs}
    if len(typed) == 1 and any(typed & run.scores.keys() for run in runs):
        return typed.pop()
    return BITS if any(BITS in run.scores for run in runs) else EXACT


def _rank(row: Row) -> tuple[bool, float, float]:
    if row.mean is None:
        return True, 0.0, 0.0
    return False, row.mean if row.lower else -row.mean, row.seconds_to_solved or math.inf


def _left_out(rows: list[Row]) -> list[str]:
    """Which runs of a task are done and do not count."""
    notes = []
    repeated, empty = sum(row.repeated for row in rows), sum(row.without_score for row in rows)
    if repeated:
        notes.append(f"{repeated} earlier done runs of the same settings and seed are left out; the newest counts")
    if empty:
        notes.append(f"{empty} done runs have no finite value of the objective and are left out")
    return notes


def _circumstances(runs: list[Run]) -> list[str]:
    """What the runs were made with, where that is not the same."""
    begun = [run.record for run in runs if "started" in run.record]
    differ = [name for name in CIRCUMSTANCES if len({repr(record.get(name)) for record in begun}) > 1]
    notes = [f"the runs differ in {name.replace('_', ' ')}" for name in differ]
    added = re.compile(r" sweep\.varies=\S*")  # by us, not by whoever typed it
    commands = {added.sub("", shown(run.record.get("command", ""), 1000)) for run in runs}
    return [*notes, f"command: {commands.pop()}"] if len(commands) == 1 and commands != {""} else notes
