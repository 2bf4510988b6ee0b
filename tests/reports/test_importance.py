"""Which parameter mattered, against shares worked out by hand."""

import statistics
from itertools import combinations
from random import Random

import pytest

from rnnlab.reports.importance import by_chance, importance, ranks


def test_a_share_worked_out_by_hand():
    """Ranks 1 to 4 and 5 to 8: S = 42, W = 5 + 5, and 1 - (10 / 6) / (42 / 7)."""
    values = ["a"] * 4 + ["b"] * 4
    assert importance(values, range(1, 9)) == pytest.approx(1 - 10 / 36)
    assert importance(["a", "b"] * 4, range(1, 9)) == 0  # less than chance gives
    assert importance(values, [5] * 4 + [9] * 4) == pytest.approx(1.0)


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
    """Of six trials the one of another value is the best or the worst by chance in one search of three."""
    assert by_chance([5, 1]) == pytest.approx(2 / 6) and importance(["a"] * 5 + ["b"], range(6)) is None
    assert by_chance([3, 3]) == pytest.approx(2 / 20) and importance(["a"] * 3 + ["b"] * 3, range(6)) is None
    assert by_chance([4, 4]) == pytest.approx(2 / 70) and by_chance([3, 3, 3]) == pytest.approx(6 / 1680)
    assert importance([1, 2], [0.1, 0.2]) is None and importance([1, 2, 3, 4], [1, 2, 3, 4]) is None
    assert importance([1] * 9, range(9)) is None  # one group
    assert importance(["a"] * 4 + ["b"] * 4, [1] * 8) is None  # nothing to explain


def test_how_likely_groups_do_not_overlap_is_what_dealing_finds():
    deals = [set(deal) for deal in combinations(range(6), 2)]
    assert by_chance([4, 2]) == sum(deal in ({0, 1}, {4, 5}) for deal in deals) / len(deals)
