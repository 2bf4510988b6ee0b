"""Learning-rate schedules: the factor on the learning rate, as a pure function of how the training has gone so far.

Being pure they have no state to save, and a run that is extended or resumed needs no special case.
"""

import math
from collections.abc import Callable, Sequence

from rnnlab.errors import real, whole

Schedule = Callable[[float, Sequence[float]], float]
"""(progress in [0, 1): the share of optimizer steps done, validation losses of all checks so far) -> factor."""


def constant() -> Schedule:
    """The same rate throughout."""
    return lambda progress, losses: 1.0


def cosine(warmup: float = 0.05, final: float = 0.0) -> Schedule:
    """Linear rise over the first `warmup` share, then half a cosine down to `final` (Loshchilov and Hutter, 2017)."""
    real("warmup", warmup, 0, 0.9)
    real("final", final, 0, 1)

    def factor(progress: float, losses: Sequence[float]) -> float:
        if progress < warmup:
            return max(progress / warmup, 0.01)
        return final + (1 - final) * _fall((progress - warmup) / (1 - warmup))

    return factor


def one_cycle(rise: float = 0.3, start: float = 0.04, final: float = 1e-4) -> Schedule:
    """Half a cosine up from `start` over the share `rise`, then half a cosine down to `final` (Smith, 2018)."""
    real("rise", rise, 0, 0.9, above=True)
    real("start", start, 0, 1)
    real("final", final, 0, 1)

    def factor(progress: float, losses: Sequence[float]) -> float:
        if progress < rise:
            return 1 - (1 - start) * _fall(progress / rise)
        return final + (1 - final) * _fall((progress - rise) / (1 - rise))

    return factor


def plateau(factor: float = 0.5, patience: int = 3) -> Schedule:
    """Multiplies the rate by `factor` each time `patience` checks in a row have brought no lower validation loss."""
    real("factor", factor, 0, 1, above=True)
    whole("patience", patience, 1)

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
