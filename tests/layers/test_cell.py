"""A cell of one's own: two attributes and one step make a layer."""

import pytest
import torch

from rnnlab.layers.cell import Cell
from rnnlab.layers.unroll import Stepwise


class Accumulator(Cell):
    """h_t = x_t + h_{t-1} with weights of one; beside it, how many steps there were."""

    gates = ("sum",)
    carried = 2

    def step(self, driven, recurrent, state):
        h, count = driven + recurrent, state[1] + 1
        return (h, count), {"sum": h, "count": count}


def test_a_cell_of_ones_own_is_a_layer_with_the_state_that_it_says(seeded):
    layer = Stepwise(Accumulator(), 3, 3, bias=False)
    for weight in layer.parameters():
        torch.nn.init.eye_(weight)
    x = torch.randint(9, (2, 5, 3), generator=seeded(1)).float()
    y, (h, count) = layer(x)
    assert (
        torch.equal(y, x.cumsum(1)) and torch.equal(h[0], x.sum(1)) and torch.equal(count, torch.full((1, 2, 3), 5.0))
    )
    (trace,) = layer.trace(x)
    assert torch.equal(trace["sum"], y) and trace["count"][0, :, 0].tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("missing", ["gates", "step"])
def test_a_cell_without_gates_or_without_a_step_cannot_be_made(missing):
    has = {"gates": ("sum",), "step": Accumulator.step}
    del has[missing]
    with pytest.raises(TypeError, match=missing):
        type("Half", (Cell,), has)()
    assert Cell.carried == 1
