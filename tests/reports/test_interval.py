"""What a few seeds say about all, by hand."""

import statistics

import pytest

from rnnlab.reports.interval import interquartile_mean, interval

T_OF_2 = 4.302652729749463
"""0.95 · √(2 / (1 - 0.95²)): of two degrees of freedom the mass within t is t / √(2 + t²)."""


def test_an_interval_by_hand_and_none_of_a_single_seed():
    assert interval([1, 2, 3]) == pytest.approx((2 - T_OF_2 / 3**0.5, 2 + T_OF_2 / 3**0.5))  # s = 1, n = 3
    assert interval([2, 2]) == (2, 2)
    assert interval([2]) is None and interval([]) is None


def test_an_interval_of_shares_ends_where_shares_end_and_is_otherwise_the_same():
    half = T_OF_2 * statistics.stdev([0.9, 0.92, 0.97]) / 3**0.5
    assert interval([0.9, 0.92, 0.97], 0, 1) == pytest.approx((0.93 - half, 1))
    assert interval([0.1, 0.08, 0.03], 0, 1) == pytest.approx((0, 0.07 + half))


def test_an_interquartile_mean_leaves_out_the_ends():
    assert interquartile_mean([10, 1, 3, 2, 4]) == 3
    assert interquartile_mean([0, 0, 1, 2, 3, 4, 9, 9]) == 2.5
    assert interquartile_mean([1, 2, 6]) == 3  # three have no quarter to leave out
    assert interquartile_mean([7]) == 7
    ten = [0.9892, 0.9793, 0.9892, 0.9829, 0.9838, 0.9631, 0.9739, 0.9613, 0.9541, 0.9631]
    assert interquartile_mean(ten) == pytest.approx(0.97435)  # scipy.stats.trim_mean(ten, 0.25) of SciPy 1.17.1
