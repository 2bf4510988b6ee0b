"""The stepwise LSTM: its gates make its cell and hidden state, and its cell fades by the forget bias."""

import numpy as np
import pytest
import torch
from torch import nn

from rnnlab.layers.gru import GRU
from rnnlab.layers.lstm import LSTM
from rnnlab.layers.rnn import RNN
from rnnlab.layers.twins import set_forget_bias
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
def test_the_lstms_gates_make_its_cell_and_hidden_state(given, x):
    kind = KINDS["lstm"]
    twin, _ = pair(kind, 2)
    state = state_of(kind, 2) if given else (torch.zeros(2, B, H), torch.zeros(2, B, H))
    layers = twin.trace(x, state if given else None)
    below = x
    for index, gates in enumerate(layers):
        h, c = (part[index].double() for part in state)
        for t in range(T):
            weights = [getattr(twin, f"{name}_l{index}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
            total = below[:, t] @ weights[0].T + h @ weights[1].T + weights[2] + weights[3]
            for place, (name, squash) in enumerate(
                [
                    ("input", torch.sigmoid),
                    ("forget", torch.sigmoid),
                    ("candidate", torch.tanh),
                    ("output", torch.sigmoid),
                ]
            ):
                agree(gates[name][:, t], squash(total[:, place * H : (place + 1) * H]))
            c = gates["forget"][:, t] * c + gates["input"][:, t] * gates["candidate"][:, t]
            h = gates["output"][:, t] * torch.tanh(c)
            agree(gates["cell"][:, t], c)
            agree(gates["hidden"][:, t], h)
        below = gates["hidden"]
    agree(below, twin(x, state if given else None)[0])


@pytest.mark.parametrize("which", [0, 1], ids=["twin", "torch"])
@pytest.mark.parametrize("layers", [1, 3])
def test_a_cell_fades_by_the_forget_bias_in_every_layer(which, layers):
    """With weights of zero and nothing to take in, one step leaves sigmoid(bias) of the cell."""
    made = pair(KINDS["lstm"], layers)[which]
    before = {name: parameter.clone() for name, parameter in made.named_parameters()}
    set_forget_bias(made, 1.5)
    for name, parameter in made.named_parameters():
        if name.startswith("bias_"):
            others = [0, 2, 3]
            assert torch.equal(parameter.view(4, H)[others], before[name].view(4, H)[others])
            parameter.data.view(4, H)[others] = 0.0
        else:
            assert torch.equal(parameter, before[name])
            parameter.data.zero_()
    ones = torch.ones(layers, B, H, dtype=torch.float64)
    _, (_, c) = made(torch.ones(B, 1, F, dtype=torch.float64), (ones * 0, ones))
    expected = 1 / (1 + np.exp(-1.5))
    assert np.allclose(c.detach().numpy(), expected, rtol=1e-12)
