"""The vanilla recurrent network (Elman, 1990)."""

from typing import Literal

import torch
from torch import Tensor

from rnnlab.errors import checked
from rnnlab.layers.cell import Cell, Gates
from rnnlab.layers.state import State

NONLINEARITIES = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}


class RNN(Cell):
    """h_t = f(a + u), with a = W_ih x_t + b_ih, u = W_hh h_{t-1} + b_hh, and f tanh, relu or (not in torch.nn) sigmoid.

    `Stepwise(RNN())` is the twin of torch.nn.RNN.
    """

    gates = ("hidden",)

    @checked
    def __init__(self, nonlinearity: Literal["tanh", "relu", "sigmoid"] = "tanh"):
        self.nonlinearity = nonlinearity

    def step(self, driven: Tensor, recurrent: Tensor, state: State) -> tuple[State, Gates]:
        h = NONLINEARITIES[self.nonlinearity](driven + recurrent)
        return (h,), {"hidden": h}
