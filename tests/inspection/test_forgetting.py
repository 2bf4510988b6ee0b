"""How far back a loss reaches, against gradients worked by hand."""

import math

import pytest
import torch
from torch import nn

from rnnlab.batch import IGNORE, Batch
from rnnlab.inspection.forgetting import reaching
from rnnlab.layers.lstm import LSTM
from rnnlab.layers.unroll import Stepwise
from rnnlab.network import Network


@pytest.fixture
def halving():
    """h_t = h_{t-1} / 2 + x_t with one unit, two classes with the logits h and -h."""
    layer = nn.RNN(1, 1, nonlinearity="relu", batch_first=True)
    network = Network(nn.Identity(), layer, 1, 2)
    with torch.no_grad():
        for name, value in (("weight_ih_l0", 1.0), ("weight_hh_l0", 0.5), ("bias_ih_l0", 0.0), ("bias_hh_l0", 0.0)):
            getattr(layer, name).fill_(value)
        network.head.weight.copy_(torch.tensor([[1.0], [-1.0]]))
        network.head.bias.zero_()
    return network


def test_a_state_that_is_halved_every_step_is_heard_half_as_much_from_every_step_back(halving):
    inputs = torch.zeros(1, 4, 1)
    inputs[0, 0] = 8.0  # h: 8, 4, 2, 1
    batch = Batch(inputs, torch.tensor([[IGNORE, IGNORE, IGNORE, 0]]))
    at_end = 2 / (1 + math.exp(2 * 1.0))  # of L = log(1 + exp(-2 h)) by h = 1
    expected = [at_end / 2**far for far in range(4)]
    assert reaching(halving, batch, "once")["hidden"].tolist() == pytest.approx(expected)


def test_rows_of_other_lengths_count_where_they_reach_and_an_answer_fed_back_from_its_first_symbol(halving):
    inputs = torch.full((2, 3, 1), 1.0)
    targets = torch.tensor([[IGNORE, 0, 0], [0, 0, IGNORE]])
    late = reaching(halving, Batch(inputs, targets), "each_step")["hidden"]
    first = reaching(halving, Batch(inputs, targets), "fed_back")["hidden"]
    states = [1.0, 1.5, 1.75]
    slope = [2 / (1 + math.exp(2 * h)) for h in states]
    assert late.tolist() == pytest.approx([(slope[2] + slope[1]) / 2, (slope[2] + slope[1]) / 4, slope[2] / 4])
    assert first.tolist() == pytest.approx([(slope[1] + slope[0]) / 2, slope[1] / 2])


def test_every_part_of_every_layer_has_a_line_and_nothing_is_left_behind():
    torch.manual_seed(0)
    network = Network(nn.Identity(), Stepwise(LSTM(), 2, 3, num_layers=2), 3, 2)
    batch = Batch(torch.randn(4, 5, 2), torch.ones(4, 5, dtype=torch.int64))
    with torch.no_grad():
        found = reaching(network, batch, "each_step")
    assert list(found) == ["hidden of layer 1", "hidden of layer 2", "cell of layer 1", "cell of layer 2"]
    assert all(line.shape == (5,) and not line.requires_grad for line in found.values())
    assert found["cell of layer 1"][0] == 0 < found["cell of layer 1"][1]  # only later steps hear a cell
    assert all(weight.grad is None for weight in network.parameters())
