"""One step of a network on boxes: lower and upper bounds of every number of the state, many boxes at once.

In float64, without directed rounding: boxes are made a little wider than they need to be, and `rnnlab.proof.verify`
checks exactly what the search finds with these.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from rnnlab.proof.plain import Plain

Numbers = NDArray[np.float64]
Box = tuple[Numbers, Numbers]
"""Lower and upper bounds, each (..., D) or any shape."""

GRID = 2.0**-20
"""The ends of boxes are multiples of it: short to write, and exact."""

SPARE = 1e-9
"""More than what is rounded here, relative to numbers above 1."""

ROUNDING, ACTIVATION = {True: 2.0**-23, False: 2.0**-52}, {True: 2.0**-19, False: 2.0**-47}
"""Twice what the check allows the network's own operations and activations to err by, in float32 and in float64."""


def sigmoid(x: Numbers) -> Numbers:
    """1 / (1 + exp(-x)), which here never overflows."""
    return 0.5 * (np.tanh(0.5 * x) + 1)


CURVES: dict[str, Callable[[Numbers], Numbers]] = {
    "tanh": np.tanh,
    "sigmoid": sigmoid,
    "relu": lambda x: np.maximum(x, 0.0),
}


def outward(box: Box) -> Box:
    """A little wider, with ends on the grid."""
    low, high = (end + way * SPARE * np.maximum(1.0, np.abs(end)) for end, way in zip(box, (-1, 1), strict=True))
    return np.floor(low / GRID) * GRID, np.ceil(high / GRID) * GRID


def affine(matrix: Numbers, box: Box, bias: Numbers | float = 0.0, err: float = 0.0) -> Box:
    """The box of `matrix` (M, K) times each vector in a box (..., K), plus `bias`; each term errs by `err` at most."""
    middle, radius, size = (box[0] + box[1]) / 2, (box[1] - box[0]) / 2, np.abs(matrix)
    centre, spread = middle @ matrix.T + bias, radius @ size.T
    if err:
        most = np.maximum(np.abs(box[0]), np.abs(box[1])) @ size.T + np.abs(bias)
        spread = spread + err * most
    return centre - spread, centre + spread


def times(x: Box, y: Box) -> Box:
    """The box of all products."""
    ends = np.stack([x[0] * y[0], x[0] * y[1], x[1] * y[0], x[1] * y[1]])
    return ends.min(0), ends.max(0)


def blend(z: Box, n: Box, h: Box) -> Box:
    """(1 - z) n + z h with z within [0, 1]: least and largest at a corner, as it is linear in each of the three."""
    low = [(1 - end) * n[0] + end * h[0] for end in z]
    high = [(1 - end) * n[1] + end * h[1] for end in z]
    return np.minimum(*low), np.maximum(*high)


def parts(box: Box, count: int) -> list[Box]:
    """The box of vectors cut into so many boxes of equally long ones."""
    return list(zip(np.split(box[0], count, -1), np.split(box[1], count, -1), strict=True))


class Steps:
    """The steps of a network on boxes."""

    def __init__(self, plain: Plain):
        self.plain = plain
        self.unit, self.error = ROUNDING[plain.single], ACTIVATION[plain.single]

    def __call__(self, box: Box, symbol: int) -> Box:
        """The boxes (N, D) that hold every state after a symbol, from boxes (N, D) of states before it."""
        plain, count = self.plain, len(self.plain.layers)
        before = parts(box, plain.size // plain.hidden)
        x: Box = (plain.inputs[symbol], plain.inputs[symbol])
        hidden, cells = [], []
        for index, (w_ih, w_hh, b_ih, b_hh) in enumerate(plain.layers):
            err = (w_ih.shape[1] + w_hh.shape[1] + 8) * self.unit
            driven, recurrent = affine(w_ih, x, b_ih, err), affine(w_hh, before[index], b_hh, err)
            if plain.kind == "gru":
                x = outward(self._gru(driven, recurrent, before[index]))
            elif plain.kind == "lstm":
                h, c = self._lstm(self._sum(driven, recurrent), before[count + index])
                x = outward(h)
                cells.append(outward(c))
            else:
                x = outward(self._curve(plain.kind, self._sum(driven, recurrent)))
            hidden.append(x)
        low, high = zip(*hidden, *cells, strict=True)
        return np.concatenate(low, -1), np.concatenate(high, -1)

    def _gru(self, driven: Box, recurrent: Box, h: Box) -> Box:
        a, u = parts(driven, 3), parts(recurrent, 3)
        r, z = [self._curve("sigmoid", self._sum(a[gate], u[gate])) for gate in (0, 1)]
        n = self._curve("tanh", self._sum(a[2], self._rounded(times(r, u[2]))))
        return self._rounded(blend(z, n, h), 16)

    def _lstm(self, sums: Box, c: Box) -> tuple[Box, Box]:
        gates = parts(sums, 4)
        i, f, o = [self._curve("sigmoid", gates[place]) for place in (0, 1, 3)]
        c = self._sum(self._rounded(times(f, c)), self._rounded(times(i, self._curve("tanh", gates[2]))))
        return self._rounded(times(o, self._curve("tanh", c))), c

    def _curve(self, name: str, x: Box) -> Box:
        error = 0.0 if name == "relu" else self.error
        return CURVES[name](x[0]) - error, CURVES[name](x[1]) + error

    def _sum(self, x: Box, y: Box) -> Box:
        return self._rounded((x[0] + y[0], x[1] + y[1]))

    def _rounded(self, x: Box, times: int = 1) -> Box:
        by = times * self.unit * np.maximum(np.abs(x[0]), np.abs(x[1]))
        return x[0] - by, x[1] + by

    def margins(self, box: Box, right: int) -> Numbers:
        """(N,) by how much the logit of a class is above every other one, at least, over each of the boxes."""
        (weight, bias), plain = self.plain.head, self.plain
        others = [other for other in range(len(weight)) if other != right]
        last = slice(plain.hidden * (len(plain.layers) - 1), plain.hidden * len(plain.layers))
        h = (box[0][:, last], box[1][:, last])
        low, _ = affine(weight[right] - weight[others], h, bias[right] - bias[others])
        most = np.maximum(np.abs(h[0]), np.abs(h[1])) @ np.abs(weight).T + np.abs(bias)  # (N, V)
        slack = (plain.hidden + 8) * self.unit * most
        return (low - slack[:, others]).min(1) - slack[:, right] - SPARE
