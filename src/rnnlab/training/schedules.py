"""Learning-rate schedules: the factor on the learning rate, as a pure function of how the training has gone so far.

Being pure they have no state to save, and a run that is extended or resumed needs no special case.
"""

import math
from collections.abc import Callable, Sequence
from typing import Annotated

from rnnlab.errors import Bounds, checked

Share = Annotated[float, Bounds(0, 1)]
Part = Annotated[float, Bounds(0, 1, above=True)]

Schedule = Callable[[float, Sequence[float]], float]
"""(progress in [0, 1): the share of optimizer steps done, validation losses of all checks so far) -> factor."""


def constant() -> Schedule:
    """The same rate throughout."""
    return lambda progress, losses: 1.0


@checked
def cosine(warmup: Annotated[float, Bounds(0, 0.9)] = 0.05, final: Share = 0.0) -> Schedule:
    """Linear rise over the first `warmup` share, then half a cosine down to `final` (Loshchilov and Hutter, 2017)."""

    def factor(progress: float, losses: Sequence[float]) -> float:
        if progress < warmup:
            return max(progress / warmup, 0.01)
        return final + (1 - final) * _fall((progress - warmup) / (1 - warmup))

    return factor


@checked
def one_cycle(
    rise: Annotated[float, Bounds(0, 0.9, above=True)] = 0.3, start: Share = 0.04, final: Share = 1e-4
) -> Schedule:
    """Half a cosine up from `start` over the share `rise`, then half a cosine down to `final` (Smith, 2018)."""

    def factor(progress: float, losses: Sequence[float]) -> float:
        if progress < rise:
            return 1 - (1 - start) * _fall(progress / rise)
        return final + (1 - final) * _fall((progress - rise) / (1 - rise))

    return factor


@checked
def plateau(factor: Part = 0.5, patience: Annotated[int, Bounds(1)] = 3) -> Schedule:
    """Multiplies the rate by `factor` each time `patience` checks in a row have brought no lower validation loss."""

    def scale(progress: float, losses: Sequence[float]) -> float:
        best, waited, drops = math.inf, 0, 0
        for loss in losses:
            best, waited = (loss, 0) if loss < best else (best, waited + 1)
            if waited == patience:
                waited, drops = 0, drops + 1
        return factor**drops

    return scale


def _fall(share: float) -> float:
    return (1 + math.cos(math.pi * min(share, 1.0))) / 2
