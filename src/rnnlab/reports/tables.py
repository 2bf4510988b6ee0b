"""What a report says of each task, in cells and in words; how that is written is `table`'s."""

import os
from collections.abc import Iterable
from pathlib import Path

from rnnlab.errors import shown
from rnnlab.reports import inside, interval, links, versus
from rnnlab.reports.comparison import Comparison, Report
from rnnlab.reports.differences import usual
from rnnlab.reports.records import STATUSES
from rnnlab.reports.row import Row
from rnnlab.reports.table import Table

SOLVED = (
    "solved: exact_match/validation 1.0 at a check; solved after: median of the seconds until then, over the solved"
)
SHORTLY = (
    "n: seeds. 95 % interval: Student's t over them. p: of no difference to the best row, by "
    "pairs of seeds or Welch's t, after Holm. IQM: mean of the middle half."
)
METHODS = (
    interval.METHOD,
    "of shares the interval is cut at 0 and 1; IQM: the mean without the lowest and the highest quarter of the seeds",
    versus.METHOD,
    f"seconds: of training, median over the seeds; {SOLVED}",
)
"""How each number is computed."""

ALWAYS = ("n", "mean", "95 % interval", "p")
MEASURES = (*ALWAYS, "median", "IQM", "best", "solved", "solved after", "seconds")
"""The columns of numbers, in the order in which they are given up where there is no room."""


def results(comparison: Comparison, short: bool = False) -> Table:
    """A row for each combination, best first; with `short` in one column for its name."""
    ends = [status for status in STATUSES[1:] if any(row.statuses[status] for row in comparison.rows)]
    columns = ["combination"] if short else comparison.columns
    against = {id(one.row): probability(one.p) for one in comparison.versus}
    rows = [
        [
            *([row.name] if short else row.values),
            *_measures(row, against.get(id(row), "-")),
            *(str(row.statuses[status]) for status in ends),
        ]
        for row in comparison.rows
    ]
    return Table([*columns, *MEASURES, *ends], rows, len(columns))


def against_best(comparison: Comparison) -> Table:
    """A row for each combination but the best: how far it is from that one, and whether that is told apart."""
    headers = ["combination", "difference", "95 % interval", "p", "g", "by", "told apart"]
    return Table(headers, [_versus(one) for one in comparison.versus], 1)


def looked_into(comparison: Comparison) -> Table:
    """What was measured inside the runs that count; no rows where nothing was."""
    return inside.table({row.name: [run.inside for run in row.counted if run.inside] for row in comparison.rows})


def _measures(row: Row, p: str) -> list[str]:
    solved = f"{len(row.solved)} of {row.checked}" if row.checked else "-"
    after, took = seconds(row.seconds_to_solved), seconds(row.seconds)
    middles = [score(row.median), score(row.interquartile_mean), score(row.best)]
    return [str(len(row.scores)), score(row.mean), between(row.interval), p, *middles, solved, after, took]


def _versus(one: versus.Versus) -> list[str]:
    found = one.contrast
    ends = None if found.low is None or found.high is None else (found.low, found.high)
    effect = "-" if found.effect is None else f"{found.effect:.2f}"
    apart = {True: "yes", False: "no", None: "-"}[one.apart]
    test = "-" if one.p is None else "pairs" if found.paired else "Welch"
    return [one.row.name, score(found.difference), between(ends), probability(one.p), effect, test, apart]


def between(interval: tuple[float, float] | None) -> str:
    """An interval, for a person to read."""
    return "-" if interval is None else f"{score(interval[0])} to {score(interval[1])}"


def probability(p: float | None) -> str:
    """A p, for a person to read."""
    return "-" if p is None else "< 0.001" if p < 0.001 else f"{p:.3f}"


def score(value: float | None) -> str:
    """Four decimals, or four digits where that would show nothing."""
    if value is None:
        return "-"
    return f"{value:.4f}" if 1e-3 <= abs(value) < 1e4 or value == 0 else f"{value:.4g}"


def seconds(value: float | None) -> str:
    """Seconds, for a person to read."""
    return "-" if value is None else f"{value:.1f} s" if value < 100 else f"{value:,.0f} s"


def common(report: Report) -> str:
    """The name of the folder that all the runs are in; nothing but a slash where they are on several disks."""
    try:
        return shown(Path(os.path.commonpath([run.folder for run in report.runs])).name) or "/"
    except ValueError:
        return "/"


def headline(report: Report) -> str:
    """How many runs there are, and how they ended."""
    counts = [f"{len(report.status(status)):,} {status}" for status in STATUSES if report.status(status)]
    unreadable = [f"{len(report.skipped):,} unreadable"] if report.skipped else []
    runs, tasks = len(report.runs), len(report.comparisons)
    of = f" of {tasks} tasks" if tasks > 1 else ""
    return f"{runs:,} run{'s' * (runs != 1)}{of} ({', '.join(counts + unreadable)})"


def title(comparison: Comparison) -> str:
    """The task, and what its rows are sorted by."""
    way = "lower" if comparison.rows[0].lower else "higher"
    return f"{comparison.task}: {comparison.objective}, {way} is better"


def answer(comparison: Comparison) -> str:
    """What the comparison with the best row comes to; empty where there is but one row."""
    best = next((row.name for row in comparison.rows if row.scores), "")
    return versus.answer(best, comparison.versus) if comparison.versus else ""


def remarks(comparison: Comparison) -> list[str]:
    """What to know about the rows of a task: what is not named, and what was left out."""
    lines = []
    same = usual(comparison.columns, [row.values for row in comparison.rows])
    if same:
        lines.append(f"where no other is named: {', '.join(f'{name}={text}' for name, text in same.items())}")
    if comparison.following:
        lines.append(f"follow from the columns, so not shown: {', '.join(comparison.following)}")
    return lines + comparison.notes


def troubles(report: Report) -> list[tuple[Path, str]]:
    """Every folder whose run is not done, or where something cannot be read, with what is the matter."""
    bad = [run for status in reversed(STATUSES[1:]) for run in report.status(status)]
    found = [(run.folder, f"{run.status}: {run.reason}".rstrip(": ")) for run in bad]
    found += [(folder, f"skipped: {why}") for folder, why in report.skipped]
    return found + [(run.folder, f"partly read: {why}") for run in report.runs for why in run.problems]


def relative(folder: Path, start: Path = Path()) -> str:
    """A folder as it is reached from another, for a person to read."""
    return shown(links.relative(folder, start), 1000)


def few(lines: Iterable[str], most: int) -> list[str]:
    """The first of the lines, and how many more there are."""
    lines = list(lines)
    return lines if len(lines) <= most else [*lines[:most], f"and {len(lines) - most:,} more"]
