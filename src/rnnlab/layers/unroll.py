"""A layer of any cell: torch.nn's parameters, and the loop over layers and time."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from rnnlab.layers.cell import Cell, Gates
from rnnlab.layers.kernels.steps import training
from rnnlab.layers.state import State


class Stepwise(nn.Module):
    """`cell`, step after step: x (B, T, F), state (each (layers, B, H)) or None for zeros -> y (B, T, H), state.

    Of the cells RNN, LSTM and GRU it is the twin of torch.nn's layer: names, shapes, order and initialisation of the
    parameters are the same, so equal seeds give equal weights, and a checkpoint of one loads into the other. Per layer
    l: weight_ih_l (gates H, F), weight_hh_l (gates H, H), bias_ih_l and bias_hh_l (gates H), uniform in +-1/sqrt(H).

    dropout: chance that an output of a layer is dropped on its way to the layer above, in training.
    """

    def __init__(
        self,
        cell: Cell,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        dropout: float = 0.0,
    ):
        super().__init__()
        self.cell, self.hidden_size, self.num_layers, self.dropout = cell, hidden_size, num_layers, dropout
        out = len(cell.gates) * hidden_size
        for index in range(num_layers):
            shapes: dict[str, tuple[int, ...]] = {
                "weight_ih": (out, hidden_size if index else input_size),
                "weight_hh": (out, hidden_size),
            }
            if bias:
                shapes |= {"bias_ih": (out,), "bias_hh": (out,)}
            for name, shape in shapes.items():
                self.register_parameter(f"{name}_l{index}", nn.Parameter(torch.empty(shape)))
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -(hidden_size**-0.5), hidden_size**-0.5)

    def forward(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        return unroll(self, self.cell, x, state)

    def trace(self, x: Tensor, state: State | None = None) -> list[Gates]:
        """What went on inside, per layer: all that the cell names, each (B, T, H)."""
        gates: list[Gates] = []
        unroll(self, self.cell, x, state, gates)
        return gates


Open = Stepwise | nn.RNNBase
"""Layers whose cells can be run on their weights: they name these as torch.nn does."""


def unroll(
    layer: Open, cell: Cell, x: Tensor, state: State | None = None, trace: list[Gates] | None = None
) -> tuple[Tensor, State]:
    """Runs `cell` on the weights of `layer`, a `Stepwise` or one of torch.nn's, over T steps of x (B, T, F).

    Returns the last layer's outputs (B, T, H) and the state after the last step. With `trace`, every gate of every
    layer is appended to it as (B, T, H).
    """
    if state is None:
        state = (x.new_zeros(layer.num_layers, len(x), layer.hidden_size),) * cell.carried
    advance, last = training(cell), []
    for index in range(layer.num_layers):
        if index and layer.dropout:
            x = functional.dropout(x, layer.dropout, layer.training)
        w_ih, w_hh, b_ih, b_hh = weights(layer, index)
        driven = functional.linear(x, w_ih, b_ih)  # (B, T, gates H), all steps at once
        now = tuple(part[index] for part in state)
        outputs, gates = [], []
        for t in range(x.shape[1]):
            recurrent = functional.linear(now[0], w_hh, b_hh)
            if trace is None:
                now = advance(driven[:, t], recurrent, now)
            else:
                now, gate = cell.step(driven[:, t], recurrent, now)
                gates.append(gate)
            outputs.append(now[0])
        x = torch.stack(outputs, 1)
        last.append(now)
        if trace is not None:
            trace.append({name: torch.stack([gate[name] for gate in gates], 1) for name in gates[0]})
    return x, tuple(torch.stack(parts) for parts in zip(*last, strict=True))


def weights(layer: Open, index: int) -> tuple[Tensor, Tensor, Tensor | None, Tensor | None]:
    """W_ih, W_hh, b_ih and b_hh of one of a layer's layers; None for biases that it does not have."""
    w_ih, w_hh = [getattr(layer, f"{name}_l{index}") for name in ("weight_ih", "weight_hh")]
    b_ih, b_hh = [getattr(layer, f"{name}_l{index}", None) for name in ("bias_ih", "bias_hh")]
    return w_ih, w_hh, b_ih, b_hh
