"""The quick steps against the equations of their cells."""

import pytest
import torch

from rnnlab.layers.cell import Cell
from rnnlab.layers.gru import GRU
from rnnlab.layers.kernels import steps
from rnnlab.layers.lstm import LSTM
from rnnlab.layers.rnn import RNN

H = 6


class Sum(Cell):
    """A cell that has no quick step."""

    gates = ("sum",)

    def step(self, driven, recurrent, state):
        h = driven + recurrent
        return (h,), {"hidden": h}


@pytest.mark.parametrize("rows", [(3,), (2, 3)], ids=["rows", "replicas of rows"])
@pytest.mark.parametrize("cell", [RNN("tanh"), RNN("relu"), LSTM(), GRU(), Sum()], ids=lambda cell: type(cell).__name__)
def test_a_kernel_is_the_equal_of_its_cells_equations(cell, rows, seeded):
    shapes = [(len(cell.gates) * H,)] * 2 + [(H,)] * cell.carried
    random = seeded(9)
    driven, recurrent, *state = (torch.randn(*rows, *shape, generator=random).double() for shape in shapes)
    expected, gates = cell.step(driven, recurrent, tuple(state))
    assert gates["hidden"] is expected[0]
    for kernel in (steps.training(cell), steps.writing(cell, torch.tanh)):
        for found, part in zip(kernel(driven, recurrent, tuple(state)), expected, strict=True):
            assert found.shape == part.shape and part.norm() > 0
            assert (found - part).norm() <= 1e-9 * part.norm()
