"""What the stepwise layers have in common: torch.nn's parameters, and the loop over layers and time."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

Gates = dict[str, Tensor]
Step = Callable[[Tensor, Tensor, tuple[Tensor, ...]], tuple[tuple[Tensor, ...], Gates]]
"""(W_ih x_t + b_ih, W_hh h_{t-1} + b_hh, state before, all of one layer) -> (state after, every gate)."""


def add_parameters(
    layer: nn.Module, gates: int, input_size: int, hidden_size: int, num_layers: int, bias: bool
) -> None:
    """Gives `layer` the parameters of torch.nn's layer of the same kind: names, shapes, order, initialisation.

    Per layer l: weight_ih_l (gates H, F), weight_hh_l (gates H, H), bias_ih_l and bias_hh_l (gates H), all uniform
    in +-1/sqrt(H). Equal seeds give equal weights, and a checkpoint of one loads into the other.
    """
    for index in range(num_layers):
        features = input_size if index == 0 else hidden_size
        shapes = {"weight_ih": (gates * hidden_size, features), "weight_hh": (gates * hidden_size, hidden_size)}
        if bias:
            shapes |= {"bias_ih": (gates * hidden_size,), "bias_hh": (gates * hidden_size,)}
        for name, shape in shapes.items():
            layer.register_parameter(f"{name}_l{index}", nn.Parameter(torch.empty(shape)))
    for parameter in layer.parameters():
        nn.init.uniform_(parameter, -(hidden_size**-0.5), hidden_size**-0.5)


def unroll(
    layer: nn.Module, step: Step, x: Tensor, state: tuple[Tensor, ...], trace: list[Gates] | None = None
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Runs `step` over T steps of x (B, T, F), layer after layer, from state tensors (layers, B, H).

    Returns the last layer's outputs (B, T, H) and the state after the last step. With `trace`, every gate of every
    layer is appended to it as (B, T, H).
    """
    last = []
    for index in range(layer.num_layers):
        if index and layer.dropout:
            x = functional.dropout(x, layer.dropout, layer.training)
        w_ih, w_hh = getattr(layer, f"weight_ih_l{index}"), getattr(layer, f"weight_hh_l{index}")
        b_ih, b_hh = (getattr(layer, f"{name}_l{index}", None) for name in ("bias_ih", "bias_hh"))
        driven = functional.linear(x, w_ih, b_ih)  # (B, T, gates H), all steps at once
        now = tuple(part[index] for part in state)
        outputs, gates = [], []
        for t in range(x.shape[1]):
            now, gate = step(driven[:, t], functional.linear(now[0], w_hh, b_hh), now)
            outputs.append(now[0])
            gates.append(gate)
        x = torch.stack(outputs, 1)
        last.append(now)
        if trace is not None:
            trace.append({name: torch.stack([gate[name] for gate in gates], 1) for name in gates[0]})
    return x, tuple(torch.stack(parts) for parts in zip(*last, strict=True))


def zeros(layer: nn.Module, x: Tensor) -> Tensor:
    """The state that a sequence starts from, (layers, B, H)."""
    return x.new_zeros(layer.num_layers, len(x), layer.hidden_size)
