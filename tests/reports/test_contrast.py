"""Differences of two combinations: cases worked out by hand, and figures of SciPy."""

import math
from random import Random

import pytest

from rnnlab.reports.contrast import hedges, holm, paired, welch

GRU = [0.9892, 0.9793, 0.9892, 0.9829, 0.9838]
RNN = [0.9631, 0.9739, 0.9613, 0.9541, 0.9631]
LSTM = [0.9856, 0.9838, 0.982, 0.9784]


def test_pairs_by_hand():
    """1, 2, 3 and 2, 4, 6: differences 1, 2, 3 of deviation 1; of two degrees p is 1 - t / √(2 + t²)."""
    found = paired([1, 2, 3], [2, 4, 6])
    t = 2 * math.sqrt(3)
    assert (found.difference, found.freedom, found.paired) == (2, 2, True)
    assert found.p == pytest.approx(1 - t / math.sqrt(2 + t * t))
    half = 4.302652729749463 / math.sqrt(3)
    assert (found.low, found.high) == pytest.approx((2 - half, 2 + half))


def test_welch_by_hand():
    """Variances 1 and 4 of three each: error √(5/3), (5/3)² / (1/18 + 16/18) = 50/17 degrees."""
    found = welch([1, 2, 3], [2, 4, 6])
    assert found.difference == 2 and found.freedom == pytest.approx(50 / 17) and not found.paired
    assert (found.low + found.high) / 2 == pytest.approx(2)
    equal = welch([0, 1], [2, 3])  # as spread as each other, so Welch's is Student's: t = 2 / √0.5 of two degrees
    assert equal.freedom == pytest.approx(2) and equal.p == pytest.approx(1 - math.sqrt(8) / math.sqrt(10))


def test_both_are_what_scipy_finds():
    """scipy.stats.ttest_rel(RNN, GRU) and ttest_ind(LSTM, GRU, equal_var=False) of SciPy 1.17.1."""
    pairs, apart = paired(GRU, RNN), welch(GRU, LSTM)
    expected = (0.0073295620203880285, -0.03380024384498205, -0.009759756155017955)
    assert (pairs.p, pairs.low, pairs.high) == pytest.approx(expected, rel=1e-9)
    expected = (0.35589893961351915, 6.960198116934054, -0.008248093301622895, 0.0033880933016228083)
    assert (apart.p, apart.freedom, apart.low, apart.high) == pytest.approx(expected, rel=1e-9)


def test_the_size_of_a_difference_by_hand_and_the_same_for_pairs():
    """2 over √((1 + 4) / 2), less the share 3 / (4 · 4 - 1) that six seeds add."""
    assert hedges([1, 2, 3], [2, 4, 6]) == pytest.approx(2 / math.sqrt(2.5) * 0.8)
    assert hedges([2, 4, 6], [1, 2, 3]) == -hedges([1, 2, 3], [2, 4, 6]) == -paired([1, 2, 3], [2, 4, 6]).effect
    assert hedges([1], [2, 3]) is None and hedges([1, 1], [2, 2]) is None


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, None, 0.6]) == [1.0, None, 1.0]
    assert holm([0.02]) == [0.02] and holm([None]) == [None] and holm([]) == []


def test_nothing_is_said_where_nothing_varies_or_a_seed_is_alone():
    for found in (
        paired([1, 1, 1], [2, 2, 2]),
        paired([0.1, 0.2], [0.4, 0.5]),  # the same difference but for rounding
        welch([1, 1], [2, 2, 2]),
        welch([1], [2, 3]),
        paired([1], [2]),
        paired([0, 0], [0, 0]),
    ):
        assert (found.low, found.high, found.p, found.effect) == (None, None, None, None)
    assert welch([1], [2, 3]).difference == 1.5
    assert welch([1, 1, 1], [2, 3, 4]).freedom == pytest.approx(2)  # one varies, so something is known


def test_equal_combinations_are_found_different_as_often_as_is_said():
    """400 draws of two times five from the same: 5 % ± 3 % are below 0.05."""
    random = Random(1)
    wrong = [0, 0]
    for _ in range(400):
        first, other = ([random.gauss(0, 1) for _ in range(5)] for _ in range(2))
        wrong = [count + (test(first, other).p < 0.05) for count, test in zip(wrong, (paired, welch), strict=True)]
    assert all(8 <= count <= 32 for count in wrong)
