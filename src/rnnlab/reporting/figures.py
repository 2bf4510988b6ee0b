"""The charts of one task: learning curves, final scores, time to solved, exact match by length."""

import math
import os
from html import escape
from pathlib import Path
from urllib.parse import quote

from rnnlab.reporting import charts, tables
from rnnlab.reporting.charts import Dot, Series, Strip
from rnnlab.reporting.comparing import BITS, Comparison, Row
from rnnlab.reporting.curves import by_length, learning
from rnnlab.reporting.reading import SOLVED

MOST = 40
"""Rows of a chart; the table above it has all."""


def section(comparison: Comparison, task: str, out: Path) -> str:
    """The charts of one task: values of different tasks do not share an axis."""
    rows = [row for row in comparison.rows if row.task == task and row.counted]
    drawn = list(enumerate(rows[: charts.COLOURS]))
    metric = SOLVED if not rows or rows[0].objective != BITS else "bits_per_character/validation"
    figures = []
    for name, log in ((metric, metric != SOLVED), ("loss/validation", True)):
        series = [Series(label(comparison, row), colour, learning(row, name)) for colour, row in drawn]
        series = [one for one in series if one.points]
        if series:
            title = f"{name} over steps"
            text = f"{title}: mean, band from the lowest to the highest seed; an early end keeps its last value"
            figures.append(_figure(charts.curves(series, title, "optimizer step", log, name == SOLVED), text))
    if rows:
        strips = [_scores(comparison, row, place, out) for place, row in enumerate(rows[:MOST])]
        title = f"{rows[0].objective}, final"
        text = f"{title}: a dot per seed, the mean, the 95 % interval (Student t)"
        figures.append(_figure(charts.strips(strips, title, rows[0].objective), text))
        strips = [_solved(comparison, row, place, out) for place, row in enumerate(rows[:MOST]) if row.solved]
        if any(strip.dots for strip in strips):
            text = "seconds to solved: a dot per solved seed, the median"
            figures.append(_figure(charts.strips(strips, "seconds to solved", "seconds", from_zero=True), text))
    lengths = [
        Series(f"{label(comparison, row)} {kind}".strip(), colour, points)
        for colour, row in drawn
        for kind, points in by_length(row).items()
    ]
    if lengths:
        title = "exact match by length"
        text = f"{title}: mean, and band from the lowest to the highest seed (one seed: its own 95 % interval)"
        figures.append(_figure(charts.curves(lengths, title, "length", share=True), text))
    if not figures:
        return ""
    keys = "".join(
        f'<li><span class="key c{colour}"></span>{escape(label(comparison, row))}</li>' for colour, row in drawn
    )
    more = f"<p>Curves: the best {len(drawn)} of {len(rows)} combinations.</p>" if len(rows) > len(drawn) else ""
    head = f'<h2>{escape(task)}</h2>\n<ul class="legend">{keys}</ul>{more}\n'
    return f'{head}<div class="figures">\n{"".join(figures)}</div>'


def label(comparison: Comparison, row: Row) -> str:
    """A combination in a few words: names as they are, numbers with what they count."""
    pairs = zip(tables.names(comparison), tables.values(row), strict=True)
    bare = ("task", "model")
    words = [
        value if name in bare else f"{name} {value}"
        for name, value in pairs
        if name != "task" or len(tables.names(comparison)) == 1
    ]
    return ", ".join(words) or row.model


def link(folder: Path, out: Path) -> str:
    """A relative address of a run's folder, safe in an attribute."""
    return quote(os.fsencode(os.path.relpath(folder, out.resolve()))) + "/"


def _scores(comparison: Comparison, row: Row, place: int, out: Path) -> Strip:
    dots = [
        Dot(value, f"seed {run.seed}: {tables.score(value)}", link(run.folder, out))
        for run, value in zip(row.counted, row.scores, strict=True)
    ]
    around = None if row.mean is None or row.half is None else (row.mean - row.half, row.mean + row.half)
    text = tables.score(row.mean) + (f" ± {tables.score(row.half)}" if row.half is not None else "")
    return Strip(label(comparison, row), text, _colour(place), dots, row.mean, around)


def _solved(comparison: Comparison, row: Row, place: int, out: Path) -> Strip:
    times = [(run, run.solved) for run in row.solved]
    dots = [
        Dot(when[1], f"seed {run.seed}: {when[1]:.1f} s, step {when[0]:,.0f}", link(run.folder, out))
        for run, when in times
        if when and math.isfinite(when[1])
    ]
    text = f"{len(row.solved)} of {len(row.counted)}, {tables.seconds(row.seconds_to_solved)}"
    return Strip(label(comparison, row), text, _colour(place), dots, row.seconds_to_solved, None)


def _colour(place: int) -> int | None:
    return place if place < charts.COLOURS else None


def _figure(svg: str, text: str) -> str:
    return f"<figure>\n{svg}\n<figcaption>{escape(text)}</figcaption>\n</figure>\n"
