"""The charts of one task: learning curves, final scores, time to solved, exact match by length."""

import math
import os
from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from rnnlab.config.objectives import is_share
from rnnlab.reports import charts, tables
from rnnlab.reports.charts import Dot, Series, Strip
from rnnlab.reports.comparison import BITS, Comparison
from rnnlab.reports.curves import by_length, learning
from rnnlab.reports.records import SOLVED
from rnnlab.reports.row import Row
from rnnlab.reports.rows import number

MOST = 40
"""Rows of a chart; the table above it has all."""

BAND = "mean over seeds, band from the lowest seed to the highest"


def section(comparison: Comparison, out: Path) -> str:
    """The charts of one task: values of different tasks do not share an axis."""
    rows = [row for row in comparison.rows if row.counted]
    drawn = list(enumerate(rows[: charts.COLOURS]))
    metric = SOLVED if not rows or rows[0].objective != BITS else "bits_per_character/validation"
    figures = []
    for name, log in ((metric, metric != SOLVED), ("loss/validation", True)):
        series = [Series(row.name, colour, learning(row, name)) for colour, row in drawn]
        series = [one for one in series if one.points]
        if series:
            chart = charts.curves(series, name, "optimizer step", log, name == SOLVED)
            figures.append(_figure(name, chart, f"{BAND}; a seed that ended early keeps its last value"))
    if rows:
        strips = [_scores(row, place, out) for place, row in enumerate(rows[:MOST])]
        title = f"{rows[0].objective}, final"
        text = "a dot per seed, a stroke at the mean, a bar for its 95 % interval (Student's t"
        text += ", cut at 0 and 1)" if is_share(rows[0].objective) else ")"
        figures.append(_figure(title, charts.strips(strips, title, rows[0].objective), text))
        strips = [_solved(row, place, out) for place, row in enumerate(rows[:MOST]) if row.solved]
        if any(strip.dots for strip in strips):
            chart = charts.strips(strips, "time to solved", "seconds of training", from_zero=True)
            figures.append(_figure("time to solved", chart, "a dot per solved seed, a stroke at the median"))
    for random, inputs in ((True, "random"), (False, "adversarial")):
        series = [Series(row.name, colour, by_length(row, random)) for colour, row in drawn]
        series = [one for one in series if one.points]
        if series:
            title = f"exact match by length, {inputs} inputs"
            about = "a single seed: the 95 % interval of its share" if random else "every kind counts the same"
            figures.append(_figure(title, charts.by_length(series, title, longest_trained(rows)), f"{BAND}; {about}"))
    if not figures:
        return ""
    keys = "".join(f"<li>{charts.key(colour)}{escape(row.name)}</li>" for colour, row in drawn)
    more = f"<p>Curves: the best {len(drawn)} of {len(rows)} combinations.</p>" if len(rows) > len(drawn) else ""
    return f'<ul class="legend">{keys}</ul>{more}\n<div class="figures">\n{"".join(figures)}</div>'


def longest_trained(rows: Sequence[Row]) -> float | None:
    """The longest length in the training of all the runs, where they agree on it."""
    lengths = [run.config.get("data.lengths") for row in rows for run in row.counted]
    longest = {max(map(number, each), default=math.nan) if isinstance(each, list) else math.nan for each in lengths}
    return longest.pop() if len(longest) == 1 and all(map(math.isfinite, longest)) else None


def link(folder: Path, out: Path) -> str:
    """A relative address of a run's folder, safe in an attribute."""
    return quote(os.fsencode(os.path.relpath(folder, os.path.realpath(out)))) + "/"


def _scores(row: Row, place: int, out: Path) -> Strip:
    dots = [
        Dot(value, f"seed {run.seed}: {tables.score(value)}", link(run.folder, out))
        for run, value in zip(row.counted, row.scores, strict=True)
    ]
    text = tables.score(row.mean) + (f" ({tables.between(row.interval)})" if row.interval else "")
    return Strip(row.name, text, _colour(place), dots, row.mean, row.interval)


def _solved(row: Row, place: int, out: Path) -> Strip:
    times = [(run, run.solved) for run in row.solved]
    dots = [
        Dot(when[1], f"seed {run.seed}: {when[1]:.1f} s, step {when[0]:,.0f}", link(run.folder, out))
        for run, when in times
        if when and math.isfinite(when[1])
    ]
    text = f"{len(row.solved)} of {row.checked}, {tables.seconds(row.seconds_to_solved)}"
    return Strip(row.name, text, _colour(place), dots, row.seconds_to_solved, None)


def _colour(place: int) -> int | None:
    return place if place < charts.COLOURS else None


def _figure(title: str, svg: str, text: str) -> str:
    return f"<figure>\n<h3>{escape(title)}</h3>\n{svg}\n<figcaption>{escape(text)}</figcaption>\n</figure>\n"
