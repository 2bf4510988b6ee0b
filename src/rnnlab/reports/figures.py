"""The charts of one task: learning curves, final scores and how they differ, time to solved, exact match by length."""

import math
import re
from collections.abc import Iterable, Sequence
from html import escape

from rnnlab.config.objectives import is_share
from rnnlab.reports import charts, tables
from rnnlab.reports.charts import Dot, Series, Strip
from rnnlab.reports.comparison import BITS, Comparison
from rnnlab.reports.curves import OVER, by_length, learning
from rnnlab.reports.links import Links
from rnnlab.reports.records import SOLVED, Run
from rnnlab.reports.row import Row
from rnnlab.reports.rows import number
from rnnlab.reports.versus import Versus

MOST = 40
"""Rows of a chart; the table above it has all."""

BAND = "mean over seeds, band from the lowest seed to the highest"


def section(comparison: Comparison, links: Links, over: str = "steps") -> str:
    """The charts of one task: values of different tasks do not share an axis."""
    rows = [row for row in comparison.rows if row.counted]
    drawn = list(enumerate(rows[: charts.COLOURS]))
    figures = [*_learning(rows, drawn, over), *_final(rows, links), *_differences(comparison.versus)]
    figures += [*_solved(rows, links), *_lengths(rows, drawn)]
    if not figures:
        return ""
    keys = "".join(f"<li>{charts.key(colour)}{escape(row.name)}</li>" for colour, row in drawn)
    more = f"<p>Curves: the best {len(drawn)} of {len(rows)} combinations.</p>" if len(rows) > len(drawn) else ""
    return f'<ul class="legend">{keys}</ul>{more}\n{grid(figures)}'


def grid(figures: Iterable[str]) -> str:
    """Figures beside each other, as many as there is room for."""
    return f'<div class="figures">\n{"".join(figures)}</div>'


def figure(title: str, chart: str, about: str = "") -> str:
    """A chart, or whatever else, with what is above it and what it is about."""
    caption = f"\n<figcaption>{escape(about)}</figcaption>" if about else ""
    return f"<figure>\n<h3>{escape(title)}</h3>\n{chart}{caption}\n</figure>\n"


def trained_lengths(runs: Iterable[Run]) -> tuple[float, float] | None:
    """The shortest and the longest length in the training of all the runs, where they agree on it."""
    found = {_ends(run.config.get("data.lengths")) for run in runs}
    return found.pop() if len(found) == 1 else None


def _ends(lengths: object) -> tuple[float, float] | None:
    """The ends of a list of lengths, or of a range like 1-40."""
    span = re.fullmatch(r"(\d{1,9})-(\d{1,9})", lengths) if isinstance(lengths, str) else None
    listed = list(span.groups()) if span else lengths if isinstance(lengths, list) else []
    values = [number(length) for length in listed]
    return (min(values), max(values)) if values and all(map(math.isfinite, values)) else None


def _learning(rows: Sequence[Row], drawn: list[tuple[int, Row]], over: str) -> Iterable[str]:
    metric = SOLVED if not rows or rows[0].objective != BITS else "bits_per_character/validation"
    for name, log in ((metric, metric != SOLVED), ("loss/validation", True)):
        series = [Series(row.name, colour, learning(row, name, over)) for colour, row in drawn]
        series = [one for one in series if one.points]
        if series:
            chart = charts.curves(series, name, OVER[over].title, log, name == SOLVED)
            yield figure(name, chart, f"{BAND}; a seed that ended early keeps its last value")


def _final(rows: Sequence[Row], links: Links) -> Iterable[str]:
    if rows:
        title = f"{rows[0].objective}, final"
        about = "a dot per seed, a stroke at the mean, a bar for its 95 % interval (Student's t"
        about += ", cut at 0 and 1)" if is_share(rows[0].objective) else ")"
        strips = [_scores(row, place, links) for place, row in enumerate(rows[:MOST])]
        yield figure(title, charts.strips(strips, title, rows[0].objective), about)


def _differences(found: Sequence[Versus]) -> Iterable[str]:
    known = [one for one in found[:MOST] if one.contrast.low is not None and one.contrast.high is not None]
    if known:
        title = "difference to the best"
        about = "a stroke at the difference of the means, a bar for its 95 % interval; p after Holm's correction"
        strips = [_difference(one, found.index(one) + 1) for one in known]
        chart = charts.strips(strips, title, f"{known[0].row.objective}, less that of the best", zero=True)
        yield figure(title, chart, about)


def _solved(rows: Sequence[Row], links: Links) -> Iterable[str]:
    strips = [_times(row, place, links) for place, row in enumerate(rows[:MOST]) if row.solved]
    if any(strip.dots for strip in strips):
        chart = charts.strips(strips, "time to solved", "seconds of training", zero=True)
        yield figure("time to solved", chart, "a dot per solved seed, a stroke at the median")


def _lengths(rows: Sequence[Row], drawn: list[tuple[int, Row]]) -> Iterable[str]:
    trained = trained_lengths(run for row in rows for run in row.counted)
    for random, inputs in ((True, "random"), (False, "adversarial")):
        series = [Series(row.name, colour, by_length(row, random)) for colour, row in drawn]
        series = [one for one in series if one.points]
        if series:
            title = f"exact match by length, {inputs} inputs"
            about = "a single seed: the 95 % interval of its share" if random else "every kind counts the same"
            yield figure(title, charts.by_length(series, title, trained), f"{BAND}; {about}")


def _scores(row: Row, place: int, links: Links) -> Strip:
    dots = [
        Dot(value, f"seed {run.seed}: {tables.score(value)}", links.run(run.folder))
        for run, value in zip(row.counted, row.scores, strict=True)
    ]
    words = tables.score(row.mean) + (f" ({tables.between(row.interval)})" if row.interval else "")
    return Strip(row.name, words, _colour(place), dots, row.mean, row.interval)


def _difference(one: Versus, place: int) -> Strip:
    found = one.contrast
    ends = None if found.low is None or found.high is None else (found.low, found.high)
    words = f"{tables.score(found.difference)}, p {tables.probability(one.p)}"
    return Strip(one.row.name, words, _colour(place), [], found.difference, ends)


def _times(row: Row, place: int, links: Links) -> Strip:
    times = [(run, run.solved) for run in row.solved]
    dots = [
        Dot(when[1], f"seed {run.seed}: {when[1]:.1f} s, step {when[0]:,.0f}", links.run(run.folder))
        for run, when in times
        if when and math.isfinite(when[1])
    ]
    words = f"{len(row.solved)} of {row.checked}, {tables.seconds(row.seconds_to_solved)}"
    return Strip(row.name, words, _colour(place), dots, row.seconds_to_solved, None)


def _colour(place: int) -> int | None:
    return place if place < charts.COLOURS else None
