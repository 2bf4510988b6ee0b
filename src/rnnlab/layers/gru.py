"""The gated recurrent unit (Cho et al., 2014, with the reset gate after the matrix product)."""

import torch
from torch import Tensor

from rnnlab.layers.cell import Cell, Gates
from rnnlab.layers.state import State


class GRU(Cell):
    """a_r, a_z, a_n = W_ih x_t + b_ih and u_r, u_z, u_n = W_hh h_{t-1} + b_hh, split in three in this order
    r = sigmoid(a_r + u_r), z = sigmoid(a_z + u_z), n = tanh(a_n + r * u_n)
    h_t = (1 - z) * n + z * h_{t-1}

    `Stepwise(GRU())` is the twin of torch.nn.GRU. Where nobody looks inside, it runs `kernels.steps.gru` instead: the
    same in half as many operations, which a test holds against these equations.
    """

    gates = ("reset", "update", "candidate")

    def step(self, driven: Tensor, recurrent: Tensor, state: State) -> tuple[State, Gates]:
        (h,) = state
        a_r, a_z, a_n = driven.chunk(3, -1)
        u_r, u_z, u_n = recurrent.chunk(3, -1)
        r = torch.sigmoid(a_r + u_r)
        z = torch.sigmoid(a_z + u_z)
        n = torch.tanh(a_n + r * u_n)
        h = (1 - z) * n + z * h
        return (h,), {"reset": r, "update": z, "candidate": n, "hidden": h}
