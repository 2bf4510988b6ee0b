"""Stepwise layers of our cells against torch.nn's, and against back-propagation through time written out by hand."""

import numpy as np
import pytest
import torch
from torch import nn

from rnnlab.errors import InputError
from rnnlab.layers.gru import GRU
from rnnlab.layers.kernels import steps
from rnnlab.layers.lstm import LSTM
from rnnlab.layers.rnn import RNN
from rnnlab.layers.state import run
from rnnlab.layers.twins import cell_of, set_forget_bias
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


def test_the_rnns_trace_is_the_hidden_state_of_every_layer(x):
    twin, reference = pair(KINDS["rnn tanh"], 2)
    first, second = twin.trace(x)
    agree(second["hidden"], reference(x)[0])
    agree(first["hidden"][:, -1], reference(x)[1][0])


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


@pytest.mark.parametrize("name", ["rnn tanh", "gru"])
def test_a_layer_without_a_forget_gate_or_without_biases_has_no_forget_bias(name):
    for layer in pair(KINDS[name]):
        with pytest.raises(InputError, match=r"no forget gate \(model\.forget_bias=1.0\)"):
            set_forget_bias(layer, 1.0)
    for layer in pair(KINDS["lstm"], bias=False):
        with pytest.raises(InputError, match=r"no bias to set \(model\.forget_bias=1.0\)"):
            set_forget_bias(layer, 1.0)


def test_an_unknown_nonlinearity_is_refused():
    with pytest.raises(ValueError, match=r"nonlinearity=sigmoyd.*did you mean 'sigmoid'"):
        RNN("sigmoyd")


@pytest.mark.parametrize("rows", [(3,), (2, 3)], ids=["rows", "replicas of rows"])
def test_a_kernel_is_the_equal_of_its_cells_equations(kind, rows, seeded):
    cell, *_ = kind
    shapes = [(len(cell.gates) * H,)] * 2 + [(H,)] * cell.carried
    driven, recurrent, *state = (torch.randn(*rows, *shape, generator=seeded(9)).double() for shape in shapes)
    expected, gates = cell.step(driven, recurrent, tuple(state))
    assert gates["hidden"] is expected[0]
    for kernel in (steps.training(cell), steps.writing(cell, torch.tanh)):
        for found, part in zip(kernel(driven, recurrent, tuple(state)), expected, strict=True):
            agree(found, part)


def test_the_cell_of_a_layer_is_known_and_of_a_foreign_one_not(kind):
    twin, reference = pair(kind)
    assert cell_of(twin) is kind[0] and type(cell_of(reference)) is type(kind[0])
    assert vars(cell_of(reference)) == vars(kind[0])
    assert cell_of(nn.Linear(2, 2)) is None


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
