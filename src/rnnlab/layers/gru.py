"""The gated recurrent unit, gate by gate (Cho et al., 2014, with the reset gate after the matrix product)."""

import torch
from torch import Tensor, nn

from rnnlab.layers.unroll import Gates, add_parameters, unroll, zeros


class GRU(nn.Module):
    """The twin of torch.nn.GRU, for reading and for looking inside.

    a_r, a_z, a_n = W_ih x_t + b_ih and u_r, u_z, u_n = W_hh h_{t-1} + b_hh, split in three in this order
    r = sigmoid(a_r + u_r), z = sigmoid(a_z + u_z), n = tanh(a_n + r * u_n)
    h_t = (1 - z) * n + z * h_{t-1}

    x (B, T, F), state h (layers, B, H) or None for zeros -> y (B, T, H), h.
    """

    nonlinearity = staticmethod(torch.tanh)

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True, dropout: float = 0.0):
        super().__init__()
        self.hidden_size, self.num_layers, self.dropout = hidden_size, num_layers, dropout
        add_parameters(self, 3, input_size, hidden_size, num_layers, bias)

    def forward(self, x: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        y, (h,) = unroll(self, self.step, x, (zeros(self, x) if state is None else state,))
        return y, h

    def step(self, driven: Tensor, recurrent: Tensor, state: tuple[Tensor, ...]) -> tuple[tuple[Tensor, ...], Gates]:
        h = state[0]  # (B, H)
        a_gates, a_n = driven.split([2 * h.shape[1], h.shape[1]], 1)
        u_gates, u_n = recurrent.split([2 * h.shape[1], h.shape[1]], 1)
        r, z = torch.sigmoid(a_gates + u_gates).chunk(2, 1)
        n = self.nonlinearity(torch.addcmul(a_n, r, u_n))  # of a_n + r * u_n
        h = torch.lerp(n, h, z)  # (1 - z) * n + z * h
        return (h,), {"reset": r, "update": z, "candidate": n, "hidden": h}

    def trace(self, x: Tensor, state: Tensor | None = None) -> list[Gates]:
        """What went on inside, per layer: the gates reset and update, the candidate, hidden, (B, T, H)."""
        gates: list[Gates] = []
        unroll(self, self.step, x, (zeros(self, x) if state is None else state,), gates)
        return gates
