"""A step at a time gives what the network gives for the whole sequence."""

import pytest
import torch
from torch import nn

from rnnlab.layers.lstm import LSTM
from rnnlab.network import Network, OneHot
from rnnlab.stepping import Steps

V, H = 7, 5


@pytest.mark.parametrize(
    "settings", [{}, {"num_layers": 3}, {"bias": False}, {"num_layers": 2, "dropout": 0.5}], ids=str
)
@pytest.mark.parametrize("embedded", [False, True], ids=["one-hot", "embedding"])
@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU, LSTM])
def test_steps_are_those_of_the_whole_sequence(kind, embedded, settings):
    torch.manual_seed(1)
    more = {} if kind is LSTM else {"batch_first": True}
    layer = kind(3 if embedded else V, H, **settings, **more)
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
