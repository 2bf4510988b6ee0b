"""Encoder, recurrent layers, head: inputs and a state go in, logits and the next state come out."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

State = Tensor | tuple[Tensor, ...]
"""What a layer carries from step to step; each tensor is (layers, B, H)."""


class OneHot(nn.Module):
    """An embedding frozen at the identity: ids (B, T) -> (B, T, V)."""

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
    noise: (layer, x, state) -> (y, state), how the layer is run in training (`rnnlab.noise`); None: as it is.
    """

    noise: Callable[[nn.Module, Tensor, State | None], tuple[Tensor, State]] | None = None

    def __init__(self, encoder: nn.Module, layer: nn.Module, hidden_size: int, num_classes: int):
        super().__init__()
        self.encoder, self.layer = encoder, layer
        self.head = nn.Linear(hidden_size, num_classes)

    def forward(self, inputs: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        x = self.encoder(inputs).to(self.head.weight.dtype)
        y, state = self.noise(self.layer, x, state) if self.training and self.noise else self.layer(x, state)
        return self.head(y), state


def detach(state: State) -> State:
    """The same values, with nothing to back-propagate into: where truncated BPTT truncates."""
    return state.detach() if isinstance(state, Tensor) else tuple(part.detach() for part in state)
