"""The cell inside a layer: of a stepwise one its own, of one of torch.nn's the twin."""

import torch
from torch import nn

from rnnlab.errors import InputError
from rnnlab.layers.cell import Cell
from rnnlab.layers.gru import GRU
from rnnlab.layers.lstm import LSTM
from rnnlab.layers.rnn import RNN
from rnnlab.layers.unroll import Stepwise

FORGET = ("forget", "update")
"""Gates that say how much of the state stays."""


def cell_of(layer: nn.Module) -> Cell | None:
    """The cell that a layer runs, on weights named as torch.nn names them; None for a layer that is made otherwise."""
    if isinstance(layer, Stepwise):
        return layer.cell
    if type(layer) is nn.RNN:
        return RNN(layer.nonlinearity)
    if type(layer) is nn.LSTM:
        return LSTM()
    return GRU() if type(layer) is nn.GRU else None


def set_forget_bias(layer: nn.Module, value: float) -> None:
    """Lets every forget gate start at sigmoid(value): b_ih holds the value, b_hh zero (Jozefowicz et al., 2015).

    A GRU's is its update gate, which says how much of the state stays.

    Raises:
        InputError: for a layer without a forget gate, or without biases.
    """
    cell = cell_of(layer)
    name = next((gate for gate in cell.gates if gate in FORGET), None) if cell else None
    if cell is None or name is None:
        raise InputError("this layer has no forget gate", "null, or leave it out", "model.forget_bias", value)
    biases = {name: parameter for name, parameter in layer.named_parameters() if name.startswith("bias_")}
    if not biases:
        raise InputError("there is no bias to set", "null, or model.bias=true", "model.forget_bias", value)
    with torch.no_grad():
        for bias, parameter in biases.items():
            gate = parameter.view(len(cell.gates), -1)[cell.gates.index(name)]
            gate.fill_(value if bias.startswith("bias_ih") else 0.0)
