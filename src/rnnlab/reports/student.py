"""Student's t distribution, for any degrees of freedom: Welch's are seldom a whole number."""

import math
from functools import cache

TINY = 1e-300
"""What a denominator of the continued fraction is raised to, so that nothing is divided by 0 (Lentz, 1976)."""


def beyond(t: float, freedom: float) -> float:
    """The mass of Student's distribution outside -t and t: the two-sided p of an observed t.

    With v degrees of freedom it is I_x(v/2, 1/2) at x = v / (v + t²) (Abramowitz and Stegun, 1964, 26.7.1).
    """
    return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t), t * t / (freedom + t * t))


@cache
def quantile(freedom: float, share: float = 0.95) -> float:
    """The t within which Student's distribution has `share` of its mass, by bisection."""
    low, high = 0.0, 1.0
    while beyond(high, freedom) > 1 - share:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if beyond(middle, freedom) > 1 - share else (low, middle)
    return high


def incomplete_beta(a: float, b: float, x: float, rest: float) -> float:
    """I_x(a, b), the regularised incomplete beta function; `rest` is 1 - x, given because near 1 it cannot be told.

    x^a (1 - x)^b / (a B(a, b)) times the continued fraction 1 / (1 + d1 / (1 + d2 / (1 + ...))) of DLMF 8.17.22, which
    is quick below the mean of the distribution; above it I_x(a, b) = 1 - I_(1 - x)(b, a).
    """
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, rest, x)
    logarithm = a * math.log(x) + b * math.log(rest) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    above, below, value = 1.0, 0.0, 1.0
    for place in range(10_000):
        half = place // 2
        if place == 0:
            term = 1.0
        elif place % 2:
            term = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            term = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        below = 1 / _apart(1 + term * below)
        above = _apart(1 + term / above)
        value *= above * below
        if place and abs(above * below - 1) < 1e-15:
            break
    return math.exp(logarithm) * (value - 1) / a


def _apart(value: float) -> float:
    return value if abs(value) > TINY else TINY
