"""The stepwise RNN, against back-propagation through time written out by hand."""

import numpy as np
import pytest
import torch
from torch import nn

from rnnlab.layers.gru import GRU
from rnnlab.layers.lstm import LSTM
from rnnlab.layers.rnn import RNN
from rnnlab.layers.unroll import Stepwise

B, T, F, H = 3, 7, 5, 6


KINDS = {
    "rnn tanh": (RNN("tanh"), nn.RNN, {"nonlinearity": "tanh"}),
    "rnn relu": (RNN("relu"), nn.RNN, {"nonlinearity": "relu"}),
    "lstm": (LSTM(), nn.LSTM, {}),
    "gru": (GRU(), nn.GRU, {}),
}


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


def test_the_rnns_trace_is_the_hidden_state_of_every_layer(x):
    twin, reference = pair(KINDS["rnn tanh"], 2)
    first, second = twin.trace(x)
    agree(second["hidden"], reference(x)[0])
    agree(first["hidden"][:, -1], reference(x)[1][0])


def test_an_unknown_nonlinearity_is_refused():
    with pytest.raises(ValueError, match=r"nonlinearity=sigmoyd.*did you mean 'sigmoid'"):
        RNN("sigmoyd")


def test_a_sigmoid_rnn_has_the_gradient_of_backpropagation_by_hand():
    """One 8-bit sum, 9 + 60 = 69, least significant bit first; 16 hidden units, no biases, half the squared error."""
    a, b, total = ([number >> place & 1 for place in range(8)] for number in (9, 60, 69))
    layer = Stepwise(RNN("sigmoid"), 2, 16, bias=False).double()
    head = nn.Linear(16, 1, bias=False).double()
    torch.manual_seed(10)
    for parameter in (*layer.parameters(), *head.parameters()):
        nn.init.uniform_(parameter, -1, 1)
    x = torch.tensor([a, b], dtype=torch.float64).T
    y = torch.tensor(total, dtype=torch.float64)
    outputs = torch.sigmoid(head(layer(x.unsqueeze(0))[0])).flatten()
    (0.5 * (outputs - y).square().sum()).backward()

    def sigmoid(value):
        return 1 / (1 + np.exp(-value))

    u, w, v = (parameter.detach().numpy() for parameter in (layer.weight_ih_l0, layer.weight_hh_l0, head.weight))
    hidden, guesses = [np.zeros(16)], []
    for step in range(8):
        hidden.append(sigmoid(u @ [a[step], b[step]] + w @ hidden[-1]))
        guesses.append(sigmoid(v @ hidden[-1]))
    du, dw, dv, later = np.zeros_like(u), np.zeros_like(w), np.zeros_like(v), np.zeros(16)
    for step in reversed(range(8)):
        h = hidden[step + 1]
        at_output = (guesses[step] - total[step]) * guesses[step] * (1 - guesses[step])
        at_hidden = (v.T @ at_output + w.T @ later) * h * (1 - h)
        dv += np.outer(at_output, h)
        dw += np.outer(at_hidden, hidden[step])
        du += np.outer(at_hidden, [a[step], b[step]])
        later = at_hidden
    by_hand = {layer.weight_ih_l0: du, layer.weight_hh_l0: dw, head.weight: dv}
    for parameter, expected in by_hand.items():
        assert np.abs(expected).max() > 1e-4
        assert np.abs(parameter.grad.numpy() - expected).max() <= 1e-9 * np.abs(expected).max()
