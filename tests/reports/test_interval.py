"""Student's t, against a printed table, closed forms and a sum over its density."""

import math

import pytest

from rnnlab.reports.interval import half_width, inside, quantile

TABLE = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 9: 2.262, 10: 2.228, 29: 2.045, 30: 2.042, 120: 1.980}
"""Degrees of freedom -> t(0.975), from a printed table."""


@pytest.mark.parametrize("freedom", TABLE)
def test_quantiles_are_those_of_a_printed_table(freedom):
    assert round(quantile(freedom), 3) == TABLE[freedom]


@pytest.mark.parametrize("t", [0.0, 0.3, 1.0, 4.0, 100.0])
def test_of_one_and_two_degrees_the_mass_is_that_of_closed_forms(t):
    assert inside(t, 1) == pytest.approx(2 * math.atan(t) / math.pi)  # Cauchy
    assert inside(t, 2) == pytest.approx(t / math.sqrt(2 + t * t))


@pytest.mark.parametrize("freedom", [3, 4, 7, 8, 25])
def test_the_mass_is_the_area_under_the_density(freedom):
    """Simpson's rule over Gamma((v+1)/2) / (sqrt(v pi) Gamma(v/2)) (1 + x^2 / v)^(-(v+1)/2)."""
    gammas = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2))
    heights = [gammas * (1 + (place / 100) ** 2 / freedom) ** (-(freedom + 1) / 2) for place in range(201)]
    area = (heights[0] + heights[-1] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2])) / 300
    assert inside(2.0, freedom) == pytest.approx(2 * area / math.sqrt(freedom * math.pi))


def test_half_an_interval_by_hand_and_none_of_a_single_seed():
    assert half_width([1, 2, 3]) == pytest.approx(4.302653 / math.sqrt(3), rel=1e-6)  # s = 1, n = 3
    assert half_width([2, 2]) == 0
    assert half_width([2]) is None and half_width([]) is None
