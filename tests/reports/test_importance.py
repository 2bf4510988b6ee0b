"""Which parameter mattered, against shares worked out by hand."""

import statistics
from random import Random

import pytest

from rnnlab.reports.importance import importance, ranks


def test_a_share_worked_out_by_hand():
    assert importance(["a", "a", "b", "b"], [1, 2, 3, 4]) == pytest.approx(0.7)
    assert importance(["a", "b", "a", "b"], [1, 2, 3, 4]) == 0  # less than chance gives
    assert importance(["a", "a", "b", "b"], [5, 5, 9, 9]) == pytest.approx(1.0)


def test_what_two_do_only_together_is_in_no_share():
    first, second = [0, 0, 1, 1] * 5, [0, 1, 0, 1] * 5
    results = [a ^ b for a, b in zip(first, second, strict=True)]
    assert importance(first, results) == importance(second, results) == 0


def test_the_share_is_that_of_the_f_statistic():
    """Kelley's epsilon squared by another road: (F - 1) (k - 1) / (F (k - 1) + n - k)."""
    random = Random(1)
    values = [random.choice("abc") for _ in range(40)]
    results = [ord(value) + random.gauss(0, 1) for value in values]
    ranked = ranks(results)
    parts = [[rank for rank, value in zip(ranked, values, strict=True) if value == name] for name in "abc"]
    mean = statistics.fmean(ranked)
    between = sum(len(part) * (statistics.fmean(part) - mean) ** 2 for part in parts) / 2
    within = sum(statistics.pvariance(part) * len(part) for part in parts) / 37
    f = between / within
    assert importance(values, results) == pytest.approx((f - 1) * 2 / (f * 2 + 37))


def test_a_number_that_decides_has_most_of_it_and_one_that_does_nothing_little():
    random = Random(1)
    decides, nothing = ([random.random() for _ in range(60)] for _ in range(2))
    results = [(value - 0.5) ** 2 for value in decides]  # not monotone: a rank correlation would be near 0
    assert importance(decides, results) > 0.5 > 0.2 > importance(nothing, results)


def test_too_few_trials_say_nothing():
    assert importance([1, 2], [0.1, 0.2]) is None
    assert importance([1, 1, 1, 1], [1, 2, 3, 4]) is None
    assert importance(["a", "a", "b", "b"], [1, 1, 1, 1]) is None
