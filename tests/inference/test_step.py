"""A step at a time gives what the network gives for the whole sequence."""

import pytest
import torch
from torch import nn

from rnnlab.inference.step import Steps
from rnnlab.layers.gru import GRU
from rnnlab.layers.kernels.products import MANY
from rnnlab.layers.lstm import LSTM
from rnnlab.layers.rnn import RNN
from rnnlab.layers.unroll import Stepwise
from rnnlab.network import Network, OneHot

V, H = 7, 5


def made(kind, features, **settings):
    """One of torch.nn's layers, or a stepwise one of a cell."""
    if isinstance(kind, type):
        return kind(features, H, **settings, batch_first=True)
    return Stepwise(kind, features, H, **settings)


@pytest.mark.parametrize(
    "settings", [{}, {"num_layers": 3}, {"bias": False}, {"num_layers": 2, "dropout": 0.5}], ids=str
)
@pytest.mark.parametrize("embedded", [False, True], ids=["one-hot", "embedding"])
@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU, RNN("relu"), RNN("sigmoid"), LSTM(), GRU()])
def test_steps_are_those_of_the_whole_sequence(kind, embedded, settings):
    torch.manual_seed(1)
    layer = made(kind, 3 if embedded else V, **settings)
    network = Network(nn.Embedding(V, 3) if embedded else OneHot(V), layer, H, V).double().eval()
    inputs = torch.randint(V, (4, 9))
    with torch.inference_mode():
        logits, _ = network(inputs)
        _, state = network(inputs[:, :2])
        step = Steps(network, state)
        found = [step(symbols) for symbols in inputs[:, 2:].unbind(1)]
    torch.testing.assert_close(torch.stack(found, 1), logits[:, 2:], rtol=1e-12, atol=1e-12)


def test_a_relu_network_keeps_its_relu():
    network = Network(OneHot(V), nn.RNN(V, H, nonlinearity="relu", batch_first=True), H, V).double().eval()
    inputs = torch.randint(V, (2, 4), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        _, state = network(inputs[:, :3])
        found = Steps(network, state)(inputs[:, 3])
        torch.testing.assert_close(found, network(inputs)[0][:, 3], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("rows", [MANY - 1, MANY, 3 * MANY])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
def test_many_rows_take_the_same_steps(kind, bias, layers, rows):
    torch.manual_seed(1)
    network = Network(OneHot(V), kind(V, 33, layers, bias=bias, batch_first=True), 33, V).eval()
    inputs = torch.randint(V, (rows, 60))
    with torch.inference_mode():
        _, state = network(inputs[:, :2])
        step = Steps(network, state)
        found = torch.stack([step(symbols) for symbols in inputs[:, 2:].unbind(1)], 1)
        logits, _ = network.double()(inputs)
    torch.testing.assert_close(found.double(), logits[:, 2:], rtol=0, atol=3e-6)


def test_many_rows_need_nothing_that_torch_may_lack(monkeypatch):
    monkeypatch.setattr(torch.ops.mkldnn, "_linear_pointwise", None)
    test_many_rows_take_the_same_steps(nn.GRU, True, 2, MANY)
