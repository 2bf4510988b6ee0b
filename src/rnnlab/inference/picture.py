"""`lengths.png`: exact match by length. Needs matplotlib."""

import io
import math
from typing import Any

from rnnlab.inference.by_length import RANDOM, Measured

APART = 0.05
"""The share of the axis that two written lengths are apart at least; every other length has its tick only."""


def picture(measured: list[Measured], trained: list[int]) -> bytes:
    """Exact match with its intervals at every length; the lengths of the training are shaded.

    trained: those lengths; none where they are not known.

    Raises:
        ImportError: without matplotlib.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    draw(figure.subplots(), measured, trained)
    memory = io.BytesIO()
    figure.savefig(memory, dpi=120)
    return memory.getvalue()


def draw(axes: Any, measured: list[Measured], trained: list[int]) -> None:
    """The picture, on axes of matplotlib's."""
    for name in dict.fromkeys(one.inputs for one in measured):
        rows = [one.row() for one in measured if one.inputs == name]
        share = [row["exact_match"] for row in rows]
        bars = [
            [max(0.0, row["exact_match"] - row["exact_match_low"]) for row in rows],
            [max(0.0, row["exact_match_high"] - row["exact_match"]) for row in rows],
        ]
        random = {"marker": "o", "linewidth": 2, "yerr": bars, "capsize": 3}
        style = random if name == RANDOM else {"marker": ".", "linewidth": 1, "linestyle": "--"}
        axes.errorbar([row["length"] for row in rows], share, label=name, **style)
    lengths = sorted({one.length for one in measured})
    axes.set(xlabel="length", ylabel="exact match", ylim=(-0.03, 1.03))
    axes.set_xscale("symlog", linthresh=1, linscale=0.3)  # a length may be 0
    for place, (first, last) in enumerate(blocks(trained)):
        label = "_" if place else "training lengths"
        axes.axvspan(first - 0.25, last + 0.25, color="0.92", linewidth=0, zorder=0, label=label)
    axes.set_xticks(lengths, written(lengths))
    axes.set_xticks([], minor=True)
    axes.legend()


def blocks(lengths: list[int]) -> list[tuple[int, int]]:
    """Lengths as ranges, from and to: [2, 3, 4, 8] is (2, 4), (8, 8)."""
    found: list[tuple[int, int]] = []
    for length in sorted(lengths):
        near = found and found[-1][1] == length - 1
        found[-1:] = [(found[-1][0], length)] if near else [*found[-1:], (length, length)]
    return found


def written(lengths: list[int]) -> list[str]:
    """What stands at the tick of each length: itself, or nothing where it would run into another one's.

    The last is always written, and from the first on as many as there is room for.
    """
    places = [math.log1p(length) for length in lengths]
    room = APART * (places[-1] - places[0])
    texts, free = [], -math.inf
    for length, place in zip(lengths, places, strict=True):
        fits = place >= free and (length == lengths[-1] or place <= places[-1] - room)
        texts.append(f"{length:,}" if fits else "")
        free = place + room if fits else free
    return texts
