"""Student's t: how far the mean of a few seeds may be from the mean of all."""

import math
import statistics
from collections.abc import Sequence
from functools import cache

METHOD = (
    "95 % interval: mean ± t(0.975, n - 1) · s / √n (Student, 1908), s the standard deviation over seeds, n - 1 in it"
)


def half_width(values: Sequence[float]) -> float | None:
    """Half the 95 % interval of the mean; None for a single value, which says nothing about its spread."""
    if len(values) < 2:
        return None
    return quantile(len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))


@cache
def quantile(freedom: int, share: float = 0.95) -> float:
    """The t within which Student's distribution of `freedom` degrees has `share` of its mass, by bisection."""
    low, high = 0.0, 1.0
    while inside(high, freedom) < share:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if inside(middle, freedom) < share else (low, middle)
    return high


def inside(t: float, freedom: int) -> float:
    """The mass of Student's distribution between -t and t: a finite sum for whole degrees of freedom.

    With a = atan(t / √v): for odd v it is 2/π (a + sin a (cos a + 2/3 cos³ a + ... )), for even v
    sin a (1 + 1/2 cos² a + 1·3/(2·4) cos⁴ a + ...), up to cos to the v - 2 (Abramowitz and Stegun, 1964, 26.7.3-4).
    """
    angle = math.atan(t / math.sqrt(freedom))
    odd = freedom % 2
    term = math.cos(angle) if odd else 1.0
    total = term if freedom > 1 else 0.0
    for power in range(2 + odd, freedom - 1, 2):
        term *= (power - 1) / power * math.cos(angle) ** 2
        total += term
    return 2 / math.pi * (angle + math.sin(angle) * total) if odd else math.sin(angle) * total
