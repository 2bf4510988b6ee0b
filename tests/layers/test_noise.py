"""Noise inside layers: how large it is, where it goes, and that nothing of it is left outside of training."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from rnnlab.errors import InputError
from rnnlab.layers.gru import GRU
from rnnlab.layers.lstm import LSTM
from rnnlab.layers.noise import BeforeActivations, Noise, activations
from rnnlab.layers.rnn import RNN
from rnnlab.layers.state import run
from rnnlab.layers.unroll import Stepwise

F, H, B, T = 3, 4, 2, 5
FAST = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
CELLS = {"rnn": RNN(), "lstm": LSTM(), "gru": GRU()}
MET = {"rnn": 1, "lstm": 5, "gru": 2}
"""Calls of activations in a step: tanh; three gates, candidate and cell; two gates at once, and the candidate."""


def made(kind, layers=2, **more):
    torch.manual_seed(1)
    return FAST[kind](F, H, num_layers=layers, batch_first=True, **more).double()


@pytest.fixture
def x(seeded):
    return torch.randn(B, T, F, generator=seeded(2), dtype=torch.float64)


class Sum(nn.Module):
    """h_t = relu(h_{t-1} + x_t), which is linear while it is positive: noise can be read off it."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))

    def forward(self, x, state=None):
        h, outputs = torch.zeros_like(x[:, 0]) if state is None else state[0][0], []
        for now in x.unbind(1):
            h = torch.relu(h + self.weight * now)
            outputs.append(h)
        return torch.stack(outputs, 1), (h.unsqueeze(0),)


def test_noise_before_the_activation_has_the_deviation_that_was_asked_for():
    torch.manual_seed(3)
    y, _ = Noise(activation=0.25)(Sum(), torch.full((20_000, 3, 1), 10.0))
    steps = torch.diff(y, dim=1, prepend=torch.zeros(20_000, 1, 1)) - 10
    assert steps.std(0).flatten().tolist() == pytest.approx([0.25] * 3, rel=0.03)  # six standard errors
    assert abs(steps.mean()) < 0.01
    assert abs((steps[:, 0] * steps[:, 1]).mean()) < 0.005  # each step has its own


def test_noise_on_the_state_reaches_the_next_step_and_not_the_output_of_its_own():
    torch.manual_seed(3)
    y, (h,) = Noise(state=0.25)(Sum(), torch.full((20_000, 3, 1), 10.0))
    assert torch.equal(y[:, 0], torch.full((20_000, 1), 10.0))
    assert (y[:, 1] - 20).std().item() == pytest.approx(0.25, rel=0.03)
    assert (y[:, 2] - 30).std().item() == pytest.approx(0.25 * 2**0.5, rel=0.03)
    assert (h[0] - y[:, 2]).std().item() == pytest.approx(0.25, rel=0.03)


@pytest.mark.parametrize("kind", FAST)
def test_both_parts_of_a_state_are_disturbed_and_each_on_its_own(kind, x):
    layer = made(kind)
    y, state = run(layer, x[:, :1])
    torch.manual_seed(4)
    noisy_y, noisy = Noise(state=0.1)(layer, x[:, :1])
    assert torch.equal(y, noisy_y)
    differences = [(after - before).flatten() for after, before in zip(noisy, state, strict=True)]
    everything = torch.cat(differences)
    assert (everything != 0).all() and everything.unique().numel() == everything.numel()


@pytest.mark.parametrize("kind", FAST)
def test_torchs_layers_get_the_noise_of_their_twins_on_the_same_weights(kind, x):
    layer = made(kind)
    twin = Stepwise(CELLS[kind], F, H, num_layers=2).double()
    twin.load_state_dict(layer.state_dict())
    torch.manual_seed(5)
    y, state = Noise(activation=0.3)(layer, x)
    torch.manual_seed(5)
    with BeforeActivations(0.3) as mode:
        expected, end = twin(x)
    assert mode.met == MET[kind] * 2 * T
    torch.testing.assert_close(y, expected)
    for one, other in zip(state, end, strict=True):
        torch.testing.assert_close(one, other)
    assert (y - layer(x)[0]).abs().max() > 0.01
    y.sum().backward()
    assert all(parameter.grad is not None and parameter.grad.any() for parameter in layer.parameters())


def test_an_rnn_with_noise_is_the_equation_with_noise(x):
    layer = made("rnn", layers=1)
    torch.manual_seed(6)
    y, _ = Noise(activation=0.5)(layer, x)
    torch.manual_seed(6)
    h = torch.zeros(B, H, dtype=torch.float64)
    for t in range(T):
        total = functional.linear(x[:, t], layer.weight_ih_l0, layer.bias_ih_l0)
        total = total + functional.linear(h, layer.weight_hh_l0, layer.bias_hh_l0)
        h = torch.tanh(total + 0.5 * torch.randn(B, H, dtype=torch.float64))
        torch.testing.assert_close(y[:, t], h)


@pytest.mark.parametrize("kind", FAST)
def test_steps_with_no_noise_to_speak_of_are_the_layer(kind, x):
    """Run step by step and on its twin, a layer with the smallest of noises gives what it gives as it is."""
    layer = made(kind)
    y, state = Noise(activation=1e-12, state=1e-12)(layer, x)
    expected, end = run(layer, x)
    torch.testing.assert_close(y, expected, rtol=0, atol=1e-9)
    for one, other in zip(state, end, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-9)


@pytest.mark.parametrize("kind", FAST)
def test_the_activations_that_noise_reaches_are_counted_without_random_numbers(kind):
    layer, before = made(kind, dropout=0.5), torch.get_rng_state()
    assert activations(layer, F) == MET[kind] * 2
    assert torch.equal(torch.get_rng_state(), before)


def test_a_layer_that_squashes_nothing_has_no_place_for_noise():
    class Linear(nn.Linear):
        def forward(self, x, state=None):
            return super().forward(x), (x.new_zeros(1, len(x), self.out_features),)

    assert activations(Linear(F, F), F) == 0
    with pytest.raises(InputError, match=r"Linear calls no activation.*practice\.activation_noise=0\.5"):
        Noise(activation=0.5).check(Linear(F, F), F)
    Noise(state=0.5).check(Linear(F, F), F)  # which any layer can have


@pytest.mark.parametrize("squash", [torch.tanh, torch.sigmoid, functional.relu, functional.gelu, torch.Tensor.tanh])
def test_an_activation_is_found_however_it_is_called(squash):
    torch.manual_seed(8)
    with BeforeActivations(1.0) as mode:
        found = squash(torch.zeros(100))
    assert mode.met == 1 and found.unique().numel() > 20
