"""All fixed points of a small tanh network under a constant input: none missed, each proven to be there and to be one.

Branch and bound with Krawczyk's operator (1969): for g(x) = x - tanh(W x + b), a box X with middle m, and Y near the
inverse of g'(m), every zero of g in X is also in K(X) = m - Y g(m) + (1 - Y g'(X)) (X - m). A box that K(X) or
tanh(W X + b) does not meet has none; one that holds K(X) in its inside has exactly one. What float64 rounds is allowed
for: each result is made wider by `ROUNDED`, relative to all that went into it.
"""

import time
from typing import NamedTuple

import numpy as np

from rnnlab.errors import InputError
from rnnlab.proof.boxes import Box, Numbers
from rnnlab.proof.plain import Plain

ROUNDED = 2.0**-44
"""Of 512 roundings, or of sums of fewer than 64 terms and a tanh, of which each errs by 2^-50 at most."""

ROWS = 2048
"""Boxes that are treated at once, so that memory is bounded."""

FINEST = 1e-7
"""Width below which a box that is neither empty nor proven to hold one point is left undecided."""

INFLATED, MORE = 0.1, 1e-9
"""By what share of its width, and by how much, a box is widened for the proof: a point may lie on its border."""

REFINED = 5
"""How often a proven point is refined."""


class FixedPoints(NamedTuple):
    """points: of each fixed point (P, n), bounds within which it lies and is the only one.

    undecided: boxes in which there may be more. complete: whether there is none elsewhere; not where the time is over.
    """

    points: Box
    undecided: Box
    complete: bool


def fixed_points(weight: Numbers, bias: Numbers, seconds: float = 60.0) -> FixedPoints:
    """Of x -> tanh(W x + b) with W (n, n) and b (n,): everything in [-1, 1]^n, where they all are."""
    size, until = len(bias), time.monotonic() + seconds
    waiting: list[Box] = [(np.full((1, size), -1.0), np.full((1, size), 1.0))]
    found, regions, undecided = list[Box](), list[Box](), list[Box]()
    while waiting and time.monotonic() < until:
        low, high = waiting.pop()
        if len(low) > ROWS:
            waiting.append((low[ROWS:], high[ROWS:]))
            low, high = low[:ROWS], high[:ROWS]
        box = _narrowed(weight, bias, (low, high))
        wide = (1 + INFLATED) * (box[1] - box[0]) / 2 + MORE
        middle = (box[0] + box[1]) / 2
        region = middle - wide, middle + wide
        image = krawczyk(weight, bias, region)
        box = np.maximum(box[0], image[0]), np.minimum(box[1], image[1])
        one = ((region[0] < image[0]) & (image[1] < region[1])).all(1)
        for row in np.flatnonzero(one):
            point, alone = _refined(weight, bias, _row(image, int(row))), _row(region, int(row))
            if any(_within(point, other) for other in regions):
                continue  # known: there is one point in that region
            if any(_meet(point, other) for other in found):
                undecided.append(point)
            else:
                found.append(point)
                regions.append(alone)
        left = ~one & (box[0] <= box[1]).all(1)
        fine = left & ((box[1] - box[0]).max(1) < FINEST)
        undecided += [_row(box, int(row)) for row in np.flatnonzero(fine)]
        left &= ~fine
        if left.any():
            waiting.append(_split(weight, bias, (box[0][left], box[1][left])))
    return FixedPoints(_together(found, size), _together(undecided, size), not waiting)


def under(plain: Plain, symbol: int, seconds: float = 60.0) -> FixedPoints:
    """Those of a network's one tanh layer while it reads one symbol on end.

    Raises:
        InputError: for any other layer.
    """
    if plain.kind != "tanh" or len(plain.layers) > 1:
        raise InputError("fixed points are searched for in one tanh layer", "model=rnn", "model", plain.kind)
    (layer,) = plain.layers
    return fixed_points(layer.w_hh, layer.b_ih + layer.b_hh + layer.w_ih @ plain.inputs[symbol], seconds)


def slopes(weight: Numbers, bias: Numbers, box: Box) -> tuple[Box, Box]:
    """The boxes of tanh(W x + b) and of its derivative by W x + b, over boxes (N, n)."""
    middle, radius = (box[0] + box[1]) / 2, (box[1] - box[0]) / 2
    size = np.abs(weight)
    centre, spread = middle @ weight.T + bias, radius @ size.T
    spread = spread + ROUNDED * ((np.abs(middle) + radius) @ size.T + np.abs(bias))
    low, high = np.tanh(centre - spread) - ROUNDED, np.tanh(centre + spread) + ROUNDED
    least = np.where((low < 0) & (high > 0), 0.0, np.minimum(np.abs(low), np.abs(high)))
    most = np.maximum(np.abs(low), np.abs(high))
    return (low, high), (np.maximum(1 - most**2 - ROUNDED, 0.0), 1 - least**2 + ROUNDED)


def krawczyk(weight: Numbers, bias: Numbers, box: Box) -> Box:
    """K(X) of boxes (N, n); all numbers where no inverse is to be had."""
    middle, radius = (box[0] + box[1]) / 2, (box[1] - box[0]) / 2
    radius = radius + ROUNDED * np.maximum(np.abs(box[0]), np.abs(box[1]))
    unit = np.eye(len(bias))
    value = np.tanh(middle @ weight.T + bias)
    there = unit - (1 - value**2)[:, :, None] * weight
    inverse = np.zeros_like(there)
    fit = np.abs(np.linalg.det(there)) > 1e-12
    inverse[fit] = np.linalg.inv(there[fit])
    size = np.abs(inverse)
    _, (least, most) = slopes(weight, bias, box)
    slope, spread = (least + most) / 2, (most - least) / 2
    rest = np.abs(unit - inverse + (inverse * slope[:, None]) @ weight)
    rest += (size * (spread + ROUNDED * (1 + slope))[:, None]) @ np.abs(weight) + ROUNDED * (1 + size)
    residual = middle - value
    err = ROUNDED * (2 + np.abs(middle) @ np.abs(weight).T + np.abs(bias) + np.abs(residual))
    centre = middle - (inverse @ residual[:, :, None])[:, :, 0]
    by = ((rest @ radius[:, :, None]) * (1 + ROUNDED) + size @ err[:, :, None])[:, :, 0] + ROUNDED * (
        1 + np.abs(centre)
    )
    by[~fit] = np.inf
    return centre - by, centre + by


def _narrowed(weight: Numbers, bias: Numbers, box: Box) -> Box:
    """The boxes without what is no image of anything in them; empty ones are dropped."""
    for _ in range(2):
        image, _ = slopes(weight, bias, box)
        low, high = np.maximum(box[0], image[0]), np.minimum(box[1], image[1])
        there = (low <= high).all(1)
        box = low[there], high[there]
    return box


def _split(weight: Numbers, bias: Numbers, box: Box) -> Box:
    """Each box in halves, across the side on which the steepest slope depends most."""
    _, (_, most) = slopes(weight, bias, box)
    effect = (most[:, :, None] * np.abs(weight)).max(1) * (box[1] - box[0])
    side = effect.argmax(1)[:, None]
    halves = np.take_along_axis((box[0] + box[1]) / 2, side, 1)
    low, high = box[0].copy(), box[1].copy()
    np.put_along_axis(high, side, halves, 1)
    np.put_along_axis(low, side, halves, 1)
    return np.concatenate([box[0], low]), np.concatenate([high, box[1]])


def _refined(weight: Numbers, bias: Numbers, box: Box) -> Box:
    """Narrower bounds of the one point in a box."""
    for _ in range(REFINED):
        finer = krawczyk(weight, bias, box)
        box = np.maximum(box[0], finer[0]), np.minimum(box[1], finer[1])
    return box


def _within(inner: Box, outer: Box) -> bool:
    return bool((outer[0] <= inner[0]).all() and (inner[1] <= outer[1]).all())


def _meet(one: Box, other: Box) -> bool:
    return bool((one[0] <= other[1]).all() and (other[0] <= one[1]).all())


def _row(box: Box, row: int) -> Box:
    return box[0][row : row + 1], box[1][row : row + 1]


def _together(boxes: list[Box], size: int) -> Box:
    empty = np.empty((0, size))
    return np.concatenate([empty, *(box[0] for box in boxes)]), np.concatenate([empty, *(box[1] for box in boxes)])
