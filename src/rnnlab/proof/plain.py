"""A network as plain numbers: what a proof is about.

Letters beside those of `rnnlab.batch`:
    D numbers of the whole state, h of every layer and then, of an LSTM, c of every layer    S symbols    N sets at once
"""

from typing import NamedTuple

import numpy as np
import torch

from rnnlab.errors import InputError
from rnnlab.layers.gru import GRU
from rnnlab.layers.lstm import LSTM
from rnnlab.layers.rnn import RNN
from rnnlab.layers.twins import cell_of
from rnnlab.layers.unroll import Open, weights
from rnnlab.network import Network
from rnnlab.tasks.machine import Machine

MOST = 64
"""Numbers of a state up to which a proof is searched for."""


class Layer(NamedTuple):
    """One layer's W_ih (gates H, F), W_hh (gates H, H), and b_ih and b_hh (gates H), zeros where it has none."""

    w_ih: np.ndarray
    w_hh: np.ndarray
    b_ih: np.ndarray
    b_hh: np.ndarray


class Plain(NamedTuple):
    """A network's weights as float64, which holds those of float32 exactly.

    kind: tanh, relu, sigmoid, lstm or gru. inputs: (S, F) what the first layer is given for each symbol of the machine.
    head: (V, H) and (V,). single: whether the network calculates in float32, and not in float64.
    """

    kind: str
    layers: list[Layer]
    head: tuple[np.ndarray, np.ndarray]
    inputs: np.ndarray
    single: bool

    @property
    def hidden(self) -> int:
        """H."""
        return self.layers[0].w_hh.shape[1]

    @property
    def size(self) -> int:
        """D."""
        return len(self.layers) * self.hidden * (2 if self.kind == "lstm" else 1)


@torch.no_grad()
def plain(network: Network, machine: Machine) -> Plain:
    """A network as it reads the symbols of a machine.

    Raises:
        InputError: for a layer that is not one of torch.nn's three or made of one of their cells.
    """
    layer, head = network.layer, network.head
    cell = cell_of(layer)
    if not isinstance(layer, Open) or type(cell) not in (RNN, LSTM, GRU):
        what = f"nothing can be proven about {type(layer).__name__}"
        raise InputError(what, "a model of layers rnn, lstm or gru", "run", type(layer).__name__)
    kind = cell.nonlinearity if isinstance(cell, RNN) else "lstm" if isinstance(cell, LSTM) else "gru"
    symbols = torch.tensor(machine.inputs)
    inputs = network.encoder(symbols).to(head.weight.dtype)
    layers = []
    for index in range(layer.num_layers):
        w_ih, w_hh, *biases = weights(layer, index)
        zeros = w_hh.new_zeros(len(w_hh))
        layers.append(Layer(*(_exact(zeros if part is None else part) for part in (w_ih, w_hh, *biases))))
    made = Plain(kind, layers, (_exact(head.weight), _exact(head.bias)), _exact(inputs), inputs.dtype == torch.float32)
    if made.size > MOST:
        raise InputError("too large to be proven", f"a state of at most {MOST} numbers", "run", made.size)
    return made


def _exact(values: torch.Tensor) -> np.ndarray:
    return values.double().numpy()
