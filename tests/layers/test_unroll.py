"""The loop over layers and time: dropout between layers."""

import pytest
import torch
from torch import nn

from rnnlab.layers.gru import GRU
from rnnlab.layers.lstm import LSTM
from rnnlab.layers.rnn import RNN
from rnnlab.layers.state import run
from rnnlab.layers.unroll import Stepwise

B, T, F, H = 3, 7, 5, 6


KINDS = {
    "rnn tanh": (RNN("tanh"), nn.RNN, {"nonlinearity": "tanh"}),
    "rnn relu": (RNN("relu"), nn.RNN, {"nonlinearity": "relu"}),
    "lstm": (LSTM(), nn.LSTM, {}),
    "gru": (GRU(), nn.GRU, {}),
}


@pytest.fixture(params=KINDS)
def kind(request):
    return KINDS[request.param]


def pair(kind, layers=1, bias=True, **more):
    """The twin and torch.nn's layer, each made from the same seed."""
    cell, reference, settings = kind
    sizes = {"input_size": F, "hidden_size": H, "num_layers": layers, "bias": bias, **more}
    torch.manual_seed(5)
    twin = Stepwise(cell, **sizes)
    torch.manual_seed(5)
    return twin.double(), reference(**sizes, **settings, batch_first=True).double()


def agree(found, expected):
    assert found.shape == expected.shape
    assert expected.norm() > 0
    assert (found - expected).norm() <= 1e-9 * expected.norm()


@pytest.fixture
def x(seeded):
    return torch.randn(B, T, F, generator=seeded(8), dtype=torch.float64).requires_grad_()


def test_dropout_acts_in_training_only(kind, x):
    plain, dropping = pair(kind, 2)[0], pair(kind, 2, dropout=0.5)[0]
    assert (dropping(x)[0] - plain(x)[0]).norm() > 1e-3
    assert (dropping(x)[0] - dropping(x)[0]).norm() > 1e-3
    dropping.eval()
    agree(dropping(x)[0], plain(x)[0])


def test_dropout_has_nothing_to_act_on_in_a_single_layer(kind, x):
    twin = Stepwise(kind[0], F, H, dropout=0.5).double()
    assert torch.equal(twin(x)[0], twin(x)[0])


@pytest.mark.parametrize("which", ["twin", "torch"])
def test_dropout_between_layers_drops_single_values_and_scales_the_rest(which):
    sizes = {"input_size": 4, "hidden_size": 4, "num_layers": 2, "bias": False, "dropout": 0.25}
    if which == "twin":
        stacked = Stepwise(RNN("relu"), **sizes)
    else:
        stacked = nn.RNN(**sizes, nonlinearity="relu", batch_first=True)
    with torch.no_grad():  # both layers pass on what they are given
        for name, parameter in stacked.named_parameters():
            parameter.copy_(torch.eye(4) if "_ih_" in name else torch.zeros(4, 4))
    torch.manual_seed(9)
    y, (h,) = run(stacked, torch.ones(50, 20, 4))
    kept = y > 0
    assert torch.allclose(y[kept], torch.tensor(1 / 0.75))
    assert abs(kept.double().mean() - 0.75) < 0.03  # 4,000 draws: over four standard deviations
    assert torch.equal(h[0], torch.ones(50, 4))  # the first layer's own outputs stay whole
