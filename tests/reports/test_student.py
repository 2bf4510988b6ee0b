"""Student's t, against a printed table, closed forms, an area under its density and figures of SciPy."""

import math

import pytest

from rnnlab.reports.student import beyond, incomplete_beta, quantile

TABLE = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 9: 2.262, 10: 2.228, 29: 2.045, 30: 2.042, 120: 1.980}
"""Degrees of freedom -> t(0.975), from a printed table."""

SCIPY = {
    (0.3, 1.5): 0.8004721968035851,
    (2, 2.941): 0.14115991155459717,
    (4, 7.25): 0.004829863080580337,
    (12, 3): 0.0012450158007893362,
    (0.001, 50): 0.9992060947755017,
    (40, 12.5): 1.429153296371695e-14,
}
"""t and degrees of freedom -> 2 * scipy.stats.t.sf(t, freedom) of SciPy 1.17.1.

Tests do not install it: torchmetrics imports it where it is, and a training then takes a quarter longer to start.
"""

QUANTILES = {2.941: 3.2188706778129994, 7.25: 2.348194849105371, 30.5: 2.04086944518632, 1000: 1.9623390808264083}
"""Degrees of freedom -> scipy.stats.t.ppf(0.975, freedom) of SciPy 1.17.1."""

BETA = {
    (2, 3, 0.4): 0.5248,
    (0.5, 0.5, 0.1): 0.20483276469913345,
    (30, 0.5, 0.99): 0.43933436890525074,
    (5, 10, 0.9): 0.99999993159585,
    (1e4, 0.5, 0.9999): 0.1572940177633515,
}
"""a, b, x -> scipy.special.betainc(a, b, x) of SciPy 1.17.1. The first is 12 (0.4²/2 - 2 · 0.4³/3 + 0.4⁴/4) by hand."""


@pytest.mark.parametrize("freedom", TABLE)
def test_quantiles_are_those_of_a_printed_table(freedom):
    assert round(quantile(freedom), 3) == TABLE[freedom]


@pytest.mark.parametrize("t", [0.0, 0.3, 1.0, 4.0, 100.0])
def test_of_one_and_two_degrees_the_mass_is_that_of_closed_forms(t):
    assert beyond(t, 1) == pytest.approx(1 - 2 * math.atan(t) / math.pi)  # Cauchy
    assert beyond(-t, 2) == pytest.approx(1 - t / math.sqrt(2 + t * t))


@pytest.mark.parametrize("freedom", [3, 4, 7.5, 8, 25])
def test_the_mass_is_the_area_under_the_density(freedom):
    """Simpson's rule over Gamma((v+1)/2) / (sqrt(v pi) Gamma(v/2)) (1 + x^2 / v)^(-(v+1)/2)."""
    gammas = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2))
    heights = [gammas * (1 + (place / 100) ** 2 / freedom) ** (-(freedom + 1) / 2) for place in range(201)]
    area = (heights[0] + heights[-1] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2])) / 300
    assert beyond(2.0, freedom) == pytest.approx(1 - 2 * area / math.sqrt(freedom * math.pi))


def test_everything_is_what_scipy_finds():
    assert {case: beyond(*case) for case in SCIPY} == pytest.approx(SCIPY, rel=1e-12)
    assert {case: quantile(case) for case in QUANTILES} == pytest.approx(QUANTILES, rel=1e-12)
    assert {case: incomplete_beta(*case, 1 - case[2]) for case in BETA} == pytest.approx(BETA, rel=1e-9)


def test_the_ends_are_nothing_and_everything():
    assert beyond(0, 3) == 1 and beyond(1e200, 3) == 0
    assert incomplete_beta(2, 3, 0, 1) == 0 and incomplete_beta(2, 3, 1, 0) == 1
