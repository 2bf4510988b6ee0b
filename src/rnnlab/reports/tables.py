"""The comparison as a table: for a terminal, as Markdown and as csv."""

import csv
import io
import os
import re
from collections.abc import Iterable
from pathlib import Path

from rich.table import Table
from rich.text import Text

from rnnlab.errors import shown
from rnnlab.reports.comparison import Comparison, Row
from rnnlab.reports.interval import METHOD
from rnnlab.reports.records import STATUSES

FEW = 50
"""Rows, and runs that are named, on a terminal; the files hold all."""

NUMBERS = ("n", "mean", "low", "high", "best", "median_seconds", "solved", "median_seconds_to_solved")


def headers(comparison: Comparison) -> list[str]:
    """What stands above the columns of `cells`."""
    several = ["objective"] if len(comparison.objectives) > 1 else []
    ends = [status for status in STATUSES[1:] if comparison.status(status)]
    return [
        *names(comparison),
        *several,
        "n",
        "mean",
        "95 % interval",
        "best",
        "seconds",
        "solved",
        "solved after",
        *ends,
    ]


def names(comparison: Comparison) -> list[str]:
    """The columns that tell rows apart; where all runs are the same but for the seed, task and model."""
    return comparison.columns or ["task", "model"]


def values(row: Row) -> list[str]:
    """What stands in a row of the table."""
    return row.values or [row.task, row.model]


def cells(comparison: Comparison, row: Row) -> list[str]:
    """One row as a person reads it; `-` where there is nothing to say."""
    several = [row.objective] if len(comparison.objectives) > 1 else []
    solved = f"{len(row.solved)} of {row.checked}" if row.checked else "-"
    ends = [str(row.statuses[status]) for status in STATUSES[1:] if comparison.status(status)]
    numbers = [str(len(row.scores)), score(row.mean), between(row.interval), score(row.best), seconds(row.seconds)]
    return [*values(row), *several, *numbers, solved, seconds(row.seconds_to_solved), *ends]


def between(interval: tuple[float, float] | None) -> str:
    """An interval, for a person to read."""
    return "-" if interval is None else f"{score(interval[0])} to {score(interval[1])}"


def score(value: float | None) -> str:
    """Four decimals, or four digits where that would show nothing."""
    if value is None:
        return "-"
    return f"{value:.4f}" if 1e-3 <= abs(value) < 1e4 or value == 0 else f"{value:.4g}"


def seconds(value: float | None) -> str:
    """Seconds, for a person to read."""
    return "-" if value is None else f"{value:.1f} s" if value < 100 else f"{value:,.0f} s"


def common(comparison: Comparison) -> str:
    """The name of the folder that all the runs are in."""
    folders = [run.folder for run in comparison.runs]
    return shown(Path(os.path.commonpath(folders)).name) or "/"


def headline(comparison: Comparison) -> str:
    """How many runs there are, and how they ended."""
    counts = [f"{len(comparison.status(status)):,} {status}" for status in STATUSES if comparison.status(status)]
    unreadable = [f"{len(comparison.skipped):,} unreadable"] if comparison.skipped else []
    runs = len(comparison.runs)
    ends = ", ".join(counts + unreadable)
    return f"{runs:,} run{'s' * (runs != 1)} ({ends}), scored and sorted by {_sorting(comparison)}"


def remarks(comparison: Comparison) -> list[str]:
    """What to know about the table: how it was computed, what was left out, what ended badly and why."""
    lines = [
        f"{METHOD}; seconds: median over seeds; solved: exact_match/validation 1.0 at a check, median over the solved"
    ]
    if comparison.following:
        lines.append(f"follow from the columns, so not shown: {', '.join(comparison.following)}")
    return lines + comparison.notes


def troubles(comparison: Comparison) -> list[tuple[Path, str]]:
    """Every folder whose run is not done, or where something cannot be read, with what is the matter."""
    bad = [run for status in reversed(STATUSES[1:]) for run in comparison.status(status)]
    found = [(run.folder, f"{run.status}: {run.reason}".rstrip(": ")) for run in bad]
    found += [(folder, f"skipped: {why}") for folder, why in comparison.skipped]
    return found + [(run.folder, f"partly read: {why}") for run in comparison.runs for why in run.problems]


def terminal(comparison: Comparison) -> list[Table | Text]:
    """What to print, best row first."""
    table = Table(caption=None)
    for place, header in enumerate(headers(comparison)):
        table.add_column(Text(header), justify="left" if place < len(names(comparison)) else "right")
    for row in comparison.rows[:FEW]:
        table.add_row(*(Text(cell) for cell in cells(comparison, row)))
    lines = [f"{len(comparison.rows) - FEW:,} more rows"] if len(comparison.rows) > FEW else []
    lines += remarks(comparison)
    lines += _few([f"{_relative(folder)}: {why}" for folder, why in troubles(comparison)])
    return [Text(headline(comparison)), table, *map(Text, lines)]


def markdown(comparison: Comparison, out: Path) -> str:
    """A page with the table; links are relative to the folder `out`."""
    header = [escaped(cell) for cell in headers(comparison)]
    ruler = ["---" if place < len(names(comparison)) else "--:" for place in range(len(header))]
    rows = [[escaped(cell) for cell in cells(comparison, row)] for row in comparison.rows]
    lines = [f"# Report: {escaped(common(comparison))}", "", escaped(headline(comparison)) + ".", ""]
    lines += [f"| {' | '.join(row)} |" for row in (header, ruler, *rows)]
    lines += ["", *(f"- {escaped(line)}" for line in remarks(comparison))]
    bad = [f"- {escaped(f'{_relative(folder, out)}: {why}')}" for folder, why in troubles(comparison)]
    return "\n".join([*lines, *(["", "## Not done, or not read", "", *bad] if bad else [])]) + "\n"


def as_csv(comparison: Comparison) -> str:
    """The table with every digit, one row a combination; an empty cell where there is no value."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*map(_cell, names(comparison)), "objective", *NUMBERS, *STATUSES])
    for row in comparison.rows:
        low, high = row.interval or (None, None)
        numbers = [len(row.scores), row.mean, low, high, row.best, row.seconds, len(row.solved), row.seconds_to_solved]
        counts = [row.statuses[status] for status in STATUSES]
        writer.writerow([*map(_cell, values(row)), _cell(row.objective), *numbers, *counts])
    return file.getvalue()


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no html, no end of a table cell."""
    return re.sub(r"([\\`*\[\]<>|#~]|(?<!\w)_|_(?!\w))", r"\\\1", text.replace("&", "&amp;"))


def _cell(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return (
        f"'{text}"
        if text[:1] in ("=", "+", "@") or (text[:1] == "-" and not re.fullmatch(r"-|-[\d.]+(e[+-]?\d+)?", text))
        else text
    )


def _few(lines: list[str]) -> list[str]:
    return lines if len(lines) <= FEW else [*lines[:FEW], f"and {len(lines) - FEW:,} more"]


def _relative(folder: Path, start: Path = Path()) -> str:
    return shown(os.path.relpath(folder, os.path.realpath(start)), 1000)


def _sorting(comparison: Comparison) -> str:
    ways: Iterable[str] = (
        f"{row.objective} ({'lower' if row.lower else 'higher'} is better)" for row in comparison.rows
    )
    return ", ".join(dict.fromkeys(ways))
