"""How sure a number is that was measured on some rows: by drawing the rows again (Efron, 1979)."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from rnnlab.inference.by_length import wilson

Numbers = dict[str, Any]
"""What was measured, by name, as a file holds it."""

DRAWS = 1000
"""Bootstrap samples."""


class Estimate(NamedTuple):
    """A number, and the interval that holds 95 of 100 values which other rows like these would have given."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.4f} [{self.low:.4f}, {self.high:.4f}]"


def share(right: Tensor, counted: Tensor, seed: int = 0) -> Estimate:
    """Sum of `right` over sum of `counted`, each (rows,). Whole rows are drawn, as the steps of a row belong together.

    Where all is right, or nothing, drawing again knows no doubt; then the interval is Wilson's over rows.
    """
    rows = int((counted > 0).sum())
    if bool((right == counted).all()) or not bool(right.any()):
        all_right = rows if bool(right.any()) else 0
        return Estimate(float(all_right > 0), *wilson(all_right, max(1, rows)))
    return ratio(right, counted, seed)


def ratio(above: Tensor, below: Tensor, seed: int = 0) -> Estimate:
    """Sum of `above` over sum of `below`, each (rows,), with the bootstrap's percentile interval over rows."""
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.randint(len(above), (DRAWS, len(above)), generator=generator)
    values = above[drawn].sum(1) / below[drawn].sum(1).clamp(min=1e-12)
    low, high = values.double().quantile(torch.tensor([0.025, 0.975], dtype=torch.float64)).tolist()
    return Estimate(float(above.sum() / below.sum().clamp(min=1e-12)), low, high)
