"""Adders whose weights are worked out by hand, of every kind of layer: nobody has to train what is to be proven."""

import torch

from rnnlab.batch import Batch
from rnnlab.layers.gru import GRU
from rnnlab.layers.rnn import RNN
from rnnlab.layers.unroll import Stepwise
from rnnlab.network import Network, OneHot
from rnnlab.tasks.binaryaddition import BinaryAddition

STEEP = 12.0
KINDS = ("tanh", "gru", "lstm", "stepwise", "two layers", "one hot", "float64")
MACHINE = BinaryAddition().machine()


@torch.no_grad()
def set_adder(network):
    """Four units: whether a + b + carry is at least 1, 2 and 3, each +-1, and one that is always 1.

    The carry is (second + fourth) / 2, so that it is 0 where the state is all zeros. A GRU's and an LSTM's gates are
    held open or shut by their biases.
    """
    layer = network.layer
    for parameter in network.parameters():
        parameter.zero_()
    kind = getattr(layer, "mode", None) or {RNN: "RNN_TANH", GRU: "GRU"}[type(layer.cell)]
    place = {"GRU": 8, "LSTM": 8}.get(kind, 0)  # of the candidate's rows
    full = 0.75 if kind == "LSTM" else 1.0  # of tanh(tanh(x))
    carry = torch.tensor([0.0, 0.5, 0.0, 0.5]) / full
    thresholds = torch.tensor([[1.0], [1.0], [1.0], [0.0]]) * STEEP
    features = layer.weight_ih_l0.shape[1]
    bits = torch.ones(1, 2) if features == 2 else torch.tensor([[0.0, 1.0, 1.0, 2.0]])
    layer.weight_ih_l0[place : place + 4] = thresholds * bits
    layer.weight_hh_l0[place : place + 4] = thresholds * carry
    layer.bias_ih_l0[place : place + 4] = STEEP * torch.tensor([-0.5, -1.5, -2.5, 1.0])
    for index in range(1, layer.num_layers):
        getattr(layer, f"weight_ih_l{index}").copy_(STEEP * torch.eye(4))
    if kind == "GRU":
        layer.bias_ih_l0[:4], layer.bias_ih_l0[4:8] = 20.0, -20.0  # reset open, update shut
    if kind == "LSTM":
        layer.bias_ih_l0[:4], layer.bias_ih_l0[4:8], layer.bias_ih_l0[12:] = 20.0, -20.0, 20.0
    network.head.weight.copy_(2 * torch.tensor([[-1.0, 1, -1, 0], [1, -1, 1, 0]]))


def adder(kind="tanh"):
    """A network that adds, its layer and its encoding of the kind."""
    layers = {
        "gru": lambda: torch.nn.GRU(2, 4, batch_first=True),
        "lstm": lambda: torch.nn.LSTM(2, 4, batch_first=True),
        "stepwise": lambda: Stepwise(GRU(), 2, 4),
        "two layers": lambda: torch.nn.RNN(2, 4, 2, batch_first=True),
        "one hot": lambda: torch.nn.RNN(4, 4, batch_first=True),
    }
    layer = layers.get(kind, lambda: torch.nn.RNN(2, 4, batch_first=True))()
    network = Network(OneHot(4) if kind == "one hot" else torch.nn.Identity(), layer, 4, 2).eval()
    set_adder(network)
    return network.double() if kind == "float64" else network


def machine_for(kind):
    return BinaryAddition("one_hot").machine() if kind == "one hot" else MACHINE


def answers(network, batch: Batch):
    with torch.no_grad():
        return network(batch.inputs)[0].argmax(2)


@torch.no_grad()
def counting_adder(count):
    """An adder of relu units that also counts how often two ones came on end, and is wrong from that count on."""
    network = Network(torch.nn.Identity(), torch.nn.RNN(2, 5, nonlinearity="relu", batch_first=True), 5, 2).eval()
    for parameter in network.parameters():
        parameter.zero_()
    layer, head = network.layer, network.head
    layer.weight_ih_l0[:3], layer.bias_ih_l0[:3] = 1, torch.tensor([0.0, -1, -2])  # as in saved_runs.exact_adder
    layer.weight_hh_l0[:3, :3] = torch.tensor([0.0, 1, -1])
    head.weight[:, :3], head.bias[:] = torch.tensor([[-1.0, 2, -2], [1, -2, 2]]), torch.tensor([0.5, -0.5])
    large = 4.0 * count
    layer.weight_ih_l0[3:], layer.weight_hh_l0[3:, 3] = large, 1
    layer.bias_ih_l0[3], layer.bias_ih_l0[4] = (
        1 - 2 * large,
        2 - 2 * large - count,
    )  # the count, and how far it is beyond
    head.weight[:, 4] = torch.tensor([3.0, -3.0])
    return network
