"""Encoder, recurrent layers, head: inputs and a state go in, logits and the next state come out."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from rnnlab.layers.state import State, run

Run = Callable[[nn.Module, Tensor, State | None], tuple[Tensor, State]]
"""(layer, x, state) -> (y, state): how a layer is run."""


class OneHot(nn.Module):
    """An embedding frozen at the identity: ids (B, T) -> (B, T, V)."""

    identity: Tensor

    def __init__(self, symbols: int):
        super().__init__()
        self.num_embeddings = symbols  # the name that nn.Embedding has for it
        # torch.eye on the meta device, as `build.shapes` has it, imports torch's compiler, for over a second
        self.register_buffer("identity", torch.zeros(symbols, symbols).fill_diagonal_(1), persistent=False)

    def forward(self, ids: Tensor) -> Tensor:
        return nn.functional.embedding(ids, self.identity)


class Network(nn.Module):
    """inputs (B, T) ids or (B, T, F) features, state or None -> logits (B, T, V), state.

    encoder: `OneHot`, `nn.Embedding` or `nn.Identity`. layer: anything that keeps the layer protocol, batch first.
    noise: how the layer is run in training, where not as it is (`rnnlab.layers.noise`).
    """

    def __init__(
        self, encoder: nn.Module, layer: nn.Module, hidden_size: int, num_classes: int, noise: Run | None = None
    ):
        super().__init__()
        self.encoder, self.layer, self.noise = encoder, layer, noise
        self.head = nn.Linear(hidden_size, num_classes)

    def forward(self, inputs: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        x = self.encoder(inputs).to(self.head.weight.dtype)
        y, state = (self.noise if self.training and self.noise else run)(self.layer, x, state)
        return self.head(y), state
