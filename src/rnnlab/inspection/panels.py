"""Pictures: units over time, curves on a logarithmic scale, numbers in the complex plane, and states in a plane."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from rnnlab.inspection.canvas import BLACK, COLOURS, GREY, LETTER, LINE, Canvas

BELOW, ABOVE = (33, 102, 172), (178, 72, 0)
"""The colours of the lowest and the highest value, blue and orange; 0 is white."""

LEFT = 10 * LETTER
"""Pixels for the names of the vertical axis."""

STEP, WIDEST, ALL = 12, 40, 280
"""Pixels of a time step: so that a letter fits below it, at most, and of all steps together if they are few."""

BAR = 16
"""Pixels of the bar that says what the colours mean."""

LONGEST = 4
"""Letters of what is read in a step."""

TALL = 192
"""Pixels of all units together, where there are at most so many."""

SIZE = 280
"""Pixels of a curve's height and of the complex plane: with what is beside them, as wide as TensorBoard shows."""

WIDE = 460
"""Pixels of a plane of states."""

SCALE = np.array([(68, 20, 110), (35, 110, 150), (45, 165, 120), (240, 180, 20)], float)
"""The colours of small to large numbers, ever lighter, so that nobody needs to see more than that."""

LOWEST = 1e-12
"""What is smaller is nothing."""


def coloured(values: np.ndarray, most: float) -> np.ndarray:
    """Values (...) -> colours (..., 3): white at 0, blue at -most, orange at most."""
    share = np.clip(np.nan_to_num(values) / (most or 1.0), -1, 1)[..., None]
    end = np.where(share < 0, BELOW, ABOVE)
    return (255 + (end - 255) * np.abs(share)).astype(np.uint8)


def over_time(values: np.ndarray, steps: Sequence[str], title: str) -> Canvas:
    """Values (T, H): a row a unit, a column a time step, and below it what was read, from top to bottom."""
    length, units = values.shape
    high, wide = max(1, TALL // units), min(WIDEST, max(STEP, ALL // length))
    most = float(np.nan_to_num(np.abs(values)).max(initial=0.0))
    most = 1.0 if most <= 1 else most  # gates and most states are within 1, whatever they are now
    cells = coloured(values.T, most).repeat(high, 0).repeat(wide, 1)
    tall, across = cells.shape[:2]
    top, below = 2 * LINE, 2 * LINE + cells.shape[0] + LETTER
    letters = ["".join(text.split())[:LONGEST] for text in steps]
    canvas = Canvas(LEFT + max(across + 8 * LETTER + BAR, len(title) * LETTER), below + LINE * max(map(len, letters)))
    canvas.write(LETTER, LETTER, title)
    canvas.paste(LEFT, top, cells)
    canvas.write(LETTER, top, "unit 1")
    if tall > 2 * LINE:
        canvas.write(LETTER, top + tall - LINE + LETTER // 2, f"unit {units}")
    canvas.write(LETTER, below, "reads")
    for place, text in enumerate(letters):
        for line, letter in enumerate(text):
            canvas.write(LEFT + place * wide + (wide - LETTER) // 2 + 1, below + line * LINE, letter)
    scale = coloured(np.linspace(most, -most, tall)[:, None], most).repeat(BAR, 1)
    right = LEFT + across + 2 * LETTER
    canvas.paste(right, top, scale)
    for share, number in ((0, most), (0.5, 0), (1, -most)):
        canvas.write(right + BAR + LETTER // 2, top + round(share * (tall - LINE + LETTER // 2)), f"{number:.3g}")
    _frame(canvas, LEFT, top, across, tall)
    _frame(canvas, right, top, BAR, tall)
    return canvas


def curves(lines: Mapping[str, np.ndarray], title: str, across: str) -> Canvas:
    """Values (N,) by name over N - 1 to 0, on a logarithmic scale; where one is next to nothing its line ends."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = {name: np.where(line > LOWEST, np.log10(line), np.nan) for name, line in lines.items()}
    there = np.concatenate([line[np.isfinite(line)] for line in logs.values()] or [np.zeros(1)])
    low = math.floor(there.min(initial=0))
    high = max(math.ceil(there.max(initial=low)), low + 1)
    count = max(map(len, logs.values()))
    wide, top = max(SIZE, STEP // 2 * count), 2 * LINE
    canvas = Canvas(LEFT + wide + 3 * LETTER, SIZE + LINE * (5 + len(logs)))
    canvas.write(LETTER, LETTER, title)
    for power in range(low, high + 1, max(1, (high - low) // 6)):
        y = top + SIZE * (high - power) / (high - low)
        canvas.line(np.array([LEFT, LEFT + wide]), np.array([y, y]), GREY)
        canvas.write(LETTER, round(y) - LINE // 3, f"1e{power}")
    for place in range(0, count, max(1, count // 8)):
        left = LEFT + wide - round(wide * place / max(count - 1, 1))
        canvas.write(left - LETTER * len(str(place)) // 2, top + SIZE + LETTER, f"{place}")
    canvas.write(LEFT, top + SIZE + LINE + LETTER, across)
    _frame(canvas, LEFT, top, wide, SIZE)
    for number, (name, line) in enumerate(logs.items()):
        colour = COLOURS[number % len(COLOURS)]
        x = LEFT + wide - wide * np.arange(len(line)) / max(count - 1, 1)
        real = np.isfinite(line)
        canvas.line(x[real], top + SIZE * (high - line[real]) / (high - low), colour, 3)
        canvas.write(LEFT, top + SIZE + LETTER + LINE * (2 + number), name, colour)
    return canvas


def plane(groups: Mapping[str, np.ndarray], title: str) -> Canvas:
    """Complex numbers by name, with the unit circle."""
    most = max([1.25, *(float(np.abs(values).max(initial=0.0)) * 1.1 for values in groups.values())])
    canvas = Canvas(SIZE + 2 * LETTER, SIZE + LINE * (4 + len(groups)))
    canvas.write(LETTER, LETTER, title)
    middle, top = SIZE / 2, 2 * LINE

    def at(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return LETTER + middle + values.real / most * middle, top + middle - values.imag / most * middle

    for ends in ([-most, most], [-1j * most, 1j * most]):
        canvas.line(*at(np.array(ends, complex)), GREY)
    canvas.line(*at(np.exp(2j * np.pi * np.linspace(0, 1, 360))), BLACK, 2)
    for number, (name, values) in enumerate(groups.items()):
        colour = COLOURS[number % len(COLOURS)]
        canvas.points(*at(values), colour, 5)
        radius = float(np.abs(values).max(initial=0.0))
        canvas.write(LETTER, top + SIZE + LETTER + LINE * (1 + number), f"{name}, largest {radius:.3g}", colour)
    _frame(canvas, LETTER, top, SIZE, SIZE)
    canvas.write(LETTER, top + SIZE + LETTER, f"from -{most:.3g} to {most:.3g}, unit circle")
    return canvas


def states(
    at: np.ndarray,
    values: np.ndarray,
    paths: Sequence[np.ndarray],
    fixed: Sequence[tuple[np.ndarray, bool]],
    title: str,
) -> Canvas:
    """Points (N, 2) coloured by whole numbers (N,); paths (T, 2) that start at a square; fixed points, disks if
    stable and otherwise rings, but for those that lie far away.
    """
    low, high = at.min(0), at.max(0)
    middle, spread = (low + high) / 2, max(float((high - low).max()) * 1.08, 1e-9)
    kinds = np.unique(values)
    shares = (kinds - kinds[0]) / max(1, kinds[-1] - kinds[0])
    tops = np.arange(len(SCALE)) / (len(SCALE) - 1)
    channels = [np.interp(shares, tops, channel).astype(int).tolist() for channel in SCALE.T]
    colours = dict(zip(kinds.tolist(), zip(*channels, strict=True), strict=True))
    named = kinds[np.linspace(0, len(kinds) - 1, min(len(kinds), 7)).round().astype(int)]
    canvas = Canvas(WIDE + 2 * LETTER + 7 * LETTER, WIDE + 5 * LINE)
    canvas.write(LETTER, LETTER, title)

    def place(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, y = ((points - middle) / spread).T
        return LETTER + WIDE * (0.5 + x), 2 * LINE + WIDE * (0.5 - y)

    for kind, colour in colours.items():
        canvas.points(*place(at[values == kind]), colour, 4)
    for path in paths:
        canvas.line(*place(path), (120, 120, 120))
        canvas.points(*place(path[:1]), BLACK, 7)
    fixed = [(point, stable) for point, stable in fixed if float(np.abs(point - middle).max()) < spread / 2]
    for point, stable in fixed:
        canvas.disk(*place(point[None]), BLACK, 8, hollow=not stable)
    _frame(canvas, LETTER, 2 * LINE, WIDE, WIDE)
    for row, kind in enumerate(reversed(named.tolist())):
        y = 2 * LINE + row * LINE
        canvas.paste(WIDE + 2 * LETTER, y, np.full((LINE - 4, 2 * LETTER, 3), colours[kind], np.uint8))
        canvas.write(WIDE + 5 * LETTER - LETTER // 2, y, f"{kind}")
    canvas.write(LETTER, WIDE + 2 * LINE + LETTER, "lines: three inputs, from their squares on")
    if fixed:
        canvas.write(LETTER, WIDE + 3 * LINE + LETTER, "disks: stable fixed points; rings: unstable ones")
    return canvas


def _frame(canvas: Canvas, x: int, y: int, width: int, height: int) -> None:
    across, down = np.array([x, x + width, x + width, x, x]), np.array([y, y, y + height, y + height, y])
    canvas.line(across - 1, down - 1, BLACK)
