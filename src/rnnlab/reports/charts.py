"""Charts as SVG text: drawn 360 units wide, so that they are legible on a phone; colours are classes of the page."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from rnnlab.reports.axis import Axis, named
from rnnlab.reports.curves import Point

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 360, 238, 44, 342, 18, 198
STRIP = 36
"""Units of height of a row in `strips`."""

COLOURS = 8
"""Combinations that are told apart by colour and dashes, and so drawn as curves."""


class Series(NamedTuple):
    """A curve: its name, its colour and its points."""

    name: str
    colour: int
    points: list[Point]


class Dot(NamedTuple):
    """One seed: its value, what is shown on pointing at it, and where it leads."""

    value: float
    title: str
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
    x = Axis((point.x for point in points), LEFT, RIGHT, whole=True)
    bounds = [0.0, 1.0] if share else [bound for point in points for bound in (point.low, point.high)]
    y = Axis(bounds, BOTTOM, TOP, log)
    parts = _frame(x, y, _apart(x), x_title) + _lines(series, x, y)
    return _svg(parts, HEIGHT, title)


def by_length(series: Sequence[Series], title: str, trained: float | None) -> str:
    """Shares over lengths, with a dot at each length that was measured and a line where training ended."""
    lengths = sorted({point.x for one in series for point in one.points})
    spread = lengths[-1] >= 10 * lengths[0] > 0
    x, y = Axis(lengths, LEFT, RIGHT, log=spread, whole=True), Axis([0.0, 1.0], BOTTOM, TOP)
    ticks = lengths if len(lengths) <= 8 else _apart(x)
    parts = _frame(x, y, ticks, "length")
    if trained is not None and lengths[0] <= trained < lengths[-1]:
        parts.append(_line(x(trained), TOP, x(trained), BOTTOM, "trained"))
        parts.append(_text(x(trained), TOP - 6, "longest in training", "middle" if x(trained) > 100 else "start"))
    dots = [
        f'<circle class="dot c{one.colour}" cx="{x(point.x):.1f}" cy="{y(point.mean):.1f}" r="2.5">'
        f"{_title(f'{one.name}, length {named(point.x)}: {point.mean:.4g}')}</circle>"
        for one in series
        for point in one.points
    ]
    return _svg(parts + _lines(series, x, y) + dots, HEIGHT, title)


def _frame(x: Axis, y: Axis, ticks: Sequence[float], x_title: str) -> list[str]:
    parts = [
        _line(LEFT, y(tick), RIGHT, y(tick), "grid") + _text(LEFT - 5, y(tick) + 4, named(tick), "end")
        for tick in y.ticks()
    ]
    parts += [_text(x(tick), BOTTOM + 16, named(tick), "middle") for tick in ticks]
    return [*parts, _text((LEFT + RIGHT) / 2, BOTTOM + 34, x_title, "middle")]


def _lines(series: Sequence[Series], x: Axis, y: Axis) -> list[str]:
    """The bands, and above them all lines: the best is whole and lies lowest, so that it shows between the dashes."""
    bands, lines = [], []
    for one in series:
        there = [f"{x(p.x):.1f},{y(p.high):.1f}" for p in one.points]
        back = [f"{x(p.x):.1f},{y(p.low):.1f}" for p in reversed(one.points)]
        middle = " ".join(f"{x(p.x):.1f},{y(p.mean):.1f}" for p in one.points)
        bands.append(f'<polygon class="band c{one.colour}" points="{" ".join(there + back)}"/>')
        lines.append(f'<polyline class="curve c{one.colour}" points="{middle}">{_title(one.name)}</polyline>')
    return bands + lines


def key(colour: int) -> str:
    """The line of a legend."""
    return f'<svg class="key" viewBox="0 0 32 8" aria-hidden="true">{_line(0, 4, 32, 4, f"curve c{colour}")}</svg>'


def strips(rows: Sequence[Strip], title: str, x_title: str, from_zero: bool = False) -> str:
    """A row for each combination: a dot per seed, a stroke at the mark and a bar for the interval."""
    values = [value for row in rows for value in (*(dot.value for dot in row.dots), *(row.interval or ()))]
    if len(set(values)) == 1:
        values = [*values, 0.0, 1.0]
    x = Axis([*values, 0.0] if from_zero else values, 14, RIGHT - 4)
    bottom = TOP + STRIP * len(rows)
    parts = [
        _line(x(tick), TOP, x(tick), bottom, "grid") + _text(x(tick), bottom + 16, named(tick), "middle")
        for tick in _apart(x)
    ]
    parts.append(_text(WIDTH / 2, bottom + 34, x_title, "middle"))
    for place, row in enumerate(rows):
        colour = "plain" if row.colour is None else f"c{row.colour}"
        top = TOP + STRIP * place
        middle = top + 24
        parts.append(
            _text(10, top + 12, _cut(row.name), "start", "name", row.name)
            + _text(WIDTH - 4, top + 12, row.text, "end", "value")
        )
        if row.interval:
            parts.append(_line(x(row.interval[0]), middle, x(row.interval[1]), middle, f"interval {colour}"))
        if row.mark is not None:
            parts.append(_line(x(row.mark), middle - 7, x(row.mark), middle + 7, f"mark {colour}"))
        for dot in row.dots:
            place_and_size = f'cx="{x(dot.value):.1f}" cy="{middle}" r="3.5"'
            circle = f'<circle class="dot {colour}" {place_and_size}>{_title(dot.title)}</circle>'
            parts.append(f'<a href="{escape(dot.link)}">{circle}</a>')
    return _svg(parts, bottom + 44, title)


def history(
    dots: Sequence[tuple[float, float, str]],
    steps: Sequence[tuple[float, float]],
    title: str,
    x_title: str,
    log: bool = False,
) -> str:
    """Dots (x, y and what is shown on pointing at it), and a line that keeps each y of `steps` until the next x."""
    x = Axis((place for place, _, _ in dots), LEFT, RIGHT, whole=True)
    y = Axis((value for _, value, _ in dots), BOTTOM, TOP, log)
    parts = [
        _line(LEFT, y(tick), RIGHT, y(tick), "grid") + _text(LEFT - 5, y(tick) + 4, named(tick), "end")
        for tick in y.ticks()
    ]
    parts += [_text(x(tick), BOTTOM + 16, named(tick), "middle") for tick in _apart(x)]
    parts += [_text((LEFT + RIGHT) / 2, BOTTOM + 34, x_title, "middle")]
    corners: list[str] = []
    before: float | None = None
    for place, value in steps:
        corners += [] if before is None else [f"{x(place):.1f},{y(before):.1f}"]
        corners.append(f"{x(place):.1f},{y(value):.1f}")
        before = value
    parts.append(f'<polyline class="curve c1" points="{" ".join(corners)}"/>')
    parts += [
        f'<circle class="dot c0" cx="{x(place):.1f}" cy="{y(value):.1f}" r="3.5">{_title(name)}</circle>'
        for place, value, name in dots
    ]
    return _svg(parts, HEIGHT, title)


def _apart(axis: Axis) -> list[float]:
    """The ticks of a horizontal axis, as many as can be written beside each other."""
    ticks = axis.ticks()
    return ticks[:: 2 if len(ticks) > 6 else 1]


def _cut(text: str, longest: int = 36) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _svg(parts: list[str], height: float, title: str) -> str:
    inside = "\n".join(parts)
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">\n{inside}\n</svg>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str, kind: str = "", title: str = "") -> str:
    inside = escape(text) + (_title(title) if title else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{f" class={kind!r}" if kind else ""}>{inside}</text>'


def _title(text: str) -> str:
    return f"<title>{escape(text)}</title>"
