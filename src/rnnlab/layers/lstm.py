"""The long short-term memory, gate by gate (Hochreiter and Schmidhuber, 1997; forget gate: Gers et al., 2000)."""

import torch
from torch import Tensor, nn

from rnnlab.layers.unroll import Gates, add_parameters, unroll, zeros


class LSTM(nn.Module):
    """The twin of torch.nn.LSTM, for reading and for looking inside.

    i, f, g, o = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh, split in four in this order
    c_t = sigmoid(f) * c_{t-1} + sigmoid(i) * tanh(g)
    h_t = sigmoid(o) * tanh(c_t)

    x (B, T, F), state (h, c), each (layers, B, H), or None for zeros -> y (B, T, H), (h, c).
    """

    nonlinearity = staticmethod(torch.tanh)

    def __init__(self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True, dropout: float = 0.0):
        super().__init__()
        self.hidden_size, self.num_layers, self.dropout = hidden_size, num_layers, dropout
        add_parameters(self, 4, input_size, hidden_size, num_layers, bias)

    def forward(self, x: Tensor, state: tuple[Tensor, Tensor] | None = None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        return unroll(self, self.step, x, state or (zeros(self, x), zeros(self, x)))

    def step(self, driven: Tensor, recurrent: Tensor, state: tuple[Tensor, ...]) -> tuple[tuple[Tensor, ...], Gates]:
        i, f, g, o = (driven + recurrent).chunk(4, 1)  # each (B, H)
        i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), self.nonlinearity(g), torch.sigmoid(o)
        c = f * state[1] + i * g
        h = o * self.nonlinearity(c)
        return (h, c), {"input": i, "forget": f, "candidate": g, "output": o, "cell": c, "hidden": h}

    def trace(self, x: Tensor, state: tuple[Tensor, Tensor] | None = None) -> list[Gates]:
        """What went on inside, per layer: the gates input, forget, output, the candidate, cell, hidden, (B, T, H)."""
        gates: list[Gates] = []
        unroll(self, self.step, x, state or (zeros(self, x), zeros(self, x)), gates)
        return gates


def set_forget_bias(layer: nn.Module, value: float) -> None:
    """Lets every forget gate start at sigmoid(value): b_ih holds the value, b_hh zero (Jozefowicz et al., 2015)."""
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            if name.startswith("bias_"):
                parameter.view(4, -1)[1] = value if name.startswith("bias_ih") else 0.0
