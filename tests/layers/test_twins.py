"""The stepwise layers against torch.nn's."""

import pytest
import torch
from torch import nn

from rnnlab.errors import InputError
from rnnlab.layers.gru import GRU
from rnnlab.layers.lstm import LSTM
from rnnlab.layers.rnn import RNN
from rnnlab.layers.state import run
from rnnlab.layers.twins import cell_of, set_forget_bias
from rnnlab.layers.unroll import Stepwise, unroll

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


def state_of(kind, layers):
    generator = torch.Generator().manual_seed(6)
    shape = (2 if kind[1] is nn.LSTM else 1, layers, B, H)
    parts = torch.randn(shape, generator=generator, dtype=torch.float64).requires_grad_().unbind(0)
    return tuple(part.detach().requires_grad_() for part in parts)


def results_of(layer, x, state):
    """Outputs, final states, and the gradient of a random weighting of both by input, initial state and parameters."""
    y, last = run(layer, x, state)
    results = [y, *last]
    generator = torch.Generator().manual_seed(7)
    loss = sum((torch.randn(part.shape, generator=generator, dtype=torch.float64) * part).sum() for part in results)
    sources = [x, *(state or ()), *layer.parameters()]
    return results, torch.autograd.grad(loss, sources)


def agree(found, expected):
    assert found.shape == expected.shape
    assert expected.norm() > 0
    assert (found - expected).norm() <= 1e-9 * expected.norm()


@pytest.fixture
def x(seeded):
    return torch.randn(B, T, F, generator=seeded(8), dtype=torch.float64).requires_grad_()


@pytest.mark.parametrize("given", [True, False], ids=["state given", "from zeros"])
@pytest.mark.parametrize("bias", [True, False], ids=["biases", "no biases"])
@pytest.mark.parametrize("layers", [1, 3])
def test_outputs_states_and_every_gradient_equal_torch(kind, layers, bias, given, x):
    twin, reference = pair(kind, layers, bias)
    state = state_of(kind, layers) if given else None
    found, expected = results_of(twin, x, state), results_of(reference, x, state)
    for ours, theirs in zip(found, expected, strict=True):
        for one, other in zip(ours, theirs, strict=True):
            agree(one, other)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("layers", [1, 3])
def test_equal_seeds_give_bitwise_equal_weights(kind, layers, bias):
    twin, reference = pair(kind, layers, bias)
    ours, theirs = twin.state_dict(), reference.state_dict()
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("direction", ["into torch", "from torch"])
def test_a_checkpoint_of_one_loads_into_the_other(kind, layers, bias, direction, x):
    source, target = pair(kind, layers, bias)[:: 1 if direction == "into torch" else -1]
    for parameter in target.parameters():
        nn.init.zeros_(parameter)
    target.load_state_dict(source.state_dict(), strict=True)
    agree(target(x)[0], source(x)[0])


@pytest.mark.parametrize(("name", "gate"), [("lstm", "forget"), ("gru", "update")])
def test_a_forget_bias_opens_the_gate_that_says_what_stays_and_no_other(name, gate, x):
    for layer in pair(KINDS[name]):
        set_forget_bias(layer, 40.0)
        trace = []
        unroll(layer, cell_of(layer), x, None, trace)
        assert bool((trace[0][gate] > 1 - 1e-9).all())
        assert all(bool((trace[0][other] < 0.99).all()) for other in ("input", "output", "reset") if other in trace[0])


def test_a_layer_without_a_forget_gate_or_without_biases_has_no_forget_bias():
    for layer in pair(KINDS["rnn tanh"]):
        with pytest.raises(InputError, match=r"no forget gate \(model\.forget_bias=1.0\)"):
            set_forget_bias(layer, 1.0)
    for layer in pair(KINDS["lstm"], bias=False):
        with pytest.raises(InputError, match=r"no bias to set \(model\.forget_bias=1.0\)"):
            set_forget_bias(layer, 1.0)


def test_the_cell_of_a_layer_is_known_and_of_a_foreign_one_not(kind):
    twin, reference = pair(kind)
    assert cell_of(twin) is kind[0] and type(cell_of(reference)) is type(kind[0])
    assert vars(cell_of(reference)) == vars(kind[0])
    assert cell_of(nn.Linear(2, 2)) is None
