"""The long short-term memory (Hochreiter and Schmidhuber, 1997; forget gate: Gers et al., 2000)."""

import torch
from torch import Tensor

from rnnlab.layers.cell import Cell, Gates
from rnnlab.layers.state import State


class LSTM(Cell):
    """i, f, g, o = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh, split in four in this order
    c_t = sigmoid(f) * c_{t-1} + sigmoid(i) * tanh(g)
    h_t = sigmoid(o) * tanh(c_t)

    `Stepwise(LSTM())` is the twin of torch.nn.LSTM.
    """

    gates = ("input", "forget", "candidate", "output")
    carried = 2  # h and c

    def step(self, driven: Tensor, recurrent: Tensor, state: State) -> tuple[State, Gates]:
        _, c = state
        i, f, g, o = (driven + recurrent).chunk(4, -1)
        i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
        c = f * c + i * g
        h = o * torch.tanh(c)
        return (h, c), {"input": i, "forget": f, "candidate": g, "output": o, "cell": c, "hidden": h}
