"""The stepwise GRU: its gates make its hidden state."""

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


def state_of(kind, layers):
    generator = torch.Generator().manual_seed(6)
    shape = (2 if kind[1] is nn.LSTM else 1, layers, B, H)
    parts = torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_().unbind(0)
    return tuple(part.detach().requires_grad_() for part in parts)


def agree(found, expected):
    assert found.shape == expected.shape
    assert expected.norm() > 0
    assert (found - expected).norm() <= 1e-9 * expected.norm()


@pytest.fixture
def x(seeded):
    return torch.randn(B, T, F, generator=seeded(8), dtype=torch.float64).requires_grad_()


@pytest.mark.parametrize("given", [True, False])
def test_the_grus_gates_make_its_hidden_state(given, x):
    kind = KINDS["gru"]
    twin, _ = pair(kind, 2)
    state = state_of(kind, 2) if given else (torch.zeros(2, B, H),)
    below = x
    for index, gates in enumerate(twin.trace(x, state if given else None)):
        h = state[0][index].double()
        for t in range(T):
            w_ih, w_hh = getattr(twin, f"weight_ih_l{index}"), getattr(twin, f"weight_hh_l{index}")
            a = below[:, t] @ w_ih.T + getattr(twin, f"bias_ih_l{index}")
            u = h @ w_hh.T + getattr(twin, f"bias_hh_l{index}")
            agree(gates["reset"][:, t], torch.sigmoid(a[:, :H] + u[:, :H]))
            agree(gates["update"][:, t], torch.sigmoid(a[:, H : 2 * H] + u[:, H : 2 * H]))
            agree(gates["candidate"][:, t], torch.tanh(a[:, 2 * H :] + gates["reset"][:, t] * u[:, 2 * H :]))
            z = gates["update"][:, t]
            h = (1 - z) * gates["candidate"][:, t] + z * h
            agree(gates["hidden"][:, t], h)
        below = gates["hidden"]
    agree(below, twin(x, state if given else None)[0])
