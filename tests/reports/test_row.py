"""What the seeds of a combination say together, against means and medians by hand."""

import math
import statistics

import pytest

from example_runs import EXACT, write
from rnnlab.reports.comparison import compare
from rnnlab.reports.records import find, read
from rnnlab.reports.row import Row, median

T_OF_2 = 4.302652729749463
"""0.95 · √(2 / (1 - 0.95²)): of two degrees of freedom the mass within t is t / √(2 + t²)."""


def test_a_row_says_what_its_seeds_say(tmp_path):
    scores = [0.2, 0.9, 0.4, 0.5, 0.6]
    runs = [
        write(tmp_path / f"{seed}", seed=seed, seconds=seed, metrics={"loss/test": score})
        for seed, score in enumerate(scores)
    ]
    row = Row("rnn", ["rnn"], runs, "loss/test")
    assert (row.mean, row.median, row.interquartile_mean) == pytest.approx((0.52, 0.5, 0.5))
    assert (row.best, row.seconds, row.lower) == (0.2, 2, True)


@pytest.mark.parametrize("objective", ["exact_match/test", "loss/test"])
def test_a_lower_loss_is_better_and_only_shares_end_at_one(objective, runs):
    """0.995 ± 0.0124 and 0.93 ± 0.0896 both reach beyond 1."""
    rows = compare(read(find([runs]))[0], objective).comparisons[0].rows
    assert [row.name for row in rows] == ["lstm", "rnn"]
    for row in rows:
        exact = EXACT[row.name]
        mean, half = statistics.fmean(exact), T_OF_2 * statistics.stdev(exact) / math.sqrt(3)
        share = objective == "exact_match/test"
        assert (row.mean, row.best) == pytest.approx((mean, max(exact)) if share else (1 - mean, 1 - max(exact)))
        assert row.interval == pytest.approx((mean - half, 1) if share else (1 - mean - half, 1 - mean + half))
        assert row.interval[0] < 0 or share


def test_seconds_to_solved_are_a_median_over_the_solved_alone(runs):
    lstm, rnn = compare(read(find([runs]))[0]).comparisons[0].rows
    assert ([run.seed for run in lstm.solved], lstm.seconds_to_solved, lstm.checked) == (["2"], 1.0, 3)
    assert (rnn.solved, rnn.seconds_to_solved) == ([], None)


def test_a_median_leaves_out_what_is_no_number():
    assert median([3, math.nan, 1]) == 2 and median([3, 1, math.inf, 1]) == 1
    assert median([math.nan]) is None and median([]) is None
