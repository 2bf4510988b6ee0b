"""The report as csv: every digit of the table, and every score of every run."""

import csv
import io
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from rnnlab.reports import tables
from rnnlab.reports.comparison import Report
from rnnlab.reports.differences import short, value
from rnnlab.reports.records import STATUSES, Run
from rnnlab.reports.row import Row
from rnnlab.reports.versus import Versus

MIDDLES = ("n", "mean", "low", "high", "median", "interquartile_mean", "best")
NUMBERS = (*MIDDLES, "median_seconds", "solved", "median_seconds_to_solved")
VERSUS = ("difference", "difference_low", "difference_high", "p", "p_holm", "hedges_g", "paired")


def rows(report: Report) -> str:
    """The tables, one row a combination; an empty cell where there is no value, or the best would be compared with
    itself.
    """
    keys = _keys(report)
    lines = []
    for one in report.comparisons:
        against = {id(each.row): each for each in one.versus}
        for row in one.rows:
            counts = [row.statuses[status] for status in STATUSES]
            values = _values(row.runs[0], keys)
            lines.append([*values, one.objective, *_numbers(row), *_versus(against.get(id(row))), *counts])
    return _written([*_named(keys), "objective", *NUMBERS, *VERSUS, *STATUSES], lines)


def runs(report: Report, out: Path) -> str:
    """Every score of every run in a row of its own, with what the run was; a run without scores has one row too."""
    keys = _keys(report)
    lines: list[list[object]] = []
    for run in report.runs:
        solved = run.solved[1] if run.solved else math.nan
        scores = run.scores | {"seconds": run.seconds, "seconds_to_solved": solved}
        scores |= {f"inside/{name}": value for name, value in run.inside.items()}
        known: list[tuple[str, object]] = [pair for pair in scores.items() if math.isfinite(pair[1])]
        facts = [tables.relative(run.folder, out), *_values(run, keys), run.seed, run.status]
        lines += [[*facts, *pair] for pair in known or [("", "")]]
    return _written(["run", *_named(keys), "seed", "status", "metric", "value"], lines)


def _keys(report: Report) -> list[str]:
    """What the runs of any task differ in, but for what they are named by."""
    keys = dict.fromkeys(key for one in report.comparisons for key in one.keys)
    return [key for key in keys if key != "model.name"]


def _named(keys: list[str]) -> list[str]:
    return ["task", "model", *short(keys)]


def _values(run: Run, keys: list[str]) -> list[str]:
    return [run.task, run.model, *(value(run, key) if key in run.config else "" for key in keys)]


def _numbers(row: Row) -> list[float | None]:
    low, high = row.interval or (None, None)
    middles = [row.mean, low, high, row.median, row.interquartile_mean, row.best]
    return [len(row.scores), *middles, row.seconds, len(row.solved), row.seconds_to_solved]


def _versus(one: Versus | None) -> Sequence[float | str | None]:
    if one is None:
        return [None] * len(VERSUS)
    found = one.contrast
    test = "" if one.p is None else str(found.paired).lower()
    return [found.difference, found.low, found.high, found.p, one.p, found.effect, test]


def _written(header: list[str], lines: Iterable[Iterable[object]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(map(_cell, header))
    writer.writerows([_cell(cell) if isinstance(cell, str) else cell for cell in line] for line in lines)
    return file.getvalue()


def _cell(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    computed = text[:1] in ("=", "+", "@") or (text[:1] == "-" and not re.fullmatch(r"-|-[\d.]+(e[+-]?\d+)?", text))
    return f"'{text}" if computed else text
