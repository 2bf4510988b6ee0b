"""Reading for a page: the values are those of the walk, in however many pieces, and correlations are Pearson's."""

import numpy as np
import pytest
import torch
from torch import nn

from rnnlab.batch import IGNORE, stack
from rnnlab.inspection import reading
from rnnlab.inspection.reading import read
from rnnlab.inspection.whole import walk
from rnnlab.network import Network, OneHot
from rnnlab.tasks.chartext import CharText
from rnnlab.tasks.digitsum import DigitSum

TASK = DigitSum()


def network(layer, symbols=12):
    return Network(OneHot(symbols), layer, layer.hidden_size, symbols).eval()


@pytest.fixture(params=[nn.RNN, nn.LSTM, nn.GRU])
def net(request):
    torch.manual_seed(0)
    return network(request.param(12, 5, 2, batch_first=True))


@pytest.fixture
def batch(seeded):
    drawn = TASK.batch(3, 9, seeded())
    return stack([drawn, TASK.parse("000000003")])


def rows(batch):
    """Of each row, how many steps it has: up to the last that is asked."""
    return [max(step for step, target in enumerate(row) if target != IGNORE) + 1 for row in batch.targets.tolist()]


@torch.no_grad()
def test_values_are_those_of_the_walk_without_the_padding(net, batch):
    found, (logits, states) = read(net, TASK, batch), walk(net, batch.inputs)
    lengths = rows(batch)
    assert len(set(lengths)) > 1 and found.starts == [sum(lengths[:row]) for row in range(4)]
    of = {(field.layer, field.name): field.values for field in found.fields}
    names = ["hidden", "cell"] if isinstance(net.layer, nn.LSTM) else ["hidden"]
    whole = torch.cat([of[layer, name] for name in names for layer in (0, 1)], 1)
    wanted = torch.cat([states[row, :length] for row, length in enumerate(lengths)])
    assert torch.allclose(whole, wanted, atol=1e-5)
    said = torch.cat([logits[row, :length] for row, length in enumerate(lengths)])
    assert torch.equal(found.top[:, 0], said.argmax(1))
    assert torch.allclose(found.chances[:, 0], said.softmax(1).amax(1), atol=1e-5)


def test_correlations_are_those_that_numpy_finds_where_a_quantity_has_a_value(net, batch):
    found = read(net, TASK, batch)
    for name, values in found.quantities.items():
        there = values != IGNORE
        assert int(there.sum()) > 10 and (name == "position") == bool(there.all())
        for field in found.fields:
            both = torch.cat([field.values[there], values[there].unsqueeze(1)], 1).double().numpy()
            assert np.allclose(field.tracks[name], np.corrcoef(both.T)[-1, :-1], atol=1e-6)


def test_pieces_of_time_say_what_the_whole_says(net, batch, monkeypatch):
    whole = read(net, TASK, batch)
    monkeypatch.setattr(reading, "PIECE", 12)  # three steps of the four rows
    pieces = read(net, TASK, batch)
    assert (pieces.asked, pieces.right, pieces.read) == (whole.asked, whole.right, whole.read)
    assert pieces.nats == pytest.approx(whole.nats, abs=1e-5)
    for one, other in zip(whole.fields, pieces.fields, strict=True):
        assert torch.allclose(one.values, other.values, atol=1e-6)
        assert all(torch.allclose(one.tracks[name], other.tracks[name], atol=1e-5) for name in one.tracks)


def test_of_a_long_input_the_first_steps_are_kept_and_all_are_counted(monkeypatch):
    task, text = CharText(symbols="ab\n"), "abba\n" * 40
    torch.manual_seed(0)
    net = network(nn.GRU(3, 4, batch_first=True), 3)
    whole = read(net, task, task.parse(text))
    monkeypatch.setattr(reading, "SHOWN", 30)
    monkeypatch.setattr(reading, "PIECE", 16)
    found = read(net, task, task.parse(text))
    assert found.read == 200 and found.asked == 199 and len(found.inputs) == len(found.fields[0].values) == 30
    assert found.right == whole.right
    for one, other in zip(whole.fields, found.fields, strict=True):
        assert torch.allclose(one.values[:30], other.values, atol=1e-6)
        assert torch.allclose(one.tracks["place in line"], other.tracks["place in line"], atol=1e-5)


class Scan(nn.Module):
    """A running sum, all steps at once: no cell, no gates."""

    hidden_size = 12

    def forward(self, x, state=None):
        y = x.cumsum(1) + (0 if state is None else state[0][-1].unsqueeze(1))
        return y, (y[:, -1].unsqueeze(0),)


@torch.no_grad()
def test_of_a_layer_without_gates_the_states_are_shown(batch, monkeypatch):
    monkeypatch.setattr(reading, "PIECE", 12)
    found = read(network(Scan()), TASK, batch)
    assert not found.gated and [field.name for field in found.fields] == ["hidden"]
    counts = nn.functional.one_hot(batch.inputs, 12).cumsum(1)
    wanted = torch.cat([counts[row, :length] for row, length in enumerate(rows(batch))])
    assert torch.equal(found.fields[0].values, wanted.float())
