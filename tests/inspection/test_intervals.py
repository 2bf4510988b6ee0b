"""Intervals hold what they promise, checked by drawing from something known."""

import pytest
import torch

from rnnlab.inspection.intervals import ratio, share


def test_19_of_20_intervals_hold_the_truth():
    generator, held = torch.Generator().manual_seed(1), 0
    for seed in range(200):
        rows = torch.rand(60, 1, generator=generator)  # each row has a chance of its own, so that its steps depend
        right = (torch.rand(60, 10, generator=generator) < rows).double().sum(1)
        one = share(right, torch.full((60,), 10.0).double(), seed)
        held += one.low <= 0.5 <= one.high
    assert 180 <= held <= 199


def test_all_right_is_no_certainty():
    one = share(torch.ones(100), torch.ones(100))
    assert one.value == one.high == 1 and one.low == pytest.approx(0.9630, abs=1e-4)  # n / (n + z^2)
    none = share(torch.zeros(100), torch.ones(100))
    assert none.value == none.low == 0 and none.high == pytest.approx(1 - 0.9630, abs=1e-4)


def test_rows_that_are_alike_leave_no_doubt_about_a_ratio():
    assert ratio(torch.full((30,), 2.0), torch.full((30,), 8.0)) == (0.25, 0.25, 0.25)
