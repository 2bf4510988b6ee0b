"""The whole state as one vector: what comes out of it is what the network itself would do."""

import pytest
import torch
from torch import nn

from rnnlab.errors import InputError
from rnnlab.inspection.whole import advance, example_of, flat, gates, inside, labels, layer_of, shaped, walk
from rnnlab.layers.lstm import LSTM
from rnnlab.layers.unroll import Stepwise
from rnnlab.network import Network, OneHot


def network(layer):
    torch.manual_seed(0)
    return Network(OneHot(5), layer, 3, 4).eval()


LAYERS = {
    "rnn": lambda: nn.RNN(5, 3, 2, batch_first=True),
    "lstm": lambda: nn.LSTM(5, 3, 2, batch_first=True),
    "gru": lambda: nn.GRU(5, 3, 2, batch_first=True),
    "lstm_stepwise": lambda: Stepwise(LSTM(), 5, 3, 2),
}


@pytest.fixture(params=LAYERS)
def net(request):
    return network(LAYERS[request.param]())


@pytest.fixture
def inputs(seeded):
    return torch.randint(5, (7, 6), generator=seeded())


@torch.no_grad()
def test_walking_says_what_reading_says_and_ends_in_its_state(net, inputs):
    said, states = walk(net, inputs)
    logits, last = net(inputs)
    assert torch.allclose(said, logits, atol=1e-6) and torch.allclose(states[:, -1], flat(last), atol=1e-6)


@torch.no_grad()
def test_a_state_taken_apart_and_put_together_is_the_same(net, inputs):
    _, state = net(inputs)
    again = shaped(flat(state), state)
    assert all(torch.equal(one, other) for one, other in zip(state, again, strict=True))


@torch.no_grad()
def test_every_number_of_a_state_has_a_name_and_a_layer(inputs):
    shapes = example_of(network(LAYERS["lstm"]()), inputs)
    assert len(labels(shapes)) == len(layer_of(shapes)) == 12
    assert labels(shapes)[0] == "hidden 1 of layer 1" and labels(shapes)[-1] == "cell 3 of layer 2"
    assert layer_of(shapes).tolist() == [0, 0, 0, 1, 1, 1] * 2


@torch.no_grad()
def test_an_edit_is_what_the_head_and_the_next_step_read(net, inputs):
    said, states = walk(net, inputs, edit=lambda state, step: torch.zeros_like(state) if step == 2 else state)
    assert torch.allclose(said[:, 2], net.head.bias.expand(7, -1)) and not states[:, 2].any()
    fresh, _ = net(inputs[:, 3:])
    assert torch.allclose(said[:, 3:], fresh, atol=1e-6)


@torch.no_grad()
def test_one_step_as_a_map_is_the_next_of_the_walk(net, inputs):
    _, states = walk(net, inputs)
    assert torch.allclose(advance(net, inputs[:, 4:5])(states[:, 3]), states[:, 4], atol=1e-6)


@torch.no_grad()
def test_gates_are_those_of_the_equations(inputs):
    net = network(LAYERS["lstm"]())
    (first, second), (_, states) = gates(net, inputs), walk(net, inputs)
    assert torch.allclose(torch.cat([first["hidden"], second["hidden"]], 2), states[:, :, :6], atol=1e-6)
    assert torch.allclose(torch.cat([first["cell"], second["cell"]], 2), states[:, :, 6:], atol=1e-6)
    c = first["forget"][:, 1:] * first["cell"][:, :-1] + first["input"][:, 1:] * first["candidate"][:, 1:]
    assert torch.allclose(first["cell"][:, 1:], c, atol=1e-6)


def test_a_layer_without_gates_says_so_in_one_line(inputs):
    class Scan(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(5, 3)

        def forward(self, x, state=None):
            y = self.linear(x).cumsum(1) + (0 if state is None else state[0][0].unsqueeze(1))
            return y, (y[:, -1].unsqueeze(0),)

    with pytest.raises(InputError, match=r"no gates to show .*states can still be shown"):
        gates(network(Scan()), inputs)
    assert walk(network(Scan()), inputs)[1].shape == (7, 6, 3)


def test_what_can_be_seen_of_a_layer_without_gates_are_its_states_layer_by_layer(inputs):
    class Closed(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(5, 3, num_layers=2, batch_first=True)

        def forward(self, x, state=None):
            return self.lstm(x, state)

    net = network(Closed())
    closed, opened = inside(net, inputs), gates(network(net.layer.lstm), inputs)
    assert [list(found) for found in closed] == [["hidden", "cell"]] * 2
    for one, other in zip(closed, opened, strict=True):
        assert all(torch.allclose(one[name], other[name], atol=1e-6) for name in one)
