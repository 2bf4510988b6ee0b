"""All states that a network reaches, seen from the side on which they differ most: their two leading components."""

import re
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from rnnlab.batch import IGNORE, Batch
from rnnlab.inspection import panels
from rnnlab.inspection.intervals import Numbers
from rnnlab.tasks.task import Task

DOTS = 4000
"""States that are drawn, evenly chosen."""

PATHS = 3
"""Rows whose states are joined by a line."""


class Plane(NamedTuple):
    """middle: (D,) the mean state. across: (D, 2) orthonormal. share: of the variance that lies in the plane."""

    middle: Tensor
    across: Tensor
    share: float

    def of(self, states: Tensor) -> Tensor:
        """(..., D) -> (..., 2)."""
        return (states - self.middle) @ self.across


def plane(reached: Tensor) -> Plane:
    """The two leading principal components of whole states (B, T, D), float64; each points to where most of it is."""
    states = reached.flatten(0, 1).double()
    middle = states.mean(0)
    values, vectors = torch.linalg.eigh((states - middle).T @ (states - middle))  # smallest first
    across = vectors[:, [-1, -2]]
    signs = torch.sign(across.gather(0, across.abs().argmax(0, keepdim=True)))
    return Plane(middle, across * signs, float(values[-2:].sum() / values.sum().clamp(min=1e-30)))


def pictures(task: Task, batch: Batch, reached: Tensor, found: Numbers, title: str) -> dict[str, bytes]:
    """A PNG for each quantity, by file name: the states (B, T, D), coloured by it, three rows as paths, and the fixed
    points that a study `found`.
    """
    seen = plane(reached)
    flat = seen.of(reached.double())  # (B, T, 2)
    fixed = [
        (np.array(point["at"]), bool(point["stable"]))
        for kind in found.get("dynamics", {}).get("points", {}).values()
        for point in kind["slowest"]
        if point["fixed"]
    ]
    drawn = {}
    for name, values in task.quantities(batch).items():
        there = (values != IGNORE).nonzero()
        there = there[:: max(1, len(there) // DOTS)]
        if len(values[values != IGNORE].unique()) < 2:
            continue  # nothing to be told apart
        paths = [path[one != IGNORE].numpy() for path, one in zip(flat[:PATHS], values[:PATHS], strict=True)]
        at, known = flat[there[:, 0], there[:, 1]].numpy(), values[there[:, 0], there[:, 1]].numpy()
        words = f"{title}: {name} ({seen.share:.0%} of the variance)"
        drawn[f"states_{re.sub(r'[^A-Za-z0-9]', '_', name)}.png"] = panels.states(at, known, paths, fixed, words).png()
    return drawn
