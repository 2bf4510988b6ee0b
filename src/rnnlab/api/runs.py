"""Any number of runs, as tables."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rnnlab.api.table import table
from rnnlab.errors import warn
from rnnlab.reports import records
from rnnlab.reports.differences import NAMES, varied
from rnnlab.reports.records import Run as Run
from rnnlab.reports.rows import checks


class Runs(tuple[Run, ...]):
    """Some runs, in the order of their folders. `Runs(run for run in runs if ...)` are some of them.

    Both tables are a pandas.DataFrame where pandas is installed, otherwise a list of dicts.
    """

    def frame(self) -> Any:
        """A row a run: its folder, what it was, how it ended, its scores."""
        return table([known | ended(run) for run, known in zip(self, names(self), strict=True)])

    def curves(self) -> Any:
        """A row a check: the run and what it was, the step, the seconds since it began, all that metrics.csv has."""
        return table([known | row for run, known in zip(self, names(self), strict=True) for row in checks(run.folder)])


def find(folders: Iterable[str | os.PathLike[str]]) -> Runs:
    """The runs in and below some folders. Raises as `rnnlab.reports.records.find`."""
    found, skipped = records.read(records.find(map(Path, folders)))
    if skipped:
        path, why = skipped[0]
        warn(f"{len(skipped):,} left out, the first of them {path}: {why}")
    return Runs(found)


def names(runs: Runs) -> list[dict[str, Any]]:
    """Of each run: its folder, task, model and seed, and what the configs differ in, as the report's columns."""
    columns = [key for key in varied(list(runs))[1] if key not in NAMES]
    return [
        {"run": str(run.folder), "task": run.task, "model": run.model, "seed": run.config.get("seed")}
        | {key: run.config.get(key) for key in columns}
        for run in runs
    ]


def ended(run: Run) -> dict[str, Any]:
    """How a run ended."""
    counted = {"steps": run.record.get("steps"), "parameters": run.record.get("parameters")}
    return {"status": run.status, **counted, "seconds": run.seconds, **run.scores}
