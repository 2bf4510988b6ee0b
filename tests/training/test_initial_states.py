"""Where rows start: from zeros, or where others ended."""

import pytest
import torch

from rnnlab.training.initial_states import borrowed


def test_rows_borrow_the_states_of_other_rows():
    torch.manual_seed(1)
    h, c = torch.randn(2, 2, 5, 3)  # two layers, five rows
    assert borrowed(None, 4, 1.0) is None
    started = borrowed((h, c), 400, 0.25)
    donors = []
    for row in range(400):
        if started[0][:, row].any():
            (donor,) = (place for place in range(5) if torch.equal(h[:, place], started[0][:, row]))
            assert torch.equal(started[1][:, row], c[:, donor])
            donors.append(donor)
        else:
            assert not started[1][:, row].any()
    assert len(donors) / 400 == pytest.approx(0.25, abs=0.07)  # over three standard deviations
    assert set(donors) == set(range(5))
    (every,) = borrowed((h,), 7, 1.0)
    assert every.shape == (2, 7, 3) and every.abs().amin((0, 2)).all()
