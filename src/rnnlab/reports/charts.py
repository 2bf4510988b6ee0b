"""Charts, whose colours are classes of the page."""

from collections.abc import Sequence
from typing import NamedTuple

from rnnlab.reports.axis import Axis, named
from rnnlab.reports.curves import Point
from rnnlab.reports.svg import BOTTOM, LEFT, RIGHT, TOP, WIDTH, area, band, curve, cut, dot, line, picture, text, unread

STRIP = 36
"""Units of height of a row in `strips`."""

CHARACTERS = 48
"""Characters that a line of a chart holds."""

COLOURS = 8
"""Combinations that are told apart by colour and dashes, and so drawn as curves."""


class Series(NamedTuple):
    """A curve: its name, its colour and its points."""

    name: str
    colour: int
    points: list[Point]


class Dot(NamedTuple):
    """One seed: its value, what it is called, and where it leads, if anywhere."""

    value: float
    label: str
    link: str


class Strip(NamedTuple):
    """A row of dots: its name, its value in words, its colour if any, a mark, and an interval around it."""

    name: str
    text: str
    colour: int | None
    dots: list[Dot]
    mark: float | None
    interval: tuple[float, float] | None


def curves(series: Sequence[Series], title: str, x_title: str, log: bool = False, share: bool = False) -> str:
    """Lines with bands. `share`: the values are shares, so the axis goes from 0 to 1."""
    points = [point for one in series for point in one.points]
    x = Axis((point.x for point in points), LEFT, RIGHT, whole=max(point.x for point in points) > 10)
    bounds = [0.0, 1.0] if share else [bound for point in points for bound in (point.low, point.high)]
    y = Axis(bounds, BOTTOM, TOP, log)
    return picture([_frame(x, y, _apart(x), x_title), *_lines(series, x, y)], f"{title}, over {x_title}")


def by_length(series: Sequence[Series], title: str, trained: tuple[float, float] | None) -> str:
    """Shares over lengths, with a dot at each length that was measured, over an area where the training's lie."""
    lengths = sorted({point.x for one in series for point in one.points})
    spread = lengths[-1] >= 10 * lengths[0] > 0
    x, y = Axis(lengths, LEFT, RIGHT, log=spread, whole=True), Axis([0.0, 1.0], BOTTOM, TOP)
    ticks = lengths if len(lengths) <= 8 else _apart(x)
    parts = []
    if trained is not None and trained[0] <= lengths[-1] and trained[1] >= lengths[0]:
        start, end = x(trained[0]), x(trained[1])
        start, end = (start - 2, end + 2) if end - start < 4 else (start, end)
        middle = min(max((start + end) / 2, LEFT + 50), RIGHT - 50)
        parts = [area(start, TOP, end, BOTTOM, "trained"), text(middle, TOP - 6, "training lengths", "middle")]
    dots = [
        dot(
            x(point.x),
            y(point.mean),
            2.5,
            f"dot c{one.colour}",
            f"{one.name}, length {named(point.x)}: {point.mean:.4g}",
        )
        for one in series
        for point in one.points
    ]
    parts = [unread(parts), _frame(x, y, ticks, "length"), *_lines(series, x, y), *dots]
    return picture(parts, f"{title}, over length")


def strips(rows: Sequence[Strip], title: str, x_title: str, zero: bool = False) -> str:
    """A row for each combination: a dot per seed, a stroke at the mark and a bar for the interval.

    zero: the axis has a 0, and a line there.
    """
    values = [value for row in rows for value in (*(one.value for one in row.dots), *(row.interval or ()))]
    values += [row.mark for row in rows if row.mark is not None]
    if len(set(values)) == 1:
        values = [*values, 0.0, 1.0]
    x = Axis([*values, 0.0] if zero else values, 14, RIGHT - 4)
    bottom = TOP + STRIP * len(rows)
    ticks = [line(x(tick), TOP, x(tick), bottom, "grid") for tick in _apart(x)]
    ticks += [text(x(tick), bottom + 16, named(tick), "middle") for tick in _apart(x)]
    ticks += [line(x(0), TOP, x(0), bottom, "zero")] if zero else []
    parts = [unread([*ticks, text(WIDTH / 2, bottom + 34, x_title, "middle")])]
    for place, row in enumerate(rows):
        parts += _strip(row, x, TOP + STRIP * place)
    return picture(parts, title, bottom + 44)


def _strip(row: Strip, x: Axis, top: float) -> list[str]:
    colour = "plain" if row.colour is None else f"c{row.colour}"
    middle = top + 24
    name = cut(row.name, CHARACTERS - len(row.text))
    parts = [text(10, top + 12, name, "start", "name", row.name), text(WIDTH - 4, top + 12, row.text, "end", "value")]
    if row.interval:
        parts.append(line(x(row.interval[0]), middle, x(row.interval[1]), middle, f"interval {colour}"))
    if row.mark is not None:
        parts.append(line(x(row.mark), middle - 7, x(row.mark), middle + 7, f"mark {colour}"))
    dots = [dot(x(one.value), middle, 3.5, f"dot {colour}", f"{row.name}, {one.label}", one.link) for one in row.dots]
    return parts + dots


def history(
    dots: Sequence[tuple[float, float, str]],
    steps: Sequence[tuple[float, float]],
    title: str,
    x_title: str,
    log: bool = False,
) -> str:
    """Dots (x, y and what they are called), and a line that keeps each y of `steps` until the next x."""
    x = Axis((place for place, _, _ in dots), LEFT, RIGHT, whole=True)
    y = Axis((value for _, value, _ in dots), BOTTOM, TOP, log)
    corners: list[tuple[float, float]] = []
    for place, value in steps:
        corners += [(x(place), corners[-1][1])] if corners else []
        corners.append((x(place), y(value)))
    best = f"best so far: {steps[0][1]:.4g} to {steps[-1][1]:.4g}"
    made = [dot(x(place), y(value), 3.5, "dot c0", label) for place, value, label in dots]
    return picture([_frame(x, y, _apart(x), x_title), curve(corners, "curve c1", best), *made], title)


def key(colour: int) -> str:
    """The line of a legend."""
    return f'<svg class="key" viewBox="0 0 32 8" aria-hidden="true">{line(0, 4, 32, 4, f"curve c{colour}")}</svg>'


def _frame(x: Axis, y: Axis, ticks: Sequence[float], x_title: str) -> str:
    parts = [line(LEFT, y(tick), RIGHT, y(tick), "grid") for tick in y.ticks()]
    parts += [text(LEFT - 5, y(tick) + 4, named(tick), "end") for tick in y.ticks()]
    parts += [text(x(tick), BOTTOM + 16, named(tick), "middle") for tick in ticks]
    return unread([*parts, text((LEFT + RIGHT) / 2, BOTTOM + 34, x_title, "middle")])


def _lines(series: Sequence[Series], x: Axis, y: Axis) -> list[str]:
    """The bands, and above them all lines: the best is whole and lies lowest, so that it shows between the dashes."""
    bands, lines = [], []
    for one in series:
        places = [x(point.x) for point in one.points]
        if any(point.low < point.high for point in one.points):
            there = zip(places, (y(point.high) for point in one.points), strict=True)
            back = zip(reversed(places), (y(point.low) for point in reversed(one.points)), strict=True)
            bands.append(band([*there, *back], f"band c{one.colour}"))
        middle = list(zip(places, (y(point.mean) for point in one.points), strict=True))
        first, last = one.points[0], one.points[-1]
        label = f"{one.name}: {first.mean:.4g} at {named(first.x)}, {last.mean:.4g} at {named(last.x)}"
        lines.append(curve(middle, f"curve c{one.colour}", label))
    return bands + lines


def _apart(axis: Axis) -> list[float]:
    """The ticks of a horizontal axis, as many as can be written beside each other."""
    ticks = axis.ticks()
    return ticks[:: 2 if len(ticks) > 6 else 1]
