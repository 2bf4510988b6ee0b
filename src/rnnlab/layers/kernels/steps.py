"""Steps without their gates, in few operations: what runs where nobody looks inside.

They are the equals of the cells' equations but for rounding, and take the tanh that they shall use.
"""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from rnnlab.layers.cell import Cell
from rnnlab.layers.gru import GRU
from rnnlab.layers.lstm import LSTM
from rnnlab.layers.rnn import RNN
from rnnlab.layers.state import State

Tanh = Callable[[Tensor], Tensor]
Advance = Callable[[Tensor, Tensor, State], State]
"""As a cell's step, without its gates: driven, recurrent, state before -> state after."""


def rnn(tanh: Tanh, driven: Tensor, recurrent: Tensor, state: State) -> State:
    """The equal of `RNN.step`, where its nonlinearity is tanh."""
    return (tanh(driven + recurrent),)


def lstm(tanh: Tanh, driven: Tensor, recurrent: Tensor, state: State) -> State:
    """The equal of `LSTM.step`."""
    i, f, g, o = (driven + recurrent).chunk(4, -1)
    c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * tanh(g)
    return torch.sigmoid(o) * tanh(c), c


def gru(tanh: Tanh, driven: Tensor, recurrent: Tensor, state: State) -> State:
    """The equal of `GRU.step`, in half as many operations."""
    (h,) = state
    a_gates, a_n = driven.split([2 * h.shape[-1], h.shape[-1]], -1)
    u_gates, u_n = recurrent.split([2 * h.shape[-1], h.shape[-1]], -1)
    r, z = torch.sigmoid(a_gates + u_gates).chunk(2, -1)
    n = tanh(torch.addcmul(a_n, r, u_n))  # of a_n + r * u_n
    return (torch.lerp(n, h, z),)  # (1 - z) * n + z * h


def training(cell: Cell) -> Advance:
    """The step to train a cell by, and to read whole sequences: its own, but for a GRU."""
    if type(cell) is GRU:
        return partial(gru, torch.tanh)
    return lambda driven, recurrent, state: cell.step(driven, recurrent, state)[0]


def writing(cell: Cell, tanh: Tanh) -> Advance:
    """The step to write by, one symbol after another; a cell that has none of these takes its own, and its own tanh."""
    if type(cell) is LSTM:
        return partial(lstm, tanh)
    if type(cell) is RNN and cell.nonlinearity == "tanh":
        return partial(rnn, tanh)
    return partial(gru, tanh) if type(cell) is GRU else training(cell)
