"""The vanilla recurrent network, step by step (Elman, 1990)."""

from typing import Literal

import torch
from torch import Tensor, nn

from rnnlab.errors import checked
from rnnlab.layers.unroll import Gates, add_parameters, unroll, zeros

NONLINEARITIES = {"tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}


class RNN(nn.Module):
    """h_t = f(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh), with f tanh, relu or (not in torch.nn.RNN) sigmoid.

    x (B, T, F), state h (layers, B, H) or None for zeros -> y (B, T, H), h. The twin of torch.nn.RNN, for reading.
    """

    @checked
    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: Literal["tanh", "relu", "sigmoid"] = "tanh",
        bias: bool = True,
        dropout: float = 0.0,
    ):
        super().__init__()
        self.nonlinearity = NONLINEARITIES[nonlinearity]
        self.hidden_size, self.num_layers, self.dropout = hidden_size, num_layers, dropout
        add_parameters(self, 1, input_size, hidden_size, num_layers, bias)

    def forward(self, x: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        y, (h,) = unroll(self, self.step, x, (zeros(self, x) if state is None else state,))
        return y, h

    def step(self, driven: Tensor, recurrent: Tensor, state: tuple[Tensor, ...]) -> tuple[tuple[Tensor, ...], Gates]:
        h = self.nonlinearity(driven + recurrent)
        return (h,), {"hidden": h}

    def trace(self, x: Tensor, state: Tensor | None = None) -> list[Gates]:
        """What went on inside, per layer: hidden (B, T, H)."""
        gates: list[Gates] = []
        unroll(self, self.step, x, (zeros(self, x) if state is None else state,), gates)
        return gates
